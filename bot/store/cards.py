"""Cards: one message for a run, a scan or a job, which always shows its latest state."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.core.alerts import Alert, Size, supersedes
from bot.core.notifications import Draft
from bot.core.subscriptions import Recipient
from bot.store.drafts import change, write_drafts

FRESH = timedelta(hours=24)
"""A card that heard nothing for longer is history: what comes then is said anew."""

LATE = "This came late; the message above shows what happened since."

# The index is named, because the planner would rather read every card there ever was.
_SHOWN = """
    SELECT id, team_id, channel_id, key, alert, size, ts, MAX(id)
    FROM notifications INDEXED BY outbox_cards
    WHERE key >= ?1 AND key < ?1 || 'A' AND (key = ?1 OR key > ?1 || '@')
      AND parent_id IS NULL AND substr(key, 1, 5) = 'card:'
      AND state NOT IN ('dead', 'skipped')
    GROUP BY team_id, channel_id
"""
_KNOWN = "SELECT alert FROM cards WHERE card = ?"
_REMEMBER = """
    INSERT INTO cards VALUES (?, ?) ON CONFLICT (card) DO UPDATE SET alert = excluded.alert
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
    it is not, it is posted as it is by now. An event that nobody is owed only changes what
    is shown. What a card said first moves into its thread before it is painted over.
    """
    shown = _shown(connection, f"card:{alert.card}", alert)
    if alert.aside:
        _tell_aside(connection, event_row, alert, owed, shown=shown, now=now)
        return
    latest = _latest(connection, alert)
    told = {(one.team_id, one.channel_id) for one in owed}
    for channel, one in shown.items():
        if one.sent or channel in told:
            _keep_first(connection, channel, one, now)
        if supersedes(alert, one.alert):
            change(connection, one.row, alert)
    drafts = [
        draft
        for one in owed
        for draft in _drafts(
            one, event_row, alert, latest, shown.get((one.team_id, one.channel_id))
        )
    ]
    write_drafts(connection, drafts, now, event_row=event_row, update=False)


def _tell_aside(
    connection: sqlite3.Connection,
    event_row: int,
    alert: Alert,
    owed: Sequence[Recipient],
    *,
    shown: Mapping[tuple[str, str], _Shown],
    now: datetime,
) -> None:
    """Tell those who are owed what is no state of the card, which stays as it is."""
    for one in owed:
        card = shown.get((one.team_id, one.channel_id))
        if card is not None:
            _keep_first(connection, (one.team_id, one.channel_id), card, now)
        parent_key = card.key if card is not None else None
        draft = _draft(one, f"event:{event_row}", alert, parent_key=parent_key)
        write_drafts(connection, [draft], now, event_row=event_row)


def _latest(connection: sqlite3.Connection, alert: Alert) -> Alert:
    """Return the latest state of a card, this alert included, and remember it.

    What no channel was owed may be later than what one is owed now.
    """
    row = connection.execute(_KNOWN, (alert.card,)).fetchone()
    known = Alert.model_validate_json(row["alert"]) if row is not None else None
    if known is not None and _fresh(known, alert) and not supersedes(alert, known):
        return known
    connection.execute(_REMEMBER, (alert.card, alert.model_dump_json()))
    return alert


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


def _drafts(
    one: Recipient, event_row: int, alert: Alert, latest: Alert, card: _Shown | None
) -> Iterator[Draft]:
    """Yield the card if it is not shown yet, and the event's line if the card says another."""
    if card is None:
        key = f"card:{alert.card}@{event_row}"
        yield _draft(one, key, latest)
        if latest is not alert:
            yield _draft(one, f"{key}#{event_row}", _line(alert, LATE), parent_key=key)
        return
    notice = alert.notice if supersedes(alert, card.alert) else LATE
    yield _draft(one, f"{card.key}#{event_row}", _line(alert, notice), parent_key=card.key)


def _draft(one: Recipient, key: str, alert: Alert, *, parent_key: str | None = None) -> Draft:
    return Draft(
        team_id=one.team_id,
        channel_id=one.channel_id,
        key=key,
        parent_key=parent_key,
        alert=alert,
        subscription_ids=one.subscription_ids,
        size=one.size,
        thread=one.thread,
        held=one.held,
    )


def _line(alert: Alert, notice: str | None) -> Alert:
    """Return an alert as a line of a thread, whose facts are in the message above."""
    return alert.model_copy(update={"fields": (), "links": (), "notice": notice})
