"""Who we are: asked once, and asked again when it matters whether Slack still takes us."""

from __future__ import annotations

import pytest

from bot.core.errors import DeliveryError
from bot.core.reasons import Reason
from bot.playground.slack import SlackStandIn
from bot.slack.client import open_client
from bot.slack.directory import SlackDirectory


async def test_a_revoked_token_is_noticed_when_asked_afresh(slack: SlackStandIn) -> None:
    """What is remembered says who we were; only a fresh question says that we still are."""
    async with open_client(slack.bot_token, base_url=slack.api_url) as (client, _):
        directory = SlackDirectory(client)
        known = await directory.identity()
        slack.refuse_token("token_revoked")

        assert known == await directory.identity()
        with pytest.raises(DeliveryError) as refused:
            await directory.identity(fresh=True)
        assert Reason.INSTALLATION == refused.value.reason
