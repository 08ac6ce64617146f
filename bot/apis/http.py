"""One JSON call to a vendor: one origin, no redirects, bounded in time and in size."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json, to_json

from bot.core.errors import ApiError
from bot.core.reasons import Reason

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

MOST_BYTES = 2 * 1024 * 1024
"""No answer that we ask for is longer; one that is is not read to its end."""

_PIECE_BYTES = 64 * 1024
_IDENTITY = {"", "identity"}
_SUCCESS = range(200, 300)


class Vendor:
    """Calls the API under one base URL, and nothing else, with the same headers each time.

    `title` is the vendor's name in sentences, `session` is shared and belongs to somebody
    else, `headers` hold the key, `timeout_s` bounds each call as a whole.
    """

    def __init__(
        self,
        title: str,
        base_url: str,
        *,
        session: ClientSession,
        headers: Mapping[str, str],
        timeout_s: float = 15.0,
    ) -> None:
        self.title = title
        self._base_url = base_url.rstrip("/")
        self._session = session
        # A packed answer could fill the memory; none of these is long.
        self._headers = {**headers, "Accept": "application/json", "Accept-Encoding": "identity"}
        self._timeout_s = timeout_s

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return the object that an address answers; raises `ApiError`."""
        return self._parsed(await self._call("GET", path, query=query))

    async def try_key(self, path: str) -> None:
        """Read what an address answers for the sake of the key alone; raises `ApiError`.

        Its error says nothing in the vendor's words, which might repeat the key.
        """
        await self._call("GET", path, secret=True)

    async def post(
        self,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        secret: bool = False,
    ) -> dict[str, Any]:
        """Post once and return the object of the answer; raises `ApiError`.

        With `secret`, an error says nothing in the vendor's words, which might repeat what
        was sent; the words of `ApiError.field` are the caller's to check.
        """
        answered = await self._call("POST", path, body=body, headers=headers, secret=secret)
        return self._parsed(answered)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        secret: bool = False,
    ) -> bytes | None:
        """Return the body of a success, None for one that is packed or too long."""
        from bot.apis.http_errors import broken, refusal

        sent = {**self._headers, **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/json"
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._session.request(
                    method,
                    self._base_url + path,
                    params=query,
                    data=None if body is None else to_json(body),
                    headers=sent,
                    allow_redirects=False,
                    auto_decompress=False,
                ) as response,
            ):
                content = await _read(response)
        except Exception as error:
            # Not chained: the error may hold headers, and with them the key.
            raise broken(self.title, error) from None
        if response.status not in _SUCCESS:
            raise refusal(self.title, response.status, response.headers, content, secret=secret)
        return content

    def _parsed(self, content: bytes | None) -> dict[str, Any]:
        """Return a JSON object; nothing at all is an empty one."""
        if content is not None and not content.strip():
            return {}
        try:
            document = from_json(content or b"?", allow_inf_nan=False)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise self.unreadable()
        return document

    def unreadable(self) -> ApiError:
        """Return the error for a success that nobody can read: it may have been carried out."""
        text = f"{self.title} answered something that is not in its API's form."
        return ApiError(text, reason=Reason.SERVER)


async def _read(response: ClientResponse) -> bytes | None:
    """Return a body, None for one that is packed or too long."""
    if response.headers.get("content-encoding", "").strip().lower() not in _IDENTITY:
        return None
    content = bytearray()
    async for piece in response.content.iter_chunked(_PIECE_BYTES):
        content += piece
        if len(content) > MOST_BYTES:
            response.close()
            return None
    return bytes(content)
