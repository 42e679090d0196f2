"""The second port leads to the one HTTP API, and nowhere else."""

import asyncio
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "launcher"))

from front_door import FrontDoor  # noqa: E402

PORT = 4567


class Apis:
    """The emulator's list of HTTP APIs."""

    def __init__(self, *ids):
        self.ids = ids

    def all_items(self):
        return [(("000000000000", "us-east-1", api), {}) for api in self.ids]


def ask(apis, port, path):
    """The path at which the emulator is asked, or the status with which it is not."""
    asked, answers = [], []

    async def app(scope, receive, send):
        asked.append((scope["path"], scope["raw_path"]))

    async def send(message):
        answers.append(message)

    scope = {"type": "http", "server": ("127.0.0.1", port), "path": path, "raw_path": path.encode()}
    asyncio.run(FrontDoor(app, apis, PORT)(scope, None, send))
    return asked[0] if asked else answers[0]["status"]


class SecondPort(unittest.TestCase):
    def test_a_request_goes_to_the_api(self):
        way = "/_aws/execute-api/abc/$default/api/health"
        self.assertEqual(ask(Apis("abc"), PORT, "/api/health"), (way, way.encode()))

    def test_the_first_port_is_as_it_was(self):
        self.assertEqual(ask(Apis("abc"), 4566, "/bucket/key"), ("/bucket/key", b"/bucket/key"))

    def test_without_an_api_or_with_two_it_says_so(self):
        for apis in (Apis(), Apis("abc", "def")):
            self.assertEqual(ask(apis, PORT, "/api/health"), 503)
