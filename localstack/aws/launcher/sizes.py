"""What does not fit through a function on AWS does not fit through one here: 6 MB, either way.

Source: AWS Lambda Developer Guide, "Lambda quotas"; the exact numbers are those that the service's own errors name.
"""

import json

REQUEST_MAX, RESPONSE_MAX = 6_291_456, 6_291_556


def mend() -> None:
    from ministack.core import lambda_runtime

    invoke = lambda_runtime.ProvidedWorker.invoke

    def limited(self, event, request_id, **rest):
        if size(event) > REQUEST_MAX:
            return too_large("RequestEntityTooLargeException", f"Request must be smaller than {REQUEST_MAX} bytes")
        answer = invoke(self, event, request_id, **rest)
        if answer.get("status") == "ok" and size(answer.get("result")) > RESPONSE_MAX:
            text = f"Response payload size exceeded maximum allowed payload size ({RESPONSE_MAX} bytes)."
            return {**too_large("Function.ResponseSizeTooLarge", text), "log": answer.get("log", "")}
        return answer

    lambda_runtime.ProvidedWorker.invoke = limited


def size(payload) -> int:
    """Bytes of a payload on its way."""
    return len(json.dumps(payload, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def too_large(kind: str, text: str) -> dict:
    payload = {"errorType": kind, "errorMessage": text}
    return {"status": "error", "error": text, "error_payload": payload, "cold_start": False, "log": ""}
