"""What goes wrong is said in one way: what happened, and what to do about it."""

from __future__ import annotations

from pathlib import Path

LINES = 25


class Failure(Exception):
    """Something that the caller has to mend. The message says what."""


def last_lines(file: Path, lines: int = LINES) -> str:
    """The end of a log, for a message."""
    try:
        text = file.read_text(errors="replace")
    except FileNotFoundError:
        return "  (it said nothing)"
    return "\n".join("  " + line for line in text.splitlines()[-lines:])
