"""Commit 2: an event is routed, and what it owes is written, in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain as joined

from bot.core.alerts import Alert, Thread
from bot.core.events import Event
from bot.core.monitors import Pause
from bot.core.mutes import muting
from bot.core.notifications import Draft
from bot.core.patterns import chain
from bot.core.ports import Clock, Told
from bot.core.reasons import Reason
from bot.core.subscriptions import ANY_SOURCE, Recipient, Subscription, recipients
from bot.store.cards import tell_card
from bot.store.drafts import write_drafts
from bot.store.mutes import any_mutes, mark_of, mutes_of
from bot.store.names import Learning
from bot.store.rows import subscription
from bot.store.times import seconds
from bot.store.writer import Writer

GROUP_GRACE = timedelta(seconds=6)
"""How long a group's message waits for its members before it goes out without them."""

# CROSS JOIN fixes the order: left to itself the planner reads every subscription first.
_CANDIDATES = """
    WITH subjects (kind, subject_id) AS (VALUES {subjects})
    SELECT * FROM subscriptions WHERE id IN (
        SELECT k.subscription_id
        FROM subjects CROSS JOIN subscription_keys k USING (kind, subject_id)
        WHERE k.source IN (?, ?) AND k.type_key IN ({types})
    )
    ORDER BY id
"""
_STATE = "SELECT state FROM events WHERE id = ?"
_ROUTED = """
    UPDATE events SET state = 'routed', recipients = ?, routed_at = ?
    WHERE id = ? AND state = 'received'
"""
_PAUSED = "SELECT pause FROM monitors WHERE id = ?"
_ADD_GROUP = """
    INSERT INTO groups (source, card, event_id, event, state, not_before)
    VALUES (?, ?, ?, ?, 'pending', ?)
    ON CONFLICT (source, card) DO UPDATE SET
        event_id = excluded.event_id, event = excluded.event,
        state = 'pending', attempts = 0, not_before = excluded.not_before
"""


class Router:
    """Matches an event with the subscriptions of this very moment."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock
        self._learning = Learning()

    async def route(self, told: Sequence[Told]) -> Sequence[int | BaseException]:
        """Write one message a channel, and return how many for each; 0 if it was routed before.

        All are in one commit and in their order, and a mistake in one is its own.
        """
        news = [self._learning.is_news(one.event) for one in told]
        items = list(zip(told, news, strict=True))
        ends: list[int | BaseException] = await self._writer.run_each(self._route_all, items)
        for one, new, end in zip(told, news, ends, strict=True):
            if new and not isinstance(end, BaseException):
                self._learning.written(one.event)
        return ends

    def _route_all(
        self, connection: sqlite3.Connection, told: Sequence[tuple[Told, bool]]
    ) -> list[int]:
        return [self._route(connection, one, news=news) for one, news in told]

    def _route(self, connection: sqlite3.Connection, told: Told, *, news: bool) -> int:
        row = connection.execute(_STATE, (told.row,)).fetchone()
        if row is None or row["state"] != "received":
            return 0
        found = candidates(connection, told.event)
        owed = recipients(told.event, told.alert, found, default=told.default)
        self._owe(connection, told.row, told.event, told.alert, owed)
        if news:
            self._learning.write(connection, told.event, self._clock())
        return len(owed)

    def _owe(
        self,
        connection: sqlite3.Connection,
        event_row: int,
        event: Event,
        alert: Alert,
        owed: tuple[Recipient, ...],
    ) -> None:
        now, count = self._clock(), len(owed)
        quiet = _on_hold(connection, event)
        if not quiet:
            owed = self._unmuted(connection, event_row, event, alert, owed)
        if quiet or not alert.card:
            # What is not said has a row of its own, so that it never stands for its card.
            drafts = [_draft(one, f"event:{event_row}", alert) for one in owed]
            write_drafts(connection, drafts, now, event_row=event_row, skip=quiet)
        elif event.group:
            self._owe_group(connection, event_row, event, _named(event, alert), owed)
        else:
            self._owe_card(connection, event_row, _named(event, alert), owed)
        connection.execute(_ROUTED, (count, seconds(now), event_row))

    def _unmuted(
        self,
        connection: sqlite3.Connection,
        event_row: int,
        event: Event,
        alert: Alert,
        owed: tuple[Recipient, ...],
    ) -> tuple[Recipient, ...]:
        """Return who hears of an event now; for the others it is kept as skipped."""
        if not owed or not any_mutes(connection):
            return owed
        now, heard = self._clock(), []
        for one in owed:
            mutes = mutes_of(connection, one.team_id, one.channel_id, now)
            mute = muting(mutes, event, one.subscription_ids)
            if mute is None:
                heard.append(one)
                continue
            drafts = [_draft(one, f"event:{event_row}", alert)]
            why = mark_of(mute.id)
            write_drafts(
                connection, drafts, now, event_row=event_row, skip=why, reason=Reason.MUTED
            )
        return tuple(heard)

    def _owe_card(
        self,
        connection: sqlite3.Connection,
        event_row: int,
        alert: Alert,
        owed: tuple[Recipient, ...],
    ) -> None:
        """Owe a card's news; where there are to be no threads, it is a message of its own."""
        now = self._clock()
        flat = [one for one in owed if one.thread is Thread.FLAT]
        drafts = [_draft(one, f"event:{event_row}", alert) for one in flat]
        write_drafts(connection, drafts, now, event_row=event_row)
        threaded = [one for one in owed if one.thread is not Thread.FLAT]
        tell_card(connection, event_row, alert, threaded, now)

    def _owe_group(
        self,
        connection: sqlite3.Connection,
        event_row: int,
        event: Event,
        alert: Alert,
        owed: tuple[Recipient, ...],
    ) -> None:
        """Owe the group's message, which waits a little for its members to be read."""
        now = self._clock()
        drafts = [_draft(one, f"card:{alert.card}", alert, now + GROUP_GRACE) for one in owed]
        write_drafts(connection, drafts, now, event_row=event_row, update=False)
        if owed:
            stored = event.model_dump_json()
            values = (event.source, alert.card, event_row, stored, seconds(now))
            connection.execute(_ADD_GROUP, values)


def candidates(connection: sqlite3.Connection, event: Event) -> list[Subscription]:
    """Return the subscriptions that an index look-up finds for an event."""
    subjects = {("", "")}
    for one in event.subjects:
        subjects |= {(one.kind, ""), (one.kind, one.id)}
    types = ("", *chain(event.type))
    # Only the number of question marks is made here; every value is bound.
    statement = _CANDIDATES.format(
        subjects=", ".join(["(?, ?)"] * len(subjects)), types=", ".join("?" * len(types))
    )
    values = (*joined.from_iterable(subjects), event.source, ANY_SOURCE, *types)
    return [subscription(row) for row in connection.execute(statement, values)]


def _named(event: Event, alert: Alert) -> Alert:
    """Return the alert with a card that no other source can have."""
    return alert.model_copy(update={"card": f"{event.source}/{alert.card}"})


def _draft(one: Recipient, key: str, alert: Alert, not_before: datetime | None = None) -> Draft:
    return Draft(
        team_id=one.team_id,
        channel_id=one.channel_id,
        key=key,
        alert=alert.model_copy(update={"replies": ()}),
        subscription_ids=one.subscription_ids,
        size=one.size,
        thread=one.thread,
        held=one.held,
        not_before=not_before,
    )


def _on_hold(connection: sqlite3.Connection, event: Event) -> str | None:
    """Return the monitor of this event if somebody asked for quiet about it."""
    for monitor in (one.id for one in event.subjects if one.kind == "monitor"):
        row = connection.execute(_PAUSED, (monitor,)).fetchone()
        if row is not None and row["pause"] == Pause.HOLD:
            return monitor
    return None
