"""Services refuse when they are told to, and only they."""

import asyncio
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "launcher"))

from faults import PATH, Faults, State  # noqa: E402

SIGNED = b"AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
PRESIGNED = b"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=0"


class Emulator:
    """Answers 200 to everything that comes through."""

    def __init__(self):
        self.state = State()

    def ask(self, path="/", headers=(), query=b"", body=b""):
        answers = []

        async def app(scope, receive, send):
            await send({"type": "http.response.start", "status": 200})

        async def receive():
            return {"type": "http.request", "body": body}

        async def send(message):
            answers.append(message)

        scope = {"type": "http", "path": path, "headers": list(headers), "query_string": query}
        asyncio.run(Faults(app, self.state)(scope, receive, send))
        return answers[0]["status"]

    def tell(self, wanted):
        return self.ask(PATH, body=json.dumps(wanted).encode())

    def table(self):
        return self.ask(headers=[(b"authorization", SIGNED)])

    def object(self):
        return self.ask(query=PRESIGNED)


class OnDemand(unittest.TestCase):
    def test_what_nobody_asked_for_does_not_happen(self):
        emulator = Emulator()
        self.assertEqual((emulator.table(), emulator.object(), emulator.ask()), (200, 200, 200))

    def test_a_service_refuses_until_it_is_told_otherwise(self):
        emulator = Emulator()
        self.assertEqual(emulator.tell({"refuse": {"dynamodb": "throttled"}}), 200)
        self.assertEqual((emulator.table(), emulator.object(), emulator.ask()), (400, 200, 200))
        self.assertEqual(emulator.tell({"refuse": {"s3": "failing"}}), 200)
        self.assertEqual((emulator.table(), emulator.object()), (200, 503))
        self.assertEqual(emulator.tell({}), 200)
        self.assertEqual((emulator.table(), emulator.object()), (200, 200))

    def test_what_makes_no_sense_is_refused_and_changes_nothing(self):
        emulator = Emulator()
        emulator.tell({"refuse": {"s3": "failing"}})
        for wrong in ({"refuse": {"s3": "on fire"}}, {"other": 1}, {"sessions_s": "6"}):
            self.assertEqual(emulator.tell(wrong), 400)
        self.assertEqual(emulator.object(), 503)
