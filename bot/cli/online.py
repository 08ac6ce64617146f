"""What Slack and the sources' APIs say when they are asked whether they know us."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import ClientSession, DummyCookieJar

from bot import vendors
from bot.apis.deck import Deck
from bot.apis.lytics import Lytics
from bot.apis.parallel import ParallelApi
from bot.apis.surfacedby import SurfacedBy
from bot.cli.findings import Finding, Level
from bot.config import Settings
from bot.core.errors import ApiError, ConfigError, DeliveryError
from bot.core.reasons import LANE_WIDE, Reason
from bot.engine import PARALLEL_BASE_URL
from bot.slack.client import open_client
from bot.slack.directory import SlackDirectory
from bot.slack.socket import new_address

_ADVICE = {
    "missing_scope": "give it the scope connections:write",
    "socket_mode_not_enabled": "turn on Socket Mode in the settings of the app",
}
_OTHERWISE = "make an app-level token with the scope connections:write"
_APIS: Mapping[str, type[Deck | Lytics | SurfacedBy]] = {
    "deck": Deck,
    "lytics": Lytics,
    "surfacedby": SurfacedBy,
}


async def findings(settings: Settings) -> list[Finding]:
    """Return what each of them answered; one without a key is not asked."""
    answers = await asyncio.gather(
        _slack(settings),
        _operators(settings),
        _socket_mode(settings),
        _parallel(settings),
        *(_key(settings, name) for name in _APIS),
    )
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


async def _operators(settings: Settings) -> Finding | None:
    """Look whether the bot can speak in the operators' channel."""
    channel_id = settings.tocsin_operators_channel
    if settings.slack_bot_token is None or channel_id is None:
        return None
    token = settings.slack_bot_token.get_secret_value()
    try:
        async with open_client(token, base_url=settings.slack_api_url) as (client, _):
            channel = await SlackDirectory(client).channel("", channel_id)
    except DeliveryError as error:
        return Finding(Level.WARNING, f"TOCSIN_OPERATORS_CHANNEL could not be looked at: {error}.")
    if channel is None or not channel.member:
        return Finding(
            Level.WARNING, "The bot is not in TOCSIN_OPERATORS_CHANNEL: /invite it there."
        )
    if channel.archived:
        return Finding(Level.WARNING, "TOCSIN_OPERATORS_CHANNEL is archived.")
    return Finding(Level.OK, f"Operators are told in #{channel.name or channel_id}.")


async def _socket_mode(settings: Settings) -> Finding | None:
    """Ask for the address of a websocket, which is left unused."""
    if settings.slack_app_token is None:
        return None
    token = settings.slack_app_token.get_secret_value()
    try:
        async with open_client("", base_url=settings.slack_api_url) as (client, _):
            await new_address(client, token)
    except DeliveryError as error:
        return Finding(Level.PROBLEM, _without_socket(error))
    return Finding(Level.OK, "Slack takes SLACK_APP_TOKEN for Socket Mode.")


def _without_socket(error: DeliveryError) -> str:
    if error.reason in LANE_WIDE:
        return f"SLACK_APP_TOKEN could not be tried: {error}."
    name = error.detail.partition(":")[0]
    advice = _ADVICE.get(name, _OTHERWISE)
    return f"Slack does not accept SLACK_APP_TOKEN: {name}; {advice}."


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


async def _key(settings: Settings, name: str) -> Finding | None:
    """Try the API key of a source, by the cheapest reading that its API has."""
    try:
        found = vendors.key(settings, name)
    except ConfigError:
        return None  # told without asking
    if found is None:
        return None
    setting = f"{name.upper()}_API_KEY"
    try:
        async with ClientSession(cookie_jar=DummyCookieJar()) as session:
            await _APIS[name](*found, session=session).try_key()
    except ApiError as error:
        if error.reason is Reason.INSTALLATION:
            return Finding(Level.PROBLEM, f"{setting} is refused: {error.text}")
        return Finding(Level.WARNING, f"{setting} could not be tried: {error.text}")
    return Finding(Level.OK, f"{setting} is accepted.")
