"""HTTP by hand, for what no client would send."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

_STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3})")


@dataclass(frozen=True)
class Heard:
    """What came back until the server closed or fell silent; status 0 when nothing did."""

    status: int
    text: bytes
    closed: bool


async def exchange(url: str, *pieces: bytes, patience_s: float = 8.0) -> Heard:
    """Send pieces as they are to the host of a URL, and hear the first answer."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        with suppress(ConnectionError):  # it may refuse before it was told everything
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
        return await _hear(reader, patience_s)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _hear(reader: asyncio.StreamReader, patience_s: float) -> Heard:
    """Read an answer with its body, and a little longer to see whether the end follows."""
    text, closed = b"", False
    with suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(patience_s):
            text = await reader.readuntil(b"\r\n\r\n")
        async with asyncio.timeout(0.15):
            text += await reader.read()
            closed = True
    status = _STATUS.match(text)
    return Heard(int(status[1]) if status else 0, text, closed)


def request(
    path: str,
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    body: bytes = b"",
    *,
    method: str = "POST",
    length: str | None = "",
) -> bytes:
    """Return a request; `length` is said instead of the body's, and None says nothing."""
    pairs = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
    if length is not None:
        pairs.append(("Content-Length", length or str(len(body))))
    lines = [f"{method} {path} HTTP/1.1", "Host: bot", *(f"{n}: {value}" for n, value in pairs)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
