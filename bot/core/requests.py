"""What people ask through Slack, written down before it is acknowledged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from bot.core.events import Record


class Request(Record):
    """One thing that a person asked of us through Slack, or an event of Slack's.

    `id` is the same when Slack repeats it, so it is done once. By `kind`, the `name` is:

    - `command`: the command; `text` the words typed, with Slack's escapes undone but its
      `<#C1|name>` and `<@U1|name>` left as they are
    - `event`: the event type; `payload` the event's own fields
    - `press`: what the button does; `text` is its value
    - `form`: the form that was submitted
    - `shortcut`: the shortcut

    `values` are the answers of the open form, by the names of its inputs, and `context`
    what it was given to keep. `message_ts` is the message that was acted on. `view` is the
    modal in which the answer is awaited, or `HOME`. `response_url` is a secret of half an
    hour. `attempts` counts this try, so more than 1 means that an earlier try may have done
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
    values: dict[str, str | tuple[str, ...]] = Field(default={}, repr=False)
    context: str = ""
    message_ts: str = ""
    thread_ts: str = ""
    view: str = ""
    response_url: str | None = Field(default=None, repr=False)
    received_at: datetime
    attempts: int = 0


HOME = "home"
"""The `view` of a request that was made on the person's Home tab."""
