"""The door for everything Slack sends: proven and parsed here, understood behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from bot.asgi.answers import JSON, answer
from bot.asgi.limits import RefusedError, check_headers, read_body
from bot.asgi.patience import Patience
from bot.core.ports import Clock
from bot.core.verify import Headers
from bot.slack.bodies import parse
from bot.slack.signature import is_signed

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

MAX_BODY_S = 10.0

_TIMESTAMP, _SIGNATURE = b"x-slack-request-timestamp", b"x-slack-signature"
_RETRY_HEADERS = (b"x-slack-retry-num", b"x-slack-retry-reason")

Dispatch = Callable[[dict[str, Any], dict[str, str]], Awaitable["Response"]]
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
        self._patience = Patience(max_body_s)
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
            response = await self._respond(scope["headers"], receive)
        except RefusedError as refused:
            body = to_json({"error": refused.text})
            await answer(send, refused.status, body, content_type=JSON)
        else:
            await response(scope, receive, send)

    async def _respond(self, headers: Headers, receive: Receive) -> Response:
        check_headers(headers)
        named = dict(headers)
        if any(sum(name == one for name, _ in headers) > 1 for one in (_TIMESTAMP, _SIGNATURE)):
            raise RefusedError(400, "a proof header is repeated")
        body = await read_body(receive, self._patience)
        if not self._is_signed(named, body):
            raise RefusedError(401, "invalid request")
        try:
            fields = parse(body, named.get(b"content-type", b"").decode("latin-1"))
        except ValueError:
            raise RefusedError(400, "the body cannot be read") from None
        dispatch = self._dispatch or await self.ready()
        retried = [one for one in _RETRY_HEADERS if one in named]
        return await dispatch(
            fields, {one.decode(): named[one].decode("latin-1") for one in retried}
        )

    def _is_signed(self, headers: Mapping[bytes, bytes], body: bytes) -> bool:
        return is_signed(
            self._secrets,
            body,
            timestamp=headers.get(_TIMESTAMP, b""),
            signature=headers.get(_SIGNATURE, b""),
            now=self._clock(),
        )
