"""What happened to one event, for a person who asks."""

from __future__ import annotations

import sqlite3

from pydantic_core import from_json

from bot.core.stories import Story, Told, Try
from bot.store.arrivals import digest_of
from bot.store.readers import Readers
from bot.store.rows import webhook
from bot.store.times import moment, optional_moment

_STORY = """
    SELECT e.*, b.raw, b.headers, b.proof, b.digest AS body_digest,
           (SELECT COUNT(*) FROM conflicts c WHERE c.event_id = e.id) AS others
    FROM events e JOIN bodies b ON b.id = e.body_id
"""
_BY_ROW = f"{_STORY} WHERE e.id = ?"
_BY_KEY = f"{_STORY} WHERE e.key = ? ORDER BY e.id DESC LIMIT 1"
_TOLD = """
    SELECT * FROM notifications WHERE event_id = ? AND team_id = ? ORDER BY id LIMIT 100
"""
_TRIES = "SELECT * FROM attempts WHERE notification_id = ? ORDER BY id LIMIT 20"


class Stories:
    """Fulfils `StoryStore`."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def of_row(self, team_id: str, event_row: int) -> Story | None:
        """Return the story of an event by our number of it."""
        return await self._story(_BY_ROW, event_row, team_id)

    async def of_key(self, team_id: str, key: str) -> Story | None:
        """Return the story of the newest event to which its sender gave this id."""
        return await self._story(_BY_KEY, key, team_id)

    async def _story(self, statement: str, value: int | str, team_id: str) -> Story | None:
        def work(connection: sqlite3.Connection) -> Story | None:
            row = connection.execute(statement, (value,)).fetchone()
            return None if row is None else _told(connection, row, team_id)

        return await self._readers.run(work)


def _told(connection: sqlite3.Connection, row: sqlite3.Row, team_id: str) -> Story:
    raw = bytes(row["raw"] or b"")
    return Story(
        row=row["id"],
        key=row["key"],
        type=row["type"],
        state=row["state"],
        reason=row["reason"] or "",
        detail=row["detail"] or "",
        webhook=webhook(row),
        intact=digest_of(raw) == row["body_digest"],
        proof=from_json(row["proof"]),
        received_at=moment(row["received_at"]),
        routed_at=optional_moment(row["routed_at"]),
        others=row["others"],
        told=tuple(
            _message(connection, one) for one in connection.execute(_TOLD, (row["id"], team_id))
        ),
    )


def _message(connection: sqlite3.Connection, row: sqlite3.Row) -> Told:
    return Told(
        channel_id=row["channel_id"],
        state=row["state"],
        reason=row["reason"] or "",
        detail=row["detail"] or "",
        ts=row["ts"] or "",
        in_thread=row["parent_id"] is not None,
        subscription_ids=tuple(from_json(row["subscriptions"])),
        sent_at=optional_moment(row["sent_at"]),
        tries=tuple(
            Try(
                at=moment(one["at"]),
                outcome=one["outcome"],
                reason=one["reason"] or "",
                detail=one["detail"] or "",
            )
            for one in connection.execute(_TRIES, (row["id"],))
        ),
    )
