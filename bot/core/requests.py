"""What people ask through Slack, written down before it is acknowledged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from bot.core.events import Record


class Request(Record):
    """One slash command or event from Slack.

    `id` is the same when Slack repeats it, so it is done once. `kind` is `command`
    or `event`; `name` the command or the event type; `text` the words typed, with
    Slack's escapes undone but its `<#C1|name>` and `<@U1|name>` left as they are;
    `payload` the event's own fields. `response_url` is a secret of half an hour.
    `attempts` counts this try, so more than 1 means that an earlier try may have done
    part of the work.
    """

    id: str
    kind: str
    name: str
    team_id: str
    channel_id: str = ""
    user_id: str = ""
    text: str = ""
    payload: dict[str, Any] = Field(default={})
    response_url: str | None = Field(default=None, repr=False)
    received_at: datetime
    attempts: int = 0
