"""The limit on the size of an answer, packed or not."""

import gzip
import zlib

import httpx
import pytest

from bot.apis.bounded import CUT, MOST_BYTES, bound


async def _fetch(body: bytes, encoding: str | None = None) -> httpx.Response:
    headers = {"content-encoding": encoding} if encoding else {}
    answer = httpx.MockTransport(
        lambda _: httpx.Response(200, stream=httpx.ByteStream(body), headers=headers)
    )
    async with httpx.AsyncClient(transport=answer, event_hooks={"response": [bound]}) as client:
        return await client.get("http://source.example/")


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"plain", None),
        (b"", None),
        (gzip.compress(b"plain" * 100_000), "gzip"),
        (zlib.compress(b"plain" * 100_000), "deflate"),
    ],
)
async def test_sane_answer_arrives_whole(body: bytes, encoding: str | None) -> None:
    """Short answers are untouched, and packed ones unpacked, although we asked for neither."""
    response = await _fetch(body, encoding)

    expected = body if encoding is None else b"plain" * 100_000
    assert response.content == expected
    assert CUT not in response.extensions


@pytest.mark.parametrize("encoding", [None, "gzip"])
@pytest.mark.parametrize(("extra", "cut"), [(0, False), (1, True)])
async def test_limit_is_exact(encoding: str | None, extra: int, cut: bool) -> None:
    """Ten MiB pass; one byte more is cut off and said to be."""
    body = b"x" * (MOST_BYTES + extra)

    response = await _fetch(gzip.compress(body, 1) if encoding else body, encoding)

    assert len(response.content) == MOST_BYTES
    assert (CUT in response.extensions) is cut


async def test_broken_packing_is_a_decoding_error() -> None:
    """Bytes that are no gzip fail as httpx itself would let them fail."""
    with pytest.raises(httpx.DecodingError):
        await _fetch(b"not gzip at all", "gzip")
