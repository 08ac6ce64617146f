"""Whole answers of a few bytes, without a framework in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Send

TEXT = b"text/plain; charset=utf-8"
JSON = b"application/json"


async def answer(
    send: Send,
    status: int,
    body: bytes = b"",
    *headers: tuple[bytes, bytes],
    content_type: bytes = TEXT,
) -> None:
    """Send a status, a body that may be empty, and headers beside those of the body."""
    length = (b"content-length", b"%d" % len(body))
    described = ((b"content-type", content_type), length) if body else (length,)
    start = {"type": "http.response.start", "status": status, "headers": (*described, *headers)}
    await send(start)
    await send({"type": "http.response.body", "body": body})
