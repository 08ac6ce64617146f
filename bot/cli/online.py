"""What Slack and Parallel say when they are asked whether they know us."""

from __future__ import annotations

import asyncio

from bot.apis.parallel import ParallelApi
from bot.cli.findings import Finding, Level
from bot.config import Settings
from bot.core.errors import ApiError, ConfigError, DeliveryError
from bot.engine import PARALLEL_BASE_URL
from bot.slack.client import open_client
from bot.slack.directory import SlackDirectory


async def findings(settings: Settings) -> list[Finding]:
    """Return what each of them answered; one without a key is not asked."""
    answers = await asyncio.gather(_slack(settings), _parallel(settings))
    return [answer for answer in answers if answer is not None]


async def _slack(settings: Settings) -> Finding | None:
    if settings.slack_bot_token is None:
        return None
    token = settings.slack_bot_token.get_secret_value()
    try:
        async with open_client(token, base_url=settings.slack_api_url) as (client, _):
            identity = await SlackDirectory(client).identity()
    except DeliveryError as error:
        return Finding(Level.PROBLEM, f"Slack does not accept SLACK_BOT_TOKEN: {error}.")
    return Finding(
        Level.OK, f"Slack knows the bot as {identity.bot_user_id} of workspace {identity.team_id}."
    )


async def _parallel(settings: Settings) -> Finding | None:
    try:
        own = settings.source("parallel")
    except ConfigError:
        return None  # told without asking
    if own.api_key is None:
        return None
    base_url = own.base_url or PARALLEL_BASE_URL
    api = ParallelApi(own.api_key.get_secret_value(), base_url, webhook_url=None)
    try:
        monitors = await api.list()
    except ApiError as error:
        return Finding(Level.PROBLEM, f"Parallel does not accept PARALLEL_API_KEY: {error.text}")
    finally:
        await api.close()
    return Finding(Level.OK, f"Parallel knows us; active monitors: {len(monitors)}.")
