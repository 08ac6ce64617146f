"""What Slack sends to an app: commands, events and interactions, unsigned."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

from bot.playground.slack.message import Channel, Json, User
from bot.playground.slack.world import World

VERIFICATION_TOKEN = "playground"  # noqa: S105 - deprecated by Slack, sent and never checked
_SPECIAL = re.compile(r"(?<!\S)(?:#(?P<channel>[\w-]+)|@(?P<user>[\w.-]+)|(?P<url>https?://\S+))")


def command_form(world: World, typed: str, channel: Channel, user: User, url: str) -> Json:
    """Return the form of a slash command; `typed` is the whole line, `url` the response_url."""
    command, _, text = typed.partition(" ")
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": world.team.id,
        "team_domain": world.team.domain,
        "channel_id": channel.id,
        "channel_name": "privategroup" if channel.is_private else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": escaped(world, text.strip()),
        "api_app_id": world.team.app_id,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": world.new_trigger(channel_id=channel.id),
    }


def escaped(world: World, text: str) -> str:
    """Return `text` as a command with `should_escape: true` receives it."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(lambda match: _token(world, match), plain)


def _token(world: World, match: re.Match[str]) -> str:
    if match["url"]:
        return f"<{match['url']}>"
    for channel in world.channels.values():
        if channel.name == match["channel"] and not channel.is_direct:
            hidden = channel.is_private and not channel.is_member
            return f"<#{channel.id}|{'' if hidden else channel.name}>"
    for user in world.users.values():
        if user.name == match["user"]:
            return f"<@{user.id}|{user.name}>"
    return match[0]


def event_callback(world: World, event: Mapping[str, Any], event_id: str | None) -> Json:
    """Return the envelope of an event, with a fresh id unless one is given."""
    bot = {"user_id": world.team.bot_user_id, "is_bot": True, "is_enterprise_install": False}
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": world.team.id,
        "context_team_id": world.team.id,
        "api_app_id": world.team.app_id,
        "event": {"event_ts": world.stamp(), **event},
        "type": "event_callback",
        "event_id": event_id or f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(world.clock().timestamp()),
        "authorizations": [{"enterprise_id": None, "team_id": world.team.id, **bot}],
        "is_ext_shared_channel": False,
    }


def membership(world: World, channel: Channel, inviter: str | None, kind: str) -> Json:
    """Return the event of our bot joining or leaving a channel."""
    event = {"type": kind, "user": world.team.bot_user_id, "channel": channel.id}
    where = {"channel_type": "G" if channel.is_private else "C", "team": world.team.id}
    return event | where | ({"inviter": inviter} if inviter else {})
