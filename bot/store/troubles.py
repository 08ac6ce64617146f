"""What operators should know, noted where it happens and told once."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.notifications import Draft
from bot.core.ports import Clock
from bot.core.ports.troubles import Arrived, Kinds, Notice
from bot.core.troubles import Kind, Trouble, period
from bot.store.drafts import write_drafts
from bot.store.readers import Readers
from bot.store.times import seconds
from bot.store.writer import Writer

MOST_EVENTS = 20_000
"""Events looked through at a time."""

KEPT = timedelta(days=3)
_MOST_IDS = 5
_MOST_AT_ONCE = 50

_UPTO = "SELECT upto FROM looked_through"
_LAST = "SELECT COALESCE(MAX(id), 0) AS id FROM events"
_ARRIVED = """
    SELECT source, CASE state WHEN 'unreadable' THEN '' ELSE type END AS kind,
           COUNT(*) AS count, MAX(id) AS newest
    FROM events WHERE id > ? AND id <= ? GROUP BY 1, 2
"""
_LOOKED = "UPDATE looked_through SET upto = ? WHERE upto = ?"
_SAME_DAY = """
    SELECT 1 FROM troubles WHERE kind = ? AND source = ? AND about = ?
      AND (told_at IS NULL OR told_at >= ?)
"""
_NOTE = "INSERT INTO troubles (kind, source, about, event_id, count) VALUES (?, ?, ?, ?, ?)"
_UNTOLD = """
    SELECT DISTINCT kind, source, about FROM troubles WHERE told_at IS NULL LIMIT ?
"""
_ANY_UNTOLD = "SELECT 1 FROM troubles WHERE told_at IS NULL LIMIT 1"
_ALIKE = "kind = ? AND source = ? AND about = ? AND (told_at IS NULL OR told_at >= ?)"
_REASONS = f"""
    SELECT reason, SUM(count) AS count FROM troubles WHERE {_ALIKE}
    GROUP BY reason ORDER BY count DESC, reason
"""  # noqa: S608 - our own words
_EVENTS = f"""
    SELECT e.id, e.key FROM events e JOIN (
        SELECT event_id, MAX(id) AS place FROM troubles
        WHERE {_ALIKE} AND event_id IS NOT NULL GROUP BY event_id
    ) t ON t.event_id = e.id
    ORDER BY t.place DESC LIMIT ?
"""  # noqa: S608 - our own words
_TOLD = """
    UPDATE troubles SET told_at = ?
    WHERE kind = ? AND source = ? AND about = ? AND told_at IS NULL
"""
_FORGET = "DELETE FROM troubles WHERE told_at < ?"
# A message that was given up has let its key go, with its number behind it.
_GIVEN_UP = """
    SELECT 1 FROM notifications
    WHERE team_id = ?1 AND channel_id = ?2 AND key >= ?3 || '~' AND key < ?3 || '~:'
"""


class Troubles:
    """Fulfils `bot.core.ports.troubles.Troubles`."""

    def __init__(self, writer: Writer, readers: Readers, clock: Clock) -> None:
        self._writer = writer
        self._readers = readers
        self._clock = clock

    async def arrived(self) -> Arrived:
        """Return which types came since this was looked at last, some at a time."""

        def work(connection: sqlite3.Connection) -> Arrived:
            after: int = connection.execute(_UPTO).fetchone()["upto"]
            last: int = connection.execute(_LAST).fetchone()["id"]
            upto = min(last, after + MOST_EVENTS)
            if upto <= after:
                return Arrived(after, after)
            rows = connection.execute(_ARRIVED, (after, upto))
            return Arrived(after, upto, [Kinds(*row) for row in rows])

        return await self._readers.run(work)

    async def note(self, arrived: Arrived, troubles: Sequence[tuple[Kind, Kinds]]) -> None:
        """Keep what is the matter with what came, and that it was looked at, at once."""

        def work(connection: sqlite3.Connection) -> None:
            if not connection.execute(_LOOKED, (arrived.upto, arrived.after)).rowcount:
                return
            for kind, one in troubles:
                if kind is not Kind.TYPE or not self._came_today(connection, kind, one):
                    values = (kind, one.source, one.type, one.newest_row, one.number)
                    connection.execute(_NOTE, values)

        await self._writer.run(work)

    def _came_today(self, connection: sqlite3.Connection, kind: Kind, one: Kinds) -> bool:
        today = seconds(period(kind, self._clock()))
        values = (kind, one.source, one.type, today)
        return connection.execute(_SAME_DAY, values).fetchone() is not None

    async def tell(self, notice: Notice) -> Sequence[Trouble]:
        """Owe a notice of each trouble that was not told, at once; return these."""
        if not await self._readers.run(_any_untold):
            return ()
        return await self._writer.run(lambda connection: self._tell(connection, notice))

    def _tell(self, connection: sqlite3.Connection, notice: Notice) -> list[Trouble]:
        now = self._clock()
        rows = connection.execute(_UNTOLD, (_MOST_AT_ONCE,)).fetchall()
        found = [_trouble(connection, row, now) for row in rows]
        drafts = [draft for one in found if (draft := notice(one)) is not None]
        wanted = [one for one in drafts if not _given_up(connection, one)]
        write_drafts(connection, wanted, now)
        connection.executemany(
            _TOLD, [(seconds(now), one.kind, one.source, one.about) for one in found]
        )
        connection.execute(_FORGET, (seconds(now - KEPT),))
        return found


def _any_untold(connection: sqlite3.Connection) -> bool:
    return connection.execute(_ANY_UNTOLD).fetchone() is not None


def _trouble(connection: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> Trouble:
    since = period(Kind(row["kind"]), now)
    alike = (row["kind"], row["source"], row["about"], seconds(since))
    reasons = connection.execute(_REASONS, alike).fetchall()
    events = connection.execute(_EVENTS, (*alike, _MOST_IDS))
    return Trouble(
        kind=Kind(row["kind"]),
        source=row["source"],
        about=row["about"],
        since=since,
        count=sum(one["count"] for one in reasons),
        reasons=tuple((one["reason"], one["count"]) for one in reasons if one["reason"]),
        events=tuple((one["id"], one["key"]) for one in events),
    )


def _given_up(connection: sqlite3.Connection, draft: Draft) -> bool:
    """Return whether the message of this period died: what fails is not followed by more."""
    values = (draft.team_id, draft.channel_id, draft.key)
    return connection.execute(_GIVEN_UP, values).fetchone() is not None
