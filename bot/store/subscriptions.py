"""Who follows what."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from bot.core.patterns import index_key
from bot.core.ports import Clock
from bot.core.subscriptions import Subscription
from bot.store.readers import Readers
from bot.store.rows import subscription
from bot.store.times import seconds
from bot.store.writer import Writer

_SAME = """
    SELECT * FROM subscriptions WHERE team_id = ? AND channel_id = ? AND source = ?
      AND kind = ? AND subject_id = ? AND filter = ?
"""
_ADD = """
    INSERT INTO subscriptions (
        team_id, channel_id, source, kind, subject_id, filter,
        size, created_by, created_at, request_id
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *
"""
_RESIZE = "UPDATE subscriptions SET size = ?, request_id = ? WHERE id = ? RETURNING *"
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

        One that differs in its size alone is resized.

        `since` routes again what the source sent after that moment and nobody heard.
        """

        def work(connection: sqlite3.Connection) -> tuple[Subscription, bool]:
            identity = _identity(wanted)
            same = connection.execute(_SAME, identity).fetchone()
            if same is not None and same["size"] == wanted.size:
                return subscription(same), same["request_id"] == request_id
            if same is not None:
                resized = connection.execute(_RESIZE, (wanted.size, request_id, same["id"]))
                return subscription(resized.fetchone()), True
            values = (*identity, wanted.size, wanted.created_by, seconds(self._clock()), request_id)
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

    async def remove(self, team_id: str, subscription_id: int) -> bool:
        """Forget a subscription; False if there is none."""
        return await self._writer.run(
            lambda connection: bool(
                connection.execute(_REMOVE, (team_id, subscription_id)).rowcount
            )
        )

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
    keys = [index_key(glob) for glob in stored.filter.types] or [""]
    for key in keys:
        connection.execute(_ADD_KEY, (source, kind, subject_id, key, stored.id))
