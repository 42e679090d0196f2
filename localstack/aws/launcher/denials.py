"""What was refused for want of a right, for tests: `GET http://127.0.0.1:$GATEWAY_PORT/_kraken/denials` lists the newest refusals, oldest
first, each with who asked, for what, of what. Refuses nothing itself.
"""

import json
from collections import deque

PATH = "/_kraken/denials"
#: So many are remembered.
NEWEST = 1000


def mend() -> None:
    import hypercorn.asyncio
    from ministack.core import iam_evaluator

    denials = Denials()
    serve, enforce = hypercorn.asyncio.serve, iam_evaluator.enforce

    def noted(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        outcome = enforce(access_key_id, iam_action, service, region, resource_arn=resource_arn, service_context=service_context)
        if isinstance(outcome, iam_evaluator.EvalResult):
            denials.note(outcome.principal_arn, iam_action, resource_arn)
        return outcome

    async def serve_and_tell(app, config, **rest):
        await serve(Told(app, denials), config, **rest)

    iam_evaluator.enforce = noted
    hypercorn.asyncio.serve = serve_and_tell


class Denials:
    """The newest refusals. Noted by many threads."""

    def __init__(self) -> None:
        self._noted = deque(maxlen=NEWEST)

    def note(self, principal: str, action: str, resource: str) -> None:
        self._noted.append({"principal": principal, "action": action, "resource": resource})

    def list(self) -> list[dict]:
        return list(self._noted.copy())

    def forget(self) -> None:
        self._noted.clear()


class Told:
    """Answers at its path, `DELETE` after having forgotten; passes everything else on."""

    def __init__(self, app, denials: Denials) -> None:
        self.app, self.denials = app, denials

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self.app(scope, receive, send)
            return
        if scope["method"] == "DELETE":
            self.denials.forget()
        body = json.dumps({"denials": self.denials.list()}).encode()
        head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})
