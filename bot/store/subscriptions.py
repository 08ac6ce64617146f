"""Who follows what."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic_core import from_json

from bot.core.filters import type_keys
from bot.core.ports import Clock
from bot.core.subscriptions import Subscription
from bot.store.readers import Readers
from bot.store.rows import subscription
from bot.store.times import moment, seconds
from bot.store.writer import Writer

_SAME = """
    SELECT * FROM subscriptions WHERE team_id = ? AND channel_id = ? AND source = ?
      AND kind = ? AND subject_id = ? AND filter = ?
"""
_ADD = """
    INSERT INTO subscriptions (
        team_id, channel_id, source, kind, subject_id, filter,
        size, thread, created_by, created_at, request_id
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *
"""
_TELL_OTHERWISE = """
    UPDATE subscriptions SET size = ?, thread = ?, request_id = ? WHERE id = ? RETURNING *
"""
_CHANGE = """
    UPDATE subscriptions SET filter = ?, size = ?, thread = ? WHERE team_id = ? AND id = ?
    RETURNING *
"""
_FORGET_KEYS = "DELETE FROM subscription_keys WHERE subscription_id = ?"
_ADD_KEY = "INSERT OR IGNORE INTO subscription_keys VALUES (?, ?, ?, ?, ?)"
# What came while its monitor was being made, and reached nobody, is routed again.
ROUTE_AGAIN = """
    UPDATE events SET state = 'received', starts = 0
    WHERE source = ? AND recipients = 0 AND received_at >= ? AND state = 'routed'
"""
_LIST = "SELECT * FROM subscriptions WHERE team_id = ? ORDER BY channel_id, id"
_LIST_CHANNEL = "SELECT * FROM subscriptions WHERE team_id = ? AND channel_id = ? ORDER BY id"
_GET = "SELECT * FROM subscriptions WHERE team_id = ? AND id = ?"
_REMOVE = "DELETE FROM subscriptions WHERE team_id = ? AND id = ?"
_CREATORS = """
    SELECT DISTINCT created_by FROM subscriptions WHERE team_id = ? AND channel_id = ?
"""
# The plus keeps SQLite to the index by time.
_SAID = """
    SELECT subscriptions, sent_at FROM notifications
    WHERE channel_id = ? AND +team_id = ? AND ts IS NOT NULL AND sent_at IS NOT NULL
    ORDER BY ts DESC LIMIT ?
"""
_MOST_LOOKED_AT = 500


class Subscriptions:
    """Fulfils `SubscriptionStore`."""

    def __init__(self, writer: Writer, readers: Readers, clock: Clock) -> None:
        self._writer = writer
        self._readers = readers
        self._clock = clock

    async def add(
        self, wanted: Subscription, *, request_id: str, since: datetime | None = None
    ) -> tuple[Subscription, bool]:
        """Store a subscription; an equal one is returned instead, with False.

        One that differs in its options alone, size and thread, gets the new ones.

        `since` routes again what the source sent after that moment and nobody heard.
        """

        def work(connection: sqlite3.Connection) -> tuple[Subscription, bool]:
            identity, options = _identity(wanted), (wanted.size, wanted.thread)
            same = connection.execute(_SAME, identity).fetchone()
            if same is not None and (same["size"], same["thread"]) == options:
                return subscription(same), same["request_id"] == request_id
            if same is not None:
                told = connection.execute(_TELL_OTHERWISE, (*options, request_id, same["id"]))
                return subscription(told.fetchone()), True
            values = (*identity, *options, wanted.created_by, seconds(self._clock()), request_id)
            stored = subscription(connection.execute(_ADD, values).fetchone())
            _index(connection, stored)
            if since is not None:
                connection.execute(ROUTE_AGAIN, (wanted.source, seconds(since)))
            return stored, True

        return await self._writer.run(work)

    async def list(self, team_id: str, channel_id: str | None = None) -> Sequence[Subscription]:
        """Return the subscriptions of a channel or of the workspace."""

        def work(connection: sqlite3.Connection) -> list[Subscription]:
            if channel_id is None:
                rows = connection.execute(_LIST, (team_id,))
            else:
                rows = connection.execute(_LIST_CHANNEL, (team_id, channel_id))
            return [subscription(row) for row in rows]

        return await self._readers.run(work)

    async def get(self, team_id: str, subscription_id: int) -> Subscription | None:
        """Return one subscription of a workspace."""

        def work(connection: sqlite3.Connection) -> Subscription | None:
            row = connection.execute(_GET, (team_id, subscription_id)).fetchone()
            return None if row is None else subscription(row)

        return await self._readers.run(work)

    async def change(self, wanted: Subscription) -> Subscription | None:
        """Give a subscription another filter and other options; None if it is gone.

        Where its channel has another one with this very wish, that one is returned and
        nothing is changed.
        """

        def work(connection: sqlite3.Connection) -> Subscription | None:
            same = connection.execute(_SAME, _identity(wanted)).fetchone()
            if same is not None and same["id"] != wanted.id:
                return subscription(same)
            *_, chosen = _identity(wanted)
            values = (chosen, wanted.size, wanted.thread, wanted.team_id, wanted.id)
            row = connection.execute(_CHANGE, values).fetchone()
            if row is None:
                return None
            changed = subscription(row)
            connection.execute(_FORGET_KEYS, (changed.id,))
            _index(connection, changed)
            return changed

        return await self._writer.run(work)

    async def remove(self, team_id: str, subscription_id: int) -> bool:
        """Forget a subscription; False if there is none."""
        return await self._writer.run(
            lambda connection: bool(
                connection.execute(_REMOVE, (team_id, subscription_id)).rowcount
            )
        )

    async def last_said(self, ones: Sequence[Subscription]) -> Mapping[int, datetime]:
        """Return when each was last told something, of those that were lately.

        Of each channel the newest messages are looked at, and not all it ever had.
        """

        def work(connection: sqlite3.Connection) -> dict[int, datetime]:
            found: dict[int, datetime] = {}
            wanted = {one.id for one in ones}
            for place in {(one.channel_id, one.team_id) for one in ones}:
                for row in connection.execute(_SAID, (*place, _MOST_LOOKED_AT)):
                    for one in wanted.intersection(from_json(row["subscriptions"])):
                        found.setdefault(one, moment(row["sent_at"]))
            return found

        return await self._readers.run(work)

    async def creators(self, team_id: str, channel_id: str) -> Sequence[str]:
        """Return who subscribed a channel."""

        def work(connection: sqlite3.Connection) -> list[str]:
            rows = connection.execute(_CREATORS, (team_id, channel_id))
            return [row["created_by"] for row in rows if row["created_by"]]

        return await self._readers.run(work)


def _identity(wanted: Subscription) -> tuple[str, str, str, str, str, str]:
    subject = wanted.subject
    return (
        wanted.team_id,
        wanted.channel_id,
        wanted.source,
        subject.kind if subject else "",
        subject.id if subject else "",
        wanted.filter.model_dump_json(),
    )


def _index(connection: sqlite3.Connection, stored: Subscription) -> None:
    _, _, source, kind, subject_id, _ = _identity(stored)
    keys = type_keys(stored.filter)
    # Without a key for its types it is asked about every event of its source and subject.
    for key in [""] if keys is None else sorted(keys):
        connection.execute(_ADD_KEY, (source, kind, subject_id, key, stored.id))
