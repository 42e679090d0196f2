"""Processes are ended with all that they started, and nothing else is."""

import os
import sys
import tempfile
import time
import unittest
from pathlib import Path

from aws_local.processes import Process

#: Starts a child, says so, and waits; with an argument it does not heed SIGTERM.
PARENT = """
import signal, subprocess, sys
if len(sys.argv) > 1:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "600"])
print(child.pid, flush=True)
signal.pause()
"""


class Processes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.process = Process(self.folder, "parent")
        self.addCleanup(self.process.stop, 0)

    def start(self, *arguments):
        """The process and its child, once both run."""
        self.process.start([sys.executable, "-c", PARENT, *arguments], os.environ, self.folder)
        deadline = time.monotonic() + 30
        while not self.process.log.read_text().endswith("\n"):
            self.assertLess(time.monotonic(), deadline, "the process does not start")
        return self.process.pid(), int(self.process.log.read_text())

    def test_a_process_ends_with_its_children(self):
        pid, child = self.start()
        self.assertTrue(self.process.stop())
        self.assertFalse(lives(pid) or lives(child))

    def test_one_that_does_not_listen_is_killed_after_its_grace(self):
        pid, child = self.start("deaf")
        self.assertTrue(self.process.stop(0))
        self.assertFalse(lives(pid) or lives(child))

    def test_another_process_with_the_same_id_is_left_alone(self):
        pid, child = self.start()
        file = self.folder / "parent.pid"
        written = file.read_text()
        file.write_text(f"{pid} 1\n")
        self.assertIsNone(self.process.pid())
        self.assertFalse(self.process.stop())
        self.assertTrue(lives(pid) and lives(child))
        file.write_text(written)

    def test_nothing_started_is_nothing_to_stop(self):
        self.assertFalse(self.process.stop())


def lives(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"
