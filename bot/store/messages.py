"""Messages that stand in Slack: which they are, and what people did about them."""

from __future__ import annotations

import sqlite3

from pydantic_core import from_json, to_json

from bot.core.alerts import Alert
from bot.core.marks import LASTING, Mark, Posted
from bot.store.readers import Readers
from bot.store.rows import marks
from bot.store.writer import Writer

# A reply stands for the message above it; what both say of the event is the same.
_FIND = """
    SELECT COALESCE(p.id, n.id) AS id, n.team_id, n.channel_id, n.ts,
           COALESCE(p.alert, n.alert) AS alert, COALESCE(p.marks, n.marks) AS marks,
           COALESCE(n.event_id, p.event_id) AS event_id,
           COALESCE(p.subscriptions, n.subscriptions) AS subscriptions
    FROM notifications n LEFT JOIN notifications p ON p.id = n.parent_id
    WHERE n.team_id = ? AND n.channel_id = ? AND n.ts = ?
"""
_MARKS = "SELECT marks FROM notifications WHERE id = ?"
_MARK = """
    UPDATE notifications SET marks = ?, revision = revision + 1, edits = 0 WHERE id = ?
"""
_MARKED = """
    SELECT id, marks FROM notifications
    WHERE team_id = ? AND channel_id = ? AND marks <> '[]'
"""


class Messages:
    """Fulfils `MessageStore`."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def find(self, team_id: str, channel_id: str, ts: str) -> Posted | None:
        """Return the message of ours that has this timestamp, or is above the one that has."""

        def work(connection: sqlite3.Connection) -> Posted | None:
            row = connection.execute(_FIND, (team_id, channel_id, ts)).fetchone()
            return None if row is None else _posted(row)

        return await self._readers.run(work)

    async def mark(self, row: int, mark: Mark) -> Mark:
        """Show on a message what somebody did, and return the mark that it has now.

        Of a lasting kind that is the first one, whoever comes later.
        """

        def work(connection: sqlite3.Connection) -> Mark:
            known = marks(connection.execute(_MARKS, (row,)).fetchone()["marks"])
            same = next((one for one in known if one.kind == mark.kind), None)
            if same is not None and (mark.kind in LASTING or _alike(same, mark)):
                return same
            others = tuple(one for one in known if one.kind != mark.kind)
            _write(connection, row, (*others, mark))
            return mark

        settled: Mark = await self._writer.run(work)
        return settled


def unmark(connection: sqlite3.Connection, team_id: str, channel_id: str, mute_id: int) -> None:
    """Take what tells of a mute away from the messages of its channel."""
    for row in connection.execute(_MARKED, (team_id, channel_id)).fetchall():
        known = marks(row["marks"])
        left = tuple(one for one in known if one.mute_id != mute_id)
        if left != known:
            _write(connection, row["id"], left)


def _write(connection: sqlite3.Connection, row: int, shown: tuple[Mark, ...]) -> None:
    connection.execute(_MARK, (to_json(shown).decode(), row))


def _alike(old: Mark, new: Mark) -> bool:
    return (old.by, old.words, old.until) == (new.by, new.words, new.until)


def _posted(row: sqlite3.Row) -> Posted:
    return Posted(
        row=row["id"],
        team_id=row["team_id"],
        channel_id=row["channel_id"],
        ts=row["ts"],
        alert=Alert.model_validate_json(row["alert"]),
        marks=marks(row["marks"]),
        event_row=row["event_id"],
        subscription_ids=tuple(from_json(row["subscriptions"])),
    )
