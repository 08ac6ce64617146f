"""Requests to an ASGI application, as raw as a test needs them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message

HeaderList = Sequence[tuple[str | bytes, str | bytes]]


class Reply(NamedTuple):
    """What the application answered."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


async def post(
    app: ASGIApp, chunks: bytes | Sequence[bytes], headers: HeaderList, *, complete: bool = True
) -> Reply:
    """Post a body in chunks; one that is not `complete` never ends."""
    pieces = [chunks] if isinstance(chunks, bytes) else list(chunks)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/slack/events",
        "query_string": b"",
        "headers": [(_bytes(name).lower(), _bytes(value)) for name, value in headers],
    }
    sent: list[Message] = []

    async def receive() -> Message:
        if not pieces:
            await asyncio.Event().wait()
        body = pieces.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(pieces) or not complete}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent)
    return Reply(sent[0]["status"], body)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
