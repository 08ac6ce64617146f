"""A workspace with a public, a private and a foreign channel, and the real client for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import SlackStandIn
from tests.playground.listener import Bot


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    """A running stand-in: we are in C1 and G1, not in C2 and G2; C3 is archived."""
    async with SlackStandIn() as stand_in:
        stand_in.add_channel("C1", "alerts")
        stand_in.add_channel("C2", "random", member=False)
        stand_in.add_channel("C3", "old", archived=True)
        stand_in.add_channel("G1", "secret", private=True)
        stand_in.add_channel("G2", "board", private=True, member=False)
        stand_in.add_user("U1", "ada", admin=True)
        stand_in.add_user("U2", "guest", restricted=True)
        yield stand_in


@pytest.fixture
def client(slack: SlackStandIn) -> AsyncWebClient:
    """A client with our token, that never repeats a call by itself."""
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=5)


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    """A bot that listens on loopback."""
    double = Bot()
    app = web.Application()
    app.router.add_post("/slack/events", double.handle)
    async with TestServer(app) as server:
        double.url = str(server.make_url("/slack/events"))
        yield double
