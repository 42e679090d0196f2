"""Programs become bootstraps: without debugging information, only when they were built anew."""

import dataclasses
import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

from aws_local import bootstraps, settings
from aws_local.failure import Failure


class Bootstraps(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.programs = Path(folder.name) / "programs"
        self.programs.mkdir()
        self.settings = dataclasses.replace(settings.read(), work=Path(folder.name), programs=self.programs, search=None)
        for function in settings.FUNCTIONS:
            shutil.copy(os.path.realpath(sys.executable), self.programs / function)

    def bootstrap(self, function):
        return bootstraps.folder(self.settings) / function / "bootstrap"

    def test_every_function_gets_its_program(self):
        bootstraps.place(self.settings)
        for function in settings.FUNCTIONS:
            self.assertTrue(os.access(self.bootstrap(function), os.X_OK), function)
            self.assertEqual(os.listdir(self.bootstrap(function).parent), ["bootstrap"], "what lies there is deployed")

    def test_only_what_was_built_anew_is_copied(self):
        bootstraps.place(self.settings)
        before = {function: self.bootstrap(function).stat().st_ino for function in settings.FUNCTIONS}
        os.utime(self.programs / "api", ns=(1, 1))
        bootstraps.place(self.settings)
        changed = {function for function in settings.FUNCTIONS if self.bootstrap(function).stat().st_ino != before[function]}
        self.assertEqual(changed, {"api"})

    def test_a_program_that_was_not_built_is_named(self):
        (self.programs / "results").unlink()
        with self.assertRaisesRegex(Failure, "programs/results is missing: build"):
            bootstraps.place(self.settings)
