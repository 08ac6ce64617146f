"""Cards: one message for a run, a scan or a job, which always shows its latest state."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.core.alerts import Alert, Size, supersedes
from bot.core.notifications import Draft
from bot.core.subscriptions import Recipient
from bot.store.drafts import change, write_drafts

FRESH = timedelta(hours=24)
"""A card that heard nothing for longer is history: what comes then is said anew."""

LATE = "This came late; the message above shows what happened since."

_SHOWN = """
    SELECT id, team_id, channel_id, key, alert, size, ts, MAX(id) FROM notifications
    WHERE (key = ?1 OR (key > ?1 || '@' AND key < ?1 || 'A'))
      AND parent_id IS NULL AND key >= 'card:' AND key < 'card;'
      AND state NOT IN ('dead', 'skipped')
    GROUP BY team_id, channel_id
"""


_THREADED = "SELECT 1 FROM notifications WHERE parent_id = ?"


class _Shown(NamedTuple):
    """A channel's card: its row and key, what it says, and whether Slack has it."""

    row: int
    key: str
    alert: Alert
    sent: bool
    size: Size


def tell_card(
    connection: sqlite3.Connection,
    event_row: int,
    alert: Alert,
    owed: Sequence[Recipient],
    now: datetime,
) -> None:
    """Let every channel that shows the card show this, and tell those who are owed it.

    Where the card is shown already, those who are owed find a line in its thread; where
    it is not, it is posted. An event that nobody is owed only changes what is shown. What
    a card said first moves into its thread before it is painted over.
    """
    shown = _shown(connection, f"card:{alert.card}", alert)
    told = {(one.team_id, one.channel_id) for one in owed}
    for channel, one in shown.items():
        if one.sent or channel in told:
            _keep_first(connection, channel, one, now)
        if supersedes(alert, one.alert):
            change(connection, one.row, alert)
    drafts = [_draft(one, event_row, alert, shown) for one in owed]
    write_drafts(connection, drafts, now, event_row=event_row, update=False)


def _keep_first(
    connection: sqlite3.Connection, channel: tuple[str, str], card: _Shown, now: datetime
) -> None:
    """Begin the thread of a card with what the card has said so far."""
    if connection.execute(_THREADED, (card.row,)).fetchone():
        return
    team_id, channel_id = channel
    first = Draft(
        team_id=team_id,
        channel_id=channel_id,
        key=f"{card.key}#first",
        parent_key=card.key,
        alert=_line(card.alert, card.alert.notice),
        size=card.size,
    )
    write_drafts(connection, [first], now, update=False)


def _shown(connection: sqlite3.Connection, key: str, alert: Alert) -> dict[tuple[str, str], _Shown]:
    """Return where the card is shown, and what it says there."""
    found = {}
    for row in connection.execute(_SHOWN, (key,)).fetchall():
        said = Alert.model_validate_json(row["alert"])
        one = _Shown(row["id"], row["key"], said, row["ts"] is not None, Size(row["size"]))
        if _fresh(one.alert, alert):
            found[row["team_id"], row["channel_id"]] = one
    return found


def _fresh(old: Alert, new: Alert) -> bool:
    if old.occurred_at is None or new.occurred_at is None:
        return True
    return new.occurred_at - old.occurred_at <= FRESH


def _draft(
    one: Recipient, event_row: int, alert: Alert, shown: dict[tuple[str, str], _Shown]
) -> Draft:
    card = shown.get((one.team_id, one.channel_id))
    key, parent = f"card:{alert.card}@{event_row}", None
    if card is not None:
        key, parent = f"{card.key}#{event_row}", card.key
        late = not supersedes(alert, card.alert)
        alert = _line(alert, LATE if late else alert.notice)
    return Draft(
        team_id=one.team_id,
        channel_id=one.channel_id,
        key=key,
        parent_key=parent,
        alert=alert,
        subscription_ids=one.subscription_ids,
        size=one.size,
        held=one.held,
    )


def _line(alert: Alert, notice: str | None) -> Alert:
    """Return an alert as a line of a thread, whose facts are in the message above."""
    return alert.model_copy(update={"fields": (), "links": (), "notice": notice})
