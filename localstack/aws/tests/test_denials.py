"""Refusals are told in order, and forgotten when asked to."""

import asyncio
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "launcher"))

from denials import NEWEST, PATH, Denials, Told  # noqa: E402


def ask(told, method="GET", path=PATH):
    answers = []

    async def send(message):
        answers.append(message)

    asyncio.run(told({"type": "http", "path": path, "method": method}, None, send))
    return json.loads(answers[1]["body"])["denials"] if answers else None


class Refusals(unittest.TestCase):
    def setUp(self):
        self.passed_on = []

        async def app(scope, receive, send):
            self.passed_on.append(scope["path"])

        self.denials = Denials()
        self.told = Told(app, self.denials)

    def test_they_are_told_in_order_until_they_are_forgotten(self):
        for action in ("s3:GetObject", "sqs:SendMessage"):
            self.denials.note("somebody", action, "something")
        self.assertEqual([denial["action"] for denial in ask(self.told)], ["s3:GetObject", "sqs:SendMessage"])
        self.assertEqual(ask(self.told, "DELETE"), [])
        self.assertEqual(ask(self.told), [])

    def test_only_the_newest_are_kept(self):
        for number in range(NEWEST + 1):
            self.denials.note("somebody", str(number), "something")
        self.assertEqual((len(ask(self.told)), ask(self.told)[0]["action"]), (NEWEST, "1"))

    def test_everything_else_is_passed_on(self):
        self.assertIsNone(ask(self.told, path="/bucket/key"))
        self.assertEqual(self.passed_on, ["/bucket/key"])
