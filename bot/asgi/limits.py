"""What a request may be before anybody looks at it: uvicorn itself sets no limits."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from bot.asgi.patience import Patience
from bot.core.verify import Headers

if TYPE_CHECKING:
    from starlette.types import Receive

MOST_BODY_BYTES = 1 << 20
MOST_HEADERS = 100
MOST_HEADER_BYTES = 32_768
BODY_TIMEOUT_S = 5.0


class RefusedError(Exception):
    """A request that is answered with `status` and no further look."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def check_headers(headers: Headers) -> None:
    """Refuse headers that are too many, too long, broken or compressed.

    Raises:
        RefusedError: 431, 400, 415 or 413.
    """
    names = [name for name, _ in headers]
    everything = b"".join(chain.from_iterable(headers))
    if len(names) > MOST_HEADERS or len(everything) > MOST_HEADER_BYTES:
        raise RefusedError(431, "too many or too long headers")
    if b"\n" in everything or b"\r" in everything or b"\0" in everything:
        raise RefusedError(400, "a header has a line break in it")
    lengths = names.count(b"content-length")
    if lengths > 1 or (lengths and b"transfer-encoding" in names):
        raise RefusedError(400, "the length of the body is said twice")
    if b"content-encoding" in names:
        _check_encoding(headers)
    if lengths:
        _check_length(headers[names.index(b"content-length")][1])


async def read_body(receive: Receive, patience: Patience) -> bytes:
    """Return the whole body, or refuse it as soon as it is too long or too slow.

    Raises:
        RefusedError: 413, 408, or 400 when the sender hung up.
    """
    try:
        with patience:
            return await _read(receive)
    except TimeoutError:
        raise RefusedError(408, "the body took too long") from None


async def _read(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedError(400, "the sender hung up")
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > MOST_BODY_BYTES:
            raise RefusedError(413, "more than 1 MiB")
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _check_encoding(headers: Headers) -> None:
    if any(
        name == b"content-encoding" and value.strip().lower() != b"identity"
        for name, value in headers
    ):
        raise RefusedError(415, "compressed bodies are not accepted")


def _check_length(value: bytes) -> None:
    if not value.isdigit():
        raise RefusedError(400, "the length of the body is not a number")
    if int(value[:20]) > MOST_BODY_BYTES:
        raise RefusedError(413, "more than 1 MiB")
