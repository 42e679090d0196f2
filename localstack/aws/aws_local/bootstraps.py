"""The functions' programs where the CDK app looks for them: `<folder>/<function>/bootstrap`.

They are the plain programs of the build, without debugging information: the emulator runs them on this machine, so nothing has to be
built for another.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from .failure import Failure
from .settings import Settings


def folder(settings: Settings) -> Path:
    """What `-c functionsDir=` is given."""
    return settings.work / "functions"


def place(settings: Settings) -> None:
    """Copies those that were built anew since the last time."""
    strip = shutil.which("strip")
    if strip is None:
        raise Failure("the program 'strip' is missing; on Debian: apt-get install binutils")
    for function in settings.functions:
        program = settings.program(function)
        bootstrap = folder(settings) / function / "bootstrap"
        built = program.stat().st_mtime_ns
        if bootstrap.exists() and bootstrap.stat().st_mtime_ns == built:
            continue
        bootstrap.parent.mkdir(parents=True, exist_ok=True)
        # Beside the folder: what lies in it is deployed.
        new = bootstrap.parent.with_suffix(".new")
        subprocess.run([strip, "-o", str(new), str(program)], check=True)
        os.utime(new, ns=(built, built))
        new.replace(bootstrap)
