"""One call to Parallel: the vendor's client, a limit on time and size, and JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from bot.core.errors import ApiError
from bot.core.reasons import Reason

if TYPE_CHECKING:
    from parallel import AsyncParallel
    from parallel._response import AsyncAPIResponse
    from parallel.resources.monitor import AsyncMonitorResourceWithRawResponse

_CONNECT_S = 5.0


class Calls:
    """The vendor's client, made at the first call because its import is slow."""

    def __init__(self, api_key: str, base_url: str, *, timeout_s: float) -> None:
        self._api_key = api_key
        self._base_url = base_url
        self._timeout_s = timeout_s

    @property
    def monitors(self) -> AsyncMonitorResourceWithRawResponse:
        """Return the Monitor API, whose calls give raw answers."""
        return self._client.monitor.with_raw_response

    async def document(self, request: Awaitable[AsyncAPIResponse[Any]]) -> dict[str, Any]:
        """Return the object that a call answers; raises `ApiError`."""
        content, _ = await self.answer(request)
        return parsed(content)

    async def answer(self, request: Awaitable[AsyncAPIResponse[Any]]) -> tuple[bytes, bool]:
        """Return the bytes of a success and whether they were cut; raises `ApiError`."""
        from parallel import ParallelError

        from bot.apis.bounded import CUT
        from bot.apis.parallel_errors import explain

        try:
            async with asyncio.timeout(self._timeout_s):
                response = await request
        except (ParallelError, TimeoutError) as error:
            raise explain(error) from error
        answer = response.http_response
        return await answer.aread(), CUT in answer.extensions

    async def close(self) -> None:
        """Close the connections, if any were opened."""
        if "_client" in self.__dict__:
            await self._client.close()

    @cached_property
    def _client(self) -> AsyncParallel:
        import httpx
        from parallel import AsyncParallel

        from bot.apis.bounded import bound

        http = httpx.AsyncClient(
            timeout=httpx.Timeout(self._timeout_s, connect=min(_CONNECT_S, self._timeout_s)),
            headers={"accept-encoding": "identity"},
            event_hooks={"response": [bound]},
        )
        return AsyncParallel(
            api_key=self._api_key, base_url=self._base_url, max_retries=0, http_client=http
        )


def parsed(content: bytes, *, cut: bool = False) -> dict[str, Any]:
    """Return a JSON object; of a cut one, what is there.

    Raises:
        ApiError: it is not JSON, or not an object.
    """
    try:
        document = from_json(content, allow_partial=cut, allow_inf_nan=False)
    except ValueError as error:
        raise unreadable() from error
    if not isinstance(document, dict):
        raise unreadable()
    return document


def unreadable() -> ApiError:
    """Return the error for a success that nobody can read: it may have been carried out."""
    text = "Parallel answered something that is not in its API's form."
    return ApiError(text, reason=Reason.SERVER)
