"""Ends what a test leaves when it is killed: waits for the end of the standard input, then ends every process that belongs to the folder
given as argument, and removes it. Does the same, with little left to do, after a test that ended by itself.
"""

import os
import shutil
import signal
import sys


def processes_of(folder: bytes) -> list[int]:
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as environment, open(f"/proc/{pid}/cmdline", "rb") as command:
                if int(pid) != os.getpid() and folder in environment.read() + b"\0" + command.read():
                    found.append(int(pid))
        except OSError:
            continue
    return found


def main() -> None:
    folder = sys.argv[1]
    sys.stdin.buffer.read()
    # Until there are none: one that is about to start another is seen before or after.
    while left := processes_of(folder.encode()):
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
    shutil.rmtree(folder, ignore_errors=True)


main()
