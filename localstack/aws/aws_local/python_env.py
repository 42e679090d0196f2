"""Virtual environments with programs from PyPI, at pinned versions. They are kept outside the clone, so that each is made once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .failure import Failure, last_lines
from .settings import HERE

EMULATOR, NODE = HERE / "requirements.txt", HERE / "requirements-node.txt"


def cache() -> Path:
    """Where it is kept."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "kraken-aws-local"


def environment(requirements: Path) -> Path:
    """The folder of the environment with these requirements, which is made if need be."""
    kind = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = cache() / f"{requirements.stem}-{kind}"
    complete = folder / "complete"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            shutil.rmtree(folder, ignore_errors=True)
            print(f"== installing {requirements.name} from PyPI into {folder}", flush=True)
            _make(folder, requirements)
            complete.touch()
    return folder


def _make(folder: Path, requirements: Path) -> None:
    log = folder.parent / f"{folder.name}.log"
    with log.open("wb") as out:
        if subprocess.call([sys.executable, "-m", "venv", str(folder)], stdout=out, stderr=subprocess.STDOUT):
            raise Failure(f"no virtual environment could be made; on Debian: apt-get install python3-venv\n{last_lines(log)}")
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.call([*pip, "--only-binary", ":all:", "-r", str(requirements)], stdout=out, stderr=subprocess.STDOUT):
            raise Failure(f"{requirements.name} could not be installed from PyPI:\n{last_lines(log)}")
