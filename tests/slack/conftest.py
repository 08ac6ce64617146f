"""A workspace on loopback, and our client for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, ClientTimeout
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import SlackStandIn
from bot.slack.client import open_client


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    """A running stand-in: we are in C1 and G1, not in C2 and G2; C3 is archived."""
    async with SlackStandIn() as stand_in:
        stand_in.add_channel("C1", "alerts")
        stand_in.add_channel("C2", "random", member=False)
        stand_in.add_channel("C3", "old", archived=True)
        stand_in.add_channel("G1", "secret", private=True)
        stand_in.add_channel("G2", "board", private=True, member=False)
        stand_in.add_user("U1", "ada")
        stand_in.add_user("U2", "guest", restricted=True)
        stand_in.add_user("U3", "visitor", team="TOTHER")
        yield stand_in


@pytest.fixture
async def connection(slack: SlackStandIn) -> AsyncIterator[tuple[AsyncWebClient, ClientSession]]:
    """Our client, short of patience so that a hanging call ends soon, and its session."""
    patience = ClientTimeout(total=0.5, connect=0.5)
    async with open_client(slack.bot_token, base_url=slack.api_url, timeout=patience) as both:
        yield both


@pytest.fixture
def client(connection: tuple[AsyncWebClient, ClientSession]) -> AsyncWebClient:
    """Our client alone."""
    return connection[0]
