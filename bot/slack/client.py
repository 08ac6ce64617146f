"""The one connection to Slack's Web API."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Any, cast

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from pydantic_core import from_json, to_json
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core.errors import DeliveryError
from bot.core.reasons import Reason
from bot.slack.errors import classify, refused

SLACK_API_URL = "https://slack.com/api/"
TIMEOUT = ClientTimeout(total=15, connect=5)

# At DEBUG the SDK writes down messages and headers; below INFO it has nothing to say here.
_SDK_LOG = logging.getLogger("bot.slack.sdk")
_SDK_LOG.setLevel(logging.INFO)


@asynccontextmanager
async def open_client(
    token: str, *, base_url: str = SLACK_API_URL, timeout: ClientTimeout = TIMEOUT
) -> AsyncIterator[tuple[AsyncWebClient, ClientSession]]:
    """Yield a Web API client and the session it shares, and close the session."""
    # The lanes limit their calls themselves; whoever answers a person waits behind none of them.
    connector = TCPConnector(limit=0)
    # The SDK ignores its own timeout when it is given a session.
    async with ClientSession(
        connector=connector, timeout=timeout, cookie_jar=DummyCookieJar()
    ) as session:
        client = AsyncWebClient(
            token=token,
            base_url=base_url,
            session=session,
            logger=_SDK_LOG,
            # The default handler sends again after a reset: a message said twice.
            retry_handlers=[],
        )
        # The SDK takes a proxy from the environment; only our settings decide where we call.
        client.proxy = None
        yield client, session


async def call(request: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
    """Await a call of the SDK and return what Slack answered.

    Raises:
        DeliveryError: whatever went wrong, classified.
    """
    try:
        data = (await request).data
    except Exception as error:
        # Not chained: the SDK's errors carry the token and what was said.
        raise classify(error) from None
    if not isinstance(data, dict):
        raise DeliveryError(Reason.SERVER, detail="no JSON object")
    return data


async def post_message(client: AsyncWebClient, message: Mapping[str, Any]) -> dict[str, Any]:
    """Call chat.postMessage on the client's session and return what Slack answered.

    Not by the SDK, because every delivery pays for this call: it would cost half as much again.

    Raises:
        DeliveryError: whatever went wrong, classified.
    """
    headers = {
        **client.headers,
        "Authorization": f"Bearer {client.token}",
        "Content-Type": "application/json;charset=utf-8",
    }
    session = cast("ClientSession", client.session)
    try:
        url, body = f"{client.base_url}chat.postMessage", to_json(message)
        async with session.post(url, data=body, headers=headers) as response:
            said = await response.read()
    except Exception as error:
        raise classify(error) from None
    answer: Any = None
    with suppress(ValueError):
        answer = from_json(said)
    if response.status == HTTPStatus.OK and isinstance(answer, dict) and answer.get("ok"):
        return answer
    raise refused(response.status, response.headers, answer)
