"""Faults on demand, for tests: services that turn callers away, and credentials that end soon.

`PUT http://127.0.0.1:$GATEWAY_PORT/_kraken/faults` with `{"refuse": {"dynamodb": "throttled", "sqs": "failing"}, "sessions_s": 6}` says
what is so from then on, `{}` that nothing is wrong any more. Calls of functions by the emulator itself (queues, rules, the HTTP API) go on:
what is refused is what functions, agents and tools ask for. Without such a request this mend changes nothing.
"""

import json
import re

PATH = "/_kraken/faults"
#: A signature names its service, in the header or, of a presigned address, in the query.
SIGNED_FOR = re.compile(rb"Credential=[^/%,&]+(?:/|%2F)\d{8}(?:/|%2F)[a-z0-9-]+(?:/|%2F)([a-z0-9-]+)(?:/|%2F)aws4_request")
#: How services say it; the SDK tries both again, a few times. Source: "Common Errors" of the services' API references.
ANSWERS = {
    "throttled": (400, "ThrottlingException", "Rate of requests exceeds the allowed throughput."),
    "failing": (503, "ServiceUnavailable", "The service is unavailable. Please try again."),
}


class State:
    """What is wrong now."""

    def __init__(self) -> None:
        self.refuse, self.sessions_s = {}, None

    def become(self, wanted: dict) -> None:
        refuse, sessions_s = wanted.get("refuse", {}), wanted.get("sessions_s")
        wrong = [kind for kind in refuse.values() if kind not in ANSWERS]
        if wrong or wanted.keys() - {"refuse", "sessions_s"} or not (sessions_s is None or isinstance(sessions_s, int)):
            raise ValueError(f"{wanted} cannot be: expected 'refuse' with services that are {' or '.join(ANSWERS)}, and 'sessions_s'")
        self.refuse, self.sessions_s = refuse, sessions_s


def mend() -> None:
    import hypercorn.asyncio
    from ministack.services import sts

    state = State()
    serve, parameter = hypercorn.asyncio.serve, sts._p

    async def serve_with_faults(app, config, **rest):
        await serve(Faults(app, state), config, **rest)

    def shorter(params, name, *default):
        if name == "DurationSeconds" and state.sessions_s is not None:
            return str(state.sessions_s)
        return parameter(params, name, *default)

    hypercorn.asyncio.serve = serve_with_faults
    sts._p = shorter


class Faults:
    """Answers for services that are to refuse, and passes everything else on."""

    def __init__(self, app, state: State) -> None:
        self.app, self.state = app, state

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"] == PATH:
            await self.told(receive, send)
        elif (kind := self.state.refuse.get(service(scope))) is not None:
            status, code, text = ANSWERS[kind]
            # Read to its end: a caller that still sends would see a broken connection instead.
            await body(receive)
            await answer(send, status, {"__type": code, "message": text}, code)
        else:
            await self.app(scope, receive, send)

    async def told(self, receive, send) -> None:
        try:
            self.state.become(json.loads(await body(receive)))
        except ValueError as error:
            await answer(send, 400, {"message": str(error)}, "ValidationError")
        else:
            await answer(send, 200, {}, "")


def service(scope):
    """The service that a request was signed for."""
    signatures = [value for name, value in scope["headers"] if name == b"authorization"] + [scope.get("query_string", b"")]
    for signature in signatures:
        found = SIGNED_FOR.search(signature)
        if found:
            return found.group(1).decode()
    return None


async def body(receive) -> bytes:
    parts = []
    while True:
        event = await receive()
        parts.append(event.get("body", b""))
        if not event.get("more_body", False):
            return b"".join(parts)


async def answer(send, status: int, content: dict, code: str) -> None:
    text = json.dumps(content).encode()
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode()), (b"x-amzn-errortype", code.encode())]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": text})
