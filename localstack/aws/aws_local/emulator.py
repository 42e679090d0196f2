"""The emulator as a process: a clean environment, folders of its own, loopback only.

It keeps nothing: what was deployed is gone when it ends, so a deployment never mixes with what an older one left.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import python_env
from .failure import Failure, last_lines
from .processes import Process
from .settings import ACCOUNT, HERE, HOST, REGION, Settings

#: Seconds until it must answer. It takes one on a quiet machine.
READY_S = 60
HEALTH = "/_ministack/health"


def process(settings: Settings) -> Process:
    """The emulator of these settings."""
    return Process(settings.work, "emulator")


def runs(settings: Settings) -> bool:
    """Whether it runs, as these settings want it."""
    if process(settings).pid() is None:
        return False
    if json.loads(_started_with(settings).read_text()) != _settled(settings):
        raise Failure("the emulator runs already, but was started with other ports or settings: stop it first, with `make aws-local-stop`")
    return True


def start(settings: Settings) -> None:
    """Starts it, empty, and waits until it answers."""
    emulator = process(settings)
    for port, name in ((settings.port, "KRAKEN_AWS_LOCAL_PORT"), (settings.api_port, "KRAKEN_AWS_LOCAL_API_PORT")):
        _refuse_taken(port, name)
    python = python_env.environment(python_env.EMULATOR) / "bin" / "python"
    # Folders of functions that an emulator left when it was killed.
    shutil.rmtree(settings.work / "tmp", ignore_errors=True)
    (settings.work / "tmp").mkdir(parents=True)
    _started_with(settings).write_text(json.dumps(_settled(settings)))
    emulator.start([str(python), str(HERE / "launcher")], _environment(settings), settings.work)
    _wait(settings, emulator)


def _started_with(settings: Settings) -> Path:
    return settings.work / "emulator.json"


def _settled(settings: Settings) -> dict[str, str]:
    """What another start must not find different."""
    return {name: value for name, value in _environment(settings).items() if name != "PATH"}


def _environment(settings: Settings) -> dict[str, str]:
    """All that the emulator, and with it the functions, get to see: nothing of the caller's environment, whose credentials and proxies
    would be taken for real."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(settings.work / "tmp"),
        "TMPDIR": str(settings.work / "tmp"),
        "STATE_DIR": str(settings.work / "tmp" / "state"),
        "S3_DATA_DIR": str(settings.work / "tmp" / "s3"),
        "PERSIST_STATE": "0",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(settings.port),
        "KRAKEN_API_PORT": str(settings.api_port),
        # Addresses of queues are of this host whoever asks.
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AWS_ENDPOINT_URL": settings.endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AUTH": "true" if settings.enforce_policies else "false",
        # Waiting agents and functions each hold one.
        "MINISTACK_WORKER_THREADS": "512",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        # Never a container, also where there is Docker.
        "LAMBDA_EXECUTOR": "local",
        "DOCKER_HOST": "unix:///nonexistent",
        "KRAKEN_EMULATOR_UNMENDED": os.environ.get("KRAKEN_EMULATOR_UNMENDED", ""),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _refuse_taken(port: int, name: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Failure(f"port {port} of {HOST} cannot be had ({error.strerror}): free it, or set {name} to another") from error


def _wait(settings: Settings, emulator: Process) -> None:
    deadline = time.monotonic() + READY_S
    while not _answers(settings.endpoint + HEALTH):
        if emulator.pid() is None:
            raise Failure(f"the emulator ended; the end of {emulator.log}:\n{last_lines(emulator.log)}")
        if time.monotonic() > deadline:
            emulator.stop()
            raise Failure(f"the emulator did not answer within {READY_S} s; the end of {emulator.log}:\n{last_lines(emulator.log)}")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
