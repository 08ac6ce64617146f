"""What happened to an event, from its proof to the messages that tell it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from bot.core.events import Record, Webhook


class Try(Record):
    """One attempt to say something."""

    at: datetime
    outcome: str
    reason: str = ""
    detail: str = ""


class Told(Record):
    """One message that an event asked for. `ts` is empty until it is in Slack."""

    channel_id: str
    state: str
    reason: str = ""
    detail: str = ""
    ts: str = ""
    in_thread: bool = False
    subscription_ids: tuple[int, ...] = ()
    sent_at: datetime | None = None
    tries: tuple[Try, ...] = ()


class Story(Record):
    """An event and the messages that it asked for in one workspace.

    `proof` are the fields of its `Proof`. `intact` says that the body is what arrived;
    `others` counts deliveries with the same id and another body.
    """

    row: int
    key: str
    type: str
    state: str
    reason: str = ""
    detail: str = ""
    webhook: Webhook
    intact: bool
    proof: dict[str, Any] = Field(default={})
    received_at: datetime
    routed_at: datetime | None = None
    others: int = 0
    told: tuple[Told, ...] = ()
