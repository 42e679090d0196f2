"""The deployed HTTP API answers at the root of an origin of its own, `http://127.0.0.1:$KRAKEN_API_PORT`, as it does on AWS.

The emulator serves it under a name of the kind `<id>.execute-api.…`, which no resolver knows, or under a path, which neither browsers
nor agents can take for an origin. Here a second port is listened on, whose requests go to the one HTTP API there is; and that is the
address that the stacks are told.
"""

import os

NAME = "AWS::ApiGatewayV2::Api"


def mend() -> None:
    import hypercorn.asyncio
    from ministack.services import apigateway
    from ministack.services.cloudformation import provisioners

    host, port = os.environ["BIND_HOST"], int(os.environ["KRAKEN_API_PORT"])
    tell_address(provisioners._RESOURCE_HANDLERS[NAME], f"http://{host}:{port}")
    serve, apis = hypercorn.asyncio.serve, apigateway._apis

    async def serve_both(app, config, **rest):
        config.bind = [*config.bind, f"{host}:{port}"]
        await serve(FrontDoor(app, apis, port), config, **rest)

    hypercorn.asyncio.serve = serve_both


def tell_address(api: dict, address: str) -> None:
    """`Fn::GetAtt: [Api, ApiEndpoint]` is `address`."""

    def told(make):
        def made(*arguments, **rest):
            physical_id, attributes = make(*arguments, **rest)
            return physical_id, {**attributes, "ApiEndpoint": address}

        return made

    api["create"], api["update"] = told(api["create"]), told(api["update"])


class FrontDoor:
    """Passes everything on, requests to the second port as requests to the HTTP API."""

    def __init__(self, app, apis, port: int) -> None:
        self.app, self.apis, self.port = app, apis, port

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http" and (scope.get("server") or (None, None))[1] == self.port:
            api = self.only_api()
            if api is None:
                await not_deployed(send)
                return
            way = f"/_aws/execute-api/{api}/$default"
            scope = {**scope, "path": way + scope["path"], "raw_path": way.encode() + scope["raw_path"]}
        await self.app(scope, receive, send)

    def only_api(self):
        found = [api_id for (_account, _region, api_id), _api in self.apis.all_items()]
        return found[0] if len(found) == 1 else None


async def not_deployed(send) -> None:
    body = b'{"message": "no HTTP API is deployed here yet, or more than one"}'
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 503, "headers": head})
    await send({"type": "http.response.body", "body": body})
