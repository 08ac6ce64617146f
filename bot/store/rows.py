"""Between rows and records."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from functools import lru_cache

from pydantic import TypeAdapter
from pydantic_core import from_json

from bot.core.alerts import Alert, Size, Thread
from bot.core.events import Subject, Webhook
from bot.core.filters import Expression
from bot.core.marks import Mark
from bot.core.notifications import Form, Notification, State
from bot.core.ports import StoredEvent
from bot.core.subscriptions import Subscription
from bot.store.arrivals import digest_of
from bot.store.times import moment, optional_moment

Row = sqlite3.Row

_MARKS = TypeAdapter(tuple[Mark, ...])
_EXPRESSION: TypeAdapter[Expression] = TypeAdapter(Expression)


def notification(row: Row, *, begun_at: datetime | None = None) -> Notification:
    """Return a notification from a row that also has `parent_ts` and `last`.

    With `begun_at` it is as it will be once the try that begins then is written.
    """
    return Notification(
        id=row["id"],
        delivery_id=row["delivery_id"],
        team_id=row["team_id"],
        channel_id=row["channel_id"],
        key=row["key"],
        alert=Alert.model_validate_json(row["alert"]),
        state=State(row["state"]) if begun_at is None else State.SENDING,
        form=Form(row["form"]),
        size=Size(row["size"]),
        thread=Thread(row["thread"]),
        attempts=row["attempts"] + (begun_at is not None),
        look_ups=row["look_ups"],
        repeats=row["repeats"],
        edits=row["edits"],
        revision=row["revision"],
        shown=row["shown"],
        ts=row["ts"],
        parent_ts=row["parent_ts"],
        of_event=row["event_id"] is not None and row["parent_id"] is None,
        last=row["last"],
        marks=marks(row["marks"]),
        attempted_at=optional_moment(row["attempted_at"]) or begun_at,
        created_at=moment(row["created_at"]),
    )


def marks(stored: str) -> tuple[Mark, ...]:
    """Return the marks of a message; most have none."""
    return () if stored == "[]" else _MARKS.validate_json(stored)


@lru_cache(maxsize=1_024)
def subscription(row: Row) -> Subscription:
    """Return a subscription from its row; most rows have been read before."""
    subject = Subject(kind=row["kind"], id=row["subject_id"]) if row["kind"] else None
    return Subscription(
        id=row["id"],
        team_id=row["team_id"],
        channel_id=row["channel_id"],
        source=row["source"],
        subject=subject,
        filter=_expression(row["filter"]),
        size=Size(row["size"]),
        thread=Thread(row["thread"]),
        created_by=row["created_by"],
        created_at=moment(row["created_at"]),
        held=row["held"],
    )


@lru_cache(maxsize=4_096)
def _expression(stored: str) -> Expression:
    """Return a filter from its JSON; many subscriptions have the same one."""
    return _EXPRESSION.validate_json(stored)


def stored_event(row: Row) -> StoredEvent:
    """Return an event with the webhook it came in, from a row of both."""
    return StoredEvent(
        row=row["id"],
        key=row["key"],
        type=row["type"],
        starts=row["starts"],
        intact=digest_of(bytes(row["raw"] or b"")) == row["digest"],
        webhook=webhook(row),
    )


def webhook(row: Row) -> Webhook:
    """Return what arrived, byte for byte."""
    return Webhook(
        source=row["source"],
        body=bytes(row["raw"] or b""),
        headers=from_json(row["headers"]),
        received_at=moment(row["received_at"]),
    )
