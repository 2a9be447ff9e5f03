"""AWS without a wire: the local stack's emulator in this very process, answering the clients."""

import io
import os
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from local import emulator, environment

_PORT = 4566
"""Nobody listens there: it is only what addresses are made of."""


class _Body(io.BytesIO):
    """The body of an answer, as the clients read it."""

    def stream(self, **_: object) -> Iterator[bytes]:
        """Yield all of it."""
        yield self.read()


def answer(url: str, status: int, headers: Mapping[str, str], body: bytes) -> AWSResponse:
    """Return an answer as it would come from the wire."""
    return AWSResponse(url, status, HTTPHeaders.from_dict(dict(headers)), _Body(body))


def body_of(request: AWSPreparedRequest) -> bytes:
    """Return what a request says, whatever the client keeps it in."""
    told: Any = request.body
    if hasattr(told, "read"):
        told.seek(0)
        return bytes(told.read())
    return told if isinstance(told, bytes) else str(told or "").encode()


class Emulator:
    """The emulator's application, which keeps all it is given in this process's memory."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        """Lead this process's environment to the emulator, which reads it while it is imported."""
        for name in environment.foreign(os.environ):
            patch.delenv(name)
        for name, value in environment.client(environment.endpoint_url(_PORT)).items():
            patch.setenv(name, value)
        patch.setenv("MINISTACK_REGION", environment.REGION)
        self._app = emulator.load()

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Carry a request out, and return the answer. The emulator never waits for anything."""
        serving = self._serve(request)
        try:
            serving.send(None)
        except StopIteration as done:
            served: AWSResponse = done.value
            return served
        serving.close()
        message = "The emulator waits for something, and there is no loop to wait in."
        raise RuntimeError(message)

    async def _serve(self, request: AWSPreparedRequest) -> AWSResponse:
        said: list[emulator.Message] = []

        async def receive() -> emulator.Message:
            return {"type": "http.request", "body": body_of(request), "more_body": False}

        async def send(message: emulator.Message) -> None:
            said.append(message)

        await self._app(_scope(request), receive, send)
        start, *parts = said
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        body = b"".join(part.get("body", b"") for part in parts)
        return answer(request.url, start["status"], headers, body)


def _scope(request: AWSPreparedRequest) -> emulator.Scope:
    parts = urlsplit(request.url)
    headers = [(name.lower(), value) for name, value in request.headers.items()]
    return {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": [
            (name.encode(), value if isinstance(value, bytes) else str(value).encode())
            for name, value in [*headers, ("host", parts.netloc)]
        ],
        "client": (environment.HOST, _PORT),
        "server": (environment.HOST, _PORT),
    }
