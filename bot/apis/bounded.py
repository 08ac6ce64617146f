"""No answer is longer than 10 MiB, however it is packed."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

import httpx
from typing_extensions import override

MOST_BYTES = 10 * 1024 * 1024
CUT = "cut"
"""Key of a response's extensions: true when there was more than `MOST_BYTES`."""

_PIECE_BYTES = 64 * 1024
_GZIP_OR_ZLIB = 47  # zlib's word for "either header, 32 KiB window"


async def bound(response: httpx.Response) -> None:
    """Limit the body of a response before anybody reads it; an event hook of httpx.

    httpx unpacks a whole chunk at once, so a small gzip body could fill the memory.
    Packed bodies are therefore unpacked here, piece by piece.
    """
    packed = response.headers.get("content-encoding", "").strip().lower() in {"gzip", "deflate"}
    if packed:
        del response.headers["content-encoding"]
    if isinstance(response.stream, httpx.AsyncByteStream):
        response.stream = _Bounded(response, response.stream, packed=packed)


class _Bounded(httpx.AsyncByteStream):
    """The unpacked body of a response, ended after `MOST_BYTES`."""

    def __init__(
        self, response: httpx.Response, inner: httpx.AsyncByteStream, *, packed: bool
    ) -> None:
        self._response = response
        self._inner = inner
        self._packed = packed

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MOST_BYTES
        async for piece in _unpack(self._inner) if self._packed else self._inner:
            if len(piece) > left:
                self._response.extensions[CUT] = True
                yield piece[:left]
                return
            left -= len(piece)
            yield piece

    @override
    async def aclose(self) -> None:
        await self._inner.aclose()


async def _unpack(packed: httpx.AsyncByteStream) -> AsyncIterator[bytes]:
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    async for chunk in packed:
        waiting = chunk
        while waiting:
            try:
                yield unpacker.decompress(waiting, _PIECE_BYTES)
            except zlib.error as error:
                raise httpx.DecodingError(str(error)) from error
            waiting = unpacker.unconsumed_tail
