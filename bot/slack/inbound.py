"""What people ask through Slack, from Slack's fields to ours."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.core.requests import Request

_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_TOKEN_OR_ENTITY = re.compile(r"<[#@][^<>]*>|&(amp|lt|gt);")
_COMMAND_KEY = ("team_id", "user_id", "channel_id", "command", "text", "trigger_id")


def command_request(body: Mapping[str, Any], name: str, *, received_at: datetime) -> Request:
    """Return the request of a slash command; `name` is what we call the command.

    Its id is the same for an exact repeat, and differs when a person types again,
    because Slack then gives another trigger_id.
    """
    key = json.dumps([_text(body, field) for field in _COMMAND_KEY])
    return Request(
        id=hashlib.sha256(key.encode()).hexdigest(),
        kind="command",
        name=name,
        team_id=_text(body, "team_id"),
        channel_id=_text(body, "channel_id"),
        user_id=_text(body, "user_id"),
        text=unescape(_text(body, "text")),
        response_url=_text(body, "response_url") or None,
        received_at=received_at,
    )


def event_request(body: Mapping[str, Any], *, received_at: datetime) -> Request:
    """Return the request of an event; Slack keeps its event_id when it repeats it."""
    event = body["event"]
    return Request(
        id=_text(body, "event_id") or hashlib.sha256(json.dumps(body).encode()).hexdigest(),
        kind="event",
        name=_text(event, "type"),
        team_id=_text(body, "team_id"),
        channel_id=_text(event, "channel"),
        user_id=_text(event, "user"),
        payload=dict(event),
        received_at=received_at,
    )


def unescape(text: str) -> str:
    """Undo Slack's three escapes once; `<#C1|name>` and `<@U1|name>` stay as they are."""
    return _TOKEN_OR_ENTITY.sub(lambda match: _ENTITIES.get(match[1], match[0]), text)


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""
