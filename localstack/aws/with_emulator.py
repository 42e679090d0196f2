#!/usr/bin/env python3
"""Runs a command beside an emulator that nothing is deployed on, and ends the emulator with it: `with_emulator.py cargo test …`.

The command finds the emulator's address in `KRAKEN_SQS_ENDPOINT`; its exit code is this program's. The emulator's folder and ports are its
own, so it disturbs no other.
"""

import dataclasses
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from aws_local import emulator, settings
from aws_local.failure import Failure


def main() -> int:
    command = sys.argv[1:]
    if not command:
        raise Failure("no command is given: with_emulator.py COMMAND ARGUMENT…")
    with tempfile.TemporaryDirectory(prefix="kraken-emulator-") as folder, socket.socket() as one, socket.socket() as two:
        # Both are held until both are known: else the second could be the first again.
        for free in (one, two):
            free.bind((settings.HOST, 0))
        port, api_port = one.getsockname()[1], two.getsockname()[1]
        one.close(), two.close()
        chosen = dataclasses.replace(settings.read(), work=Path(folder), port=port, api_port=api_port, enforce_policies=False)
        try:
            emulator.start(chosen)
            return subprocess.call(command, env={**os.environ, "KRAKEN_SQS_ENDPOINT": chosen.endpoint})
        finally:
            # It keeps nothing, so there is nothing to wait for.
            emulator.process(chosen).stop(grace_s=0)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"with-emulator: {failure}")
    except KeyboardInterrupt:
        sys.exit("with-emulator: interrupted")
