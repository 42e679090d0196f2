"""The CDK app's own command line, as `infra/package-lock.json` pins it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Sequence

from .failure import Failure, last_lines
from .settings import ACCOUNT, REGION, ROOT, Settings

INFRA = ROOT / "infra"
NODE_MIN = 20


def install(settings: Settings) -> None:
    """Installs what the lock file names, unless it is installed."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        raise Failure(f"Node is missing: install Node {NODE_MIN} or newer with npm (https://nodejs.org)")
    version = subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    major = re.match(r"v(\d+)\.", version)
    if major is None or int(major.group(1)) < NODE_MIN:
        raise Failure(f"Node is {version}: the CDK app needs {NODE_MIN} or newer")
    # npm writes down what it has installed.
    wanted, installed = INFRA / "package-lock.json", INFRA / "node_modules" / ".package-lock.json"
    if _cdk().exists() and installed.exists() and installed.stat().st_mtime >= wanted.stat().st_mtime:
        return
    log = settings.work / "npm.log"
    print("== installing the CDK", flush=True)
    with log.open("wb") as out:
        # With the caller's environment: how the registry is reached is theirs to say.
        if subprocess.call(["npm", "ci", "--no-audit", "--no-fund"], cwd=INFRA, stdout=out, stderr=subprocess.STDOUT):
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


def _cdk() -> Path:
    return INFRA / "node_modules" / "aws-cdk" / "bin" / "cdk"


def _environment(settings: Settings) -> dict[str, str]:
    """Nothing of the caller's: neither their account nor their settings may be found by mistake."""
    home = settings.work / "home"
    home.mkdir(exist_ok=True)
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
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
