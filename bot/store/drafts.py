"""Drafts become rows: a known key is updated, a new one is owed."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from pydantic_core import to_json

from bot.core.alerts import Alert
from bot.core.notifications import Draft, State
from bot.core.reasons import Reason
from bot.store.times import seconds

_KNOWN = """
    SELECT id, alert, state FROM notifications
    WHERE team_id = ? AND channel_id = ? AND key = ?
"""
_CHANGE = "UPDATE notifications SET alert = ?, revision = revision + 1, edits = 0 WHERE id = ?"
_ADD = """
    INSERT INTO notifications (
        delivery_id, team_id, channel_id, key, event_id, parent_id, subscriptions, alert,
        state, reason, detail, size, thread, not_before, created_at
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
DUE = 0.0
"""Due at once, and still so if somebody sets the clock back."""

_CLOSED = frozenset({State.DEAD, State.SKIPPED})


def write_drafts(
    connection: sqlite3.Connection,
    drafts: Iterable[Draft],
    now: datetime,
    *,
    event_row: int | None = None,
    skip: str | None = None,
    reason: Reason = Reason.HELD,
    update: bool = True,
) -> int:
    """Write drafts as rows and return how many were added or changed.

    `skip` names the monitor that is on hold, or the mute, as `reason` tells: the drafts are
    kept as skipped, so that it can be seen what was not said. `update` False leaves a
    message alone whose key is known.
    """
    count = 0
    for draft in drafts:
        known = _row(connection, draft, draft.key)
        if known is None:
            why = reason if skip else Reason.HELD
            count += _add(connection, draft, now, event_row=event_row, skip=skip, why=why)
        elif update and known["alert"] != draft.alert.model_dump_json():
            change(connection, known["id"], draft.alert)
            count += 1
    return count


def change(connection: sqlite3.Connection, row: int, alert: Alert) -> None:
    """Let a message say something else from now on."""
    connection.execute(_CHANGE, (alert.model_dump_json(), row))


def _row(connection: sqlite3.Connection, draft: Draft, key: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        _KNOWN, (draft.team_id, draft.channel_id, key)
    ).fetchone()
    return row


def _add(
    connection: sqlite3.Connection,
    draft: Draft,
    now: datetime,
    *,
    event_row: int | None,
    skip: str | None,
    why: Reason,
) -> int:
    parent = _row(connection, draft, draft.parent_key) if draft.parent_key else None
    if draft.parent_key and (parent is None or parent["state"] in _CLOSED):
        return 0  # no thread to put it into: its parent was never said
    held = draft.held or (parent is not None and parent["state"] == State.HELD)
    state = State.SKIPPED if skip else State.HELD if held else State.PENDING
    values = (
        secrets.token_hex(12),
        draft.team_id,
        draft.channel_id,
        draft.key,
        event_row,
        parent["id"] if parent else None,
        to_json(draft.subscription_ids).decode(),
        draft.alert.model_dump_json(),
        state,
        why if state != State.PENDING else None,
        skip,
        draft.size,
        draft.thread,
        seconds(draft.not_before) if draft.not_before else DUE,
        seconds(now),
    )
    connection.execute(_ADD, values)
    return 1
