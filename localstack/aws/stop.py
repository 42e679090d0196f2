#!/usr/bin/env python3
"""`make aws-local-stop`: ends the agent and the emulator that `make aws-local` started, and nothing else."""

import sys

from aws_local import emulator, kraken, settings
from aws_local.failure import Failure


def main() -> None:
    chosen = settings.read()
    # The agent first: it says goodbye to the API.
    stopped = [process.name for process in (kraken.agent_process(chosen), emulator.process(chosen)) if process.stop()]
    print(f"stopped: {', '.join(stopped)}; logs are in {chosen.work}" if stopped else "nothing was running")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"aws-local-stop: {failure}")
