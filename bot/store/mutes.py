"""What channels do not want to hear for a while."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from bot.core.events import Subject
from bot.core.mutes import Mute
from bot.core.notifications import Draft
from bot.store.drafts import write_drafts
from bot.store.messages import unmark
from bot.store.readers import Readers
from bot.store.times import moment, seconds
from bot.store.writer import Writer

_PUT = """
    INSERT INTO mutes (
        team_id, channel_id, subscription_id, source, kind, subject_id, until, by, at
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET until = excluded.until, by = excluded.by, at = excluded.at
    RETURNING *
"""
_LIST = "SELECT * FROM mutes WHERE team_id = ? AND channel_id = ? AND until > ? ORDER BY until"
_GET = "SELECT * FROM mutes WHERE id = ? AND team_id = ?"
_ENDED = "SELECT * FROM mutes WHERE until <= ? ORDER BY until LIMIT 20"
_REMOVE = "DELETE FROM mutes WHERE id = ? AND (? OR until <= ?) RETURNING *"
_QUIET = "SELECT COUNT(*) AS quiet FROM notifications WHERE state = 'skipped' AND detail = ?"
_ANY = "SELECT 1 FROM mutes LIMIT 1"


class Mutes:
    """Fulfils `MuteStore`."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def put(self, mute: Mute) -> Mute:
        """Store a mute; one about the same thing now ends when this one does."""
        subject = mute.subject
        values = (
            mute.team_id,
            mute.channel_id,
            mute.subscription_id,
            mute.source,
            subject.kind if subject else "",
            subject.id if subject else "",
            seconds(mute.until),
            mute.by,
            seconds(mute.at),
        )
        return await self._writer.run(
            lambda connection: _mute(connection.execute(_PUT, values).fetchone())
        )

    async def list(self, team_id: str, channel_id: str, now: datetime) -> Sequence[Mute]:
        """Return the mutes of a channel, the one that ends first before others."""
        return await self._readers.run(
            lambda connection: mutes_of(connection, team_id, channel_id, now)
        )

    async def get(self, team_id: str, mute_id: int) -> Mute | None:
        """Return one mute of a workspace."""

        def work(connection: sqlite3.Connection) -> Mute | None:
            row = connection.execute(_GET, (mute_id, team_id)).fetchone()
            return None if row is None else _mute(row)

        return await self._readers.run(work)

    async def ended(self, now: datetime) -> Sequence[tuple[Mute, int]]:
        """Return mutes whose time is over, and how many messages each kept back."""

        def work(connection: sqlite3.Connection) -> list[tuple[Mute, int]]:
            rows = connection.execute(_ENDED, (seconds(now),)).fetchall()
            return [(_mute(row), kept_quiet(connection, row["id"])) for row in rows]

        return await self._readers.run(work)

    async def kept_quiet(self, mute_id: int) -> int:
        """Return how many messages a mute has kept back."""
        return await self._readers.run(lambda connection: kept_quiet(connection, mute_id))

    async def remove(self, mute_id: int, notice: Draft | None, now: datetime) -> bool:
        """End a mute and owe a notice of it at once; False if it has ended already.

        With a notice its time must be over: somebody may just have prolonged it. Without
        one somebody ends it early, and no message shows any more that it lasts.
        """
        values = (mute_id, notice is None, seconds(now))

        def work(connection: sqlite3.Connection) -> bool:
            row = connection.execute(_REMOVE, values).fetchone()
            if row is None:
                return False
            if notice is None:
                unmark(connection, row["team_id"], row["channel_id"], mute_id)
            else:
                write_drafts(connection, [notice], now)
            return True

        return await self._writer.run(work)


def mutes_of(
    connection: sqlite3.Connection, team_id: str, channel_id: str, now: datetime
) -> tuple[Mute, ...]:
    """Return what a channel does not want to hear now."""
    rows = connection.execute(_LIST, (team_id, channel_id, seconds(now)))
    return tuple(_mute(row) for row in rows)


def any_mutes(connection: sqlite3.Connection) -> bool:
    """Return whether anybody has muted anything."""
    return connection.execute(_ANY).fetchone() is not None


def kept_quiet(connection: sqlite3.Connection, mute_id: int) -> int:
    """Return how many messages a mute has kept back."""
    count: int = connection.execute(_QUIET, (mark_of(mute_id),)).fetchone()["quiet"]
    return count


def mark_of(mute_id: int) -> str:
    """Return what stands beside a message that a mute kept back."""
    return f"mute:{mute_id}"


def _mute(row: sqlite3.Row) -> Mute:
    subject = Subject(kind=row["kind"], id=row["subject_id"]) if row["kind"] else None
    return Mute(
        id=row["id"],
        team_id=row["team_id"],
        channel_id=row["channel_id"],
        subscription_id=row["subscription_id"],
        source=row["source"],
        subject=subject,
        until=moment(row["until"]),
        by=row["by"],
        at=moment(row["at"]),
    )
