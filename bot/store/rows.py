"""Between rows and records."""

from __future__ import annotations

import sqlite3

from bot.core.alerts import Alert, Size
from bot.core.events import Subject
from bot.core.notifications import Form, Notification, State
from bot.core.subscriptions import Filter, Subscription
from bot.store.times import moment, optional_moment

Row = sqlite3.Row


def notification(row: Row) -> Notification:
    """Return a notification from a row that also has `parent_ts`."""
    return Notification(
        id=row["id"],
        delivery_id=row["delivery_id"],
        team_id=row["team_id"],
        channel_id=row["channel_id"],
        key=row["key"],
        alert=Alert.model_validate_json(row["alert"]),
        state=State(row["state"]),
        form=Form(row["form"]),
        size=Size(row["size"]),
        attempts=row["attempts"],
        look_ups=row["look_ups"],
        repeats=row["repeats"],
        edits=row["edits"],
        revision=row["revision"],
        shown=row["shown"],
        ts=row["ts"],
        parent_ts=row["parent_ts"],
        attempted_at=optional_moment(row["attempted_at"]),
        created_at=moment(row["created_at"]),
    )


def subscription(row: Row) -> Subscription:
    """Return a subscription from its row."""
    subject = Subject(kind=row["kind"], id=row["subject_id"]) if row["kind"] else None
    return Subscription(
        id=row["id"],
        team_id=row["team_id"],
        channel_id=row["channel_id"],
        source=row["source"],
        subject=subject,
        filter=Filter.model_validate_json(row["filter"]),
        size=Size(row["size"]),
        created_by=row["created_by"],
        created_at=moment(row["created_at"]),
        held=row["held"],
    )
