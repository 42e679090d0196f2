"""The virtual environment with the emulator, at pinned versions. It is kept outside the clone, so that it is made once."""

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

REQUIREMENTS = HERE / "requirements.txt"


def cache() -> Path:
    """Where it is kept."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "kraken-aws-local"


def python() -> Path:
    """The interpreter of the environment, which is made if need be."""
    kind = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = cache() / f"python-{kind}"
    interpreter, complete = folder / "bin" / "python", folder / "complete"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            shutil.rmtree(folder, ignore_errors=True)
            print(f"== installing the emulator into {folder}", flush=True)
            _make(folder, interpreter)
            complete.touch()
    return interpreter


def _make(folder: Path, interpreter: Path) -> None:
    log = folder.parent / f"{folder.name}.log"
    with log.open("wb") as out:
        if subprocess.call([sys.executable, "-m", "venv", str(folder)], stdout=out, stderr=subprocess.STDOUT):
            raise Failure(f"no virtual environment could be made; on Debian: apt-get install python3-venv\n{last_lines(log)}")
        pip = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.call([*pip, "--only-binary", ":all:", "-r", str(REQUIREMENTS)], stdout=out, stderr=subprocess.STDOUT):
            raise Failure(f"the emulator could not be installed from PyPI:\n{last_lines(log)}")
