"""The door for everything Slack sends: proven and parsed here, understood behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from bot.core.ports import Clock
from bot.slack.bodies import parse
from bot.slack.signature import is_signed

MAX_BODY_BYTES = 1 << 20
MAX_BODY_S = 10.0

_TIMESTAMP, _SIGNATURE = "x-slack-request-timestamp", "x-slack-signature"
_RETRY_HEADERS = ("x-slack-retry-num", "x-slack-retry-reason")

Dispatch = Callable[[dict[str, Any], dict[str, str]], Awaitable[Response]]
"""Answers a request that proved its origin, given its body and its retry headers."""


class FrontDoor:
    """The ASGI application behind `POST /slack/events`.

    `secrets` are all the signing secrets that count. `build` makes what understands a
    request; it is called once, in a thread, because it may import a lot.
    """

    def __init__(
        self,
        *,
        secrets: Sequence[str],
        build: Callable[[], Dispatch],
        clock: Clock,
        max_body_s: float = MAX_BODY_S,
    ) -> None:
        self._secrets = tuple(secrets)
        self._build = build
        self._clock = clock
        self._max_body_s = max_body_s
        self._dispatch: Dispatch | None = None
        self._building = asyncio.Lock()

    async def ready(self) -> Dispatch:
        """Return what understands requests, after loading it if nobody has."""
        async with self._building:
            if self._dispatch is None:
                self._dispatch = await asyncio.to_thread(self._build)
            return self._dispatch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        try:
            response = await self._answer(HttpRequest(scope, receive))
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: HttpRequest) -> Response:
        headers = request.headers
        if refusal := _refuse(headers):
            return refusal
        try:
            async with asyncio.timeout(self._max_body_s):
                body = await _read(request)
        except TimeoutError:
            return _error(408, "the body took too long")
        if body is None:
            return _error(413, "the body is too large")
        if not self._is_signed(headers, body):
            return _error(401, "invalid request")
        try:
            fields = parse(body, headers.get("content-type", ""))
        except ValueError:
            return _error(400, "the body cannot be read")
        dispatch = self._dispatch or await self.ready()
        return await dispatch(fields, {n: headers[n] for n in _RETRY_HEADERS if n in headers})

    def _is_signed(self, headers: Headers, body: bytes) -> bool:
        return is_signed(
            self._secrets,
            body,
            # ASGI headers are bytes, which Starlette shows as Latin-1.
            timestamp=headers.get(_TIMESTAMP, "").encode("latin-1"),
            signature=headers.get(_SIGNATURE, "").encode("latin-1"),
            now=self._clock(),
        )


def _refuse(headers: Headers) -> Response | None:
    """Return why a request is refused before its body is read."""
    if headers.get("content-encoding", "identity").lower() != "identity":
        return _error(415, "the body must not be compressed")
    if any(len(headers.getlist(name)) > 1 for name in (_TIMESTAMP, _SIGNATURE)):
        return _error(400, "a proof header is repeated")
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > MAX_BODY_BYTES:
        return _error(413, "the body is too large")
    return None


async def _read(request: HttpRequest) -> bytes | None:
    """Return the body, or None as soon as it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return None
    return bytes(body)


def _error(status: int, what: str) -> Response:
    return JSONResponse({"error": what}, status_code=status)
