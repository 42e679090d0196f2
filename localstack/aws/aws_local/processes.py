"""Processes that go on when this program ends, each known by a file with its id and the time of its start.

Only what was started here is ever ended: an id that now is somebody else's has another start.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Mapping, Optional, Sequence

#: Seconds that a process has to end by itself.
GRACE_S = 10
#: Seconds within which what was killed is gone.
KILLED_S = 10
_POLL_S = 0.05


class Process:
    """A process with the name `name`, whose files are in `folder`."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._pid_file = folder / f"{name}.pid"

    def start(self, command: Sequence[str], env: Mapping[str, str], cwd: Path) -> None:
        """Starts it in a session of its own: no terminal, and no signal meant for another, reaches it."""
        with self.log.open("wb") as log:
            started = subprocess.Popen(
                command, env=dict(env), cwd=cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        self._pid_file.write_text(f"{started.pid} {_start_of(started.pid)}\n")

    def pid(self) -> Optional[int]:
        """Its id while it lives."""
        try:
            pid, start = self._pid_file.read_text().split()
        except (FileNotFoundError, ValueError):
            return None
        return int(pid) if start == _start_of(int(pid)) else None

    def stop(self, grace_s: float = GRACE_S) -> bool:
        """Ends it, gently if it heeds that within its grace, and whatever is left of its session. Says whether there was anything to
        end."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
            if not _until(lambda: self.pid() is None, grace_s):
                os.kill(pid, signal.SIGKILL)
                _until(lambda: self.pid() is None, KILLED_S)
            _end_session(pid)
        self._pid_file.unlink(missing_ok=True)
        return pid is not None


def _end_session(session: int) -> None:
    """What a process that was killed left behind, such as functions of the emulator. The id of a session is not given anew while one
    of its processes lives."""
    left = lambda: [pid for pid in _processes() if _session_of(pid) == session]
    for pid in left():
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    _until(lambda: not left(), KILLED_S)


def _until(done, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        _reap()
        time.sleep(_POLL_S)
    return True


def _reap() -> None:
    """Children of this very program that have ended would otherwise look alive."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass


def _processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _stat(pid: int) -> Optional[list[str]]:
    """The fields of /proc/<pid>/stat from the third on; None when there is no such process, or only its remains."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else fields


def _start_of(pid: int) -> Optional[str]:
    fields = _stat(pid)
    return fields[19] if fields else None


def _session_of(pid: int) -> Optional[int]:
    fields = _stat(pid)
    return int(fields[3]) if fields else None
