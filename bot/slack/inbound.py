"""What people ask through Slack, from Slack's fields to ours."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.core.requests import Request
from bot.slack.fields import text_of

_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_TOKEN_OR_ENTITY = re.compile(r"<[#@][^<>]*>|&(amp|lt|gt);")
_COMMAND_KEY = ("team_id", "user_id", "channel_id", "command", "text", "trigger_id")


def command_request(body: Mapping[str, Any], name: str, *, received_at: datetime) -> Request:
    """Return the request of a slash command; `name` is what we call the command.

    Its id is the same for an exact repeat, and differs when a person types again,
    because Slack then gives another trigger_id.
    """
    key = json.dumps([text_of(body, field) for field in _COMMAND_KEY])
    return Request(
        id=hashlib.sha256(key.encode()).hexdigest(),
        kind="command",
        name=name,
        team_id=text_of(body, "team_id"),
        channel_id=text_of(body, "channel_id"),
        user_id=text_of(body, "user_id"),
        text=unescape(text_of(body, "text")),
        response_url=text_of(body, "response_url") or None,
        received_at=received_at,
    )


def event_request(body: Mapping[str, Any], *, received_at: datetime) -> Request:
    """Return the request of an event; Slack keeps its event_id when it repeats it."""
    event = body["event"]
    return Request(
        id=text_of(body, "event_id") or hashlib.sha256(json.dumps(body).encode()).hexdigest(),
        kind="event",
        name=text_of(event, "type"),
        team_id=text_of(body, "team_id"),
        channel_id=text_of(event, "channel"),
        user_id=text_of(event, "user"),
        payload=dict(event),
        received_at=received_at,
    )


def unescape(text: str) -> str:
    """Undo Slack's three escapes once; `<#C1|name>` and `<@U1|name>` stay as they are."""
    return _TOKEN_OR_ENTITY.sub(lambda match: _ENTITIES.get(match[1], match[0]), text)
