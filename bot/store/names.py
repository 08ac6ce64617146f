"""What things are called, learnt from events and from look-ups."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.events import Event, Subject, is_counted
from bot.core.names import Seen, plain_name, things
from bot.core.ports import Clock
from bot.core.ports.names import Census
from bot.store.readers import Readers
from bot.store.times import moment, seconds
from bot.store.writer import Writer

MOST_OF_A_KIND = 2_000
_NEWEST = 3
_MOST_REMEMBERED = 20_000
_FORGET_EVERY = 500
_NEVER = float("-inf")
_STILL_FRESH_S = timedelta(days=1).total_seconds()

# Events come in any order: an older one does not take a newer name away. When a thing was
# seen last is written once a day, so that a busy one costs no write an event.
_LEARN = """
    INSERT INTO names (source, kind, id, name, named_at, thing, seen_at)
    VALUES (:source, :kind, :id, :name, :named_at, :thing, :at)
    ON CONFLICT (source, kind, id) DO UPDATE SET
        name = CASE WHEN named_at > excluded.named_at THEN name ELSE excluded.name END,
        named_at = MAX(named_at, excluded.named_at),
        thing = COALESCE(excluded.thing, thing),
        seen_at = MAX(seen_at, excluded.seen_at)
    WHERE (excluded.named_at >= named_at AND excluded.name IS NOT name)
       OR (excluded.thing IS NOT NULL AND excluded.thing IS NOT thing)
       OR excluded.seen_at > seen_at + :fresh_s
"""
_SEEN = """
    SELECT * FROM names WHERE source = ? AND kind = ? ORDER BY seen_at DESC, id LIMIT ?
"""
_NAME = "SELECT name FROM names WHERE source = ? AND kind = ? AND id = ?"
_KINDS = """
    SELECT source, kind, COUNT(*) AS count FROM names WHERE thing IS NULL
    GROUP BY source, kind ORDER BY source, kind
"""
_NEWEST_OF = """
    SELECT * FROM names WHERE source = ? AND kind = ? AND thing IS NULL
    ORDER BY seen_at DESC, id LIMIT ?
"""
_FORGET = """
    DELETE FROM names WHERE (source, kind, id) IN (
        SELECT source, kind, id FROM (
            SELECT source, kind, id,
                   ROW_NUMBER() OVER (PARTITION BY source, kind ORDER BY seen_at DESC) AS place
            FROM names)
        WHERE place > ?)
"""


class Names:
    """Fulfils `bot.core.ports.names.Names`."""

    def __init__(self, writer: Writer, readers: Readers, clock: Clock) -> None:
        self._writer = writer
        self._readers = readers
        self._clock = clock

    async def learn(self, source: str, subjects: Sequence[Subject]) -> None:
        """Keep what a look-up told; only what is new or has changed is written."""

        def work(connection: sqlite3.Connection) -> list[Subject]:
            return [one for one in subjects if _is_new(connection, source, one)]

        if new := await self._readers.run(work):
            at = seconds(self._clock())
            await self._writer.run(lambda connection: _learn(connection, source, new, at))

    async def seen(self, source: str, kind: str) -> Sequence[Seen]:
        """Return what has been seen of a kind, the newest first."""

        def work(connection: sqlite3.Connection) -> list[Seen]:
            return [_seen(row) for row in connection.execute(_SEEN, (source, kind, MOST_OF_A_KIND))]

        return await self._readers.run(work)

    async def named(self, source: str, subjects: Sequence[Subject]) -> tuple[Subject, ...]:
        """Return the subjects with the names that are known."""

        def work(connection: sqlite3.Connection) -> tuple[Subject, ...]:
            return tuple(_named(connection, source, one) for one in subjects)

        return await self._readers.run(work)

    async def census(self) -> Sequence[Census]:
        """Return how many things of each kind have been seen."""

        def work(connection: sqlite3.Connection) -> list[Census]:
            return [
                Census(
                    source=row["source"],
                    kind=row["kind"],
                    count=row["count"],
                    newest=tuple(
                        _seen(one)
                        for one in connection.execute(
                            _NEWEST_OF, (row["source"], row["kind"], _NEWEST)
                        )
                    ),
                )
                for row in connection.execute(_KINDS).fetchall()
            ]

        return await self._readers.run(work)


class Learning:
    """Which names are written already, so that nearly every event costs no statement."""

    def __init__(self) -> None:
        self._written: dict[tuple[str, str, str], tuple[str | None, int]] = {}
        self._writes = 0

    def is_news(self, event: Event) -> bool:
        """Return whether an event speaks of something new, or by another name, or today."""
        today = event.occurred_at.toordinal()
        return is_counted(event) and any(
            self._written.get((event.source, one.kind, one.id)) != (one.name, today)
            for one in event.subjects
        )

    def write(self, connection: sqlite3.Connection, event: Event, now: datetime) -> None:
        """Keep what an event calls its subjects, in the transaction that routes it."""
        # A source's clock may be wrong: what it calls tomorrow must not outlive tomorrow.
        at = seconds(min(event.occurred_at, now))
        _learn(connection, event.source, event.subjects, at)
        self._writes += 1
        if self._writes % _FORGET_EVERY == 0:
            connection.execute(_FORGET, (MOST_OF_A_KIND,))

    def written(self, event: Event) -> None:
        """Hear that the transaction was committed."""
        if len(self._written) > _MOST_REMEMBERED:
            self._written.clear()
        today = event.occurred_at.toordinal()
        for one in event.subjects:
            self._written[event.source, one.kind, one.id] = (one.name, today)


def _learn(
    connection: sqlite3.Connection, source: str, subjects: Sequence[Subject], at: float
) -> None:
    values = []
    for one, thing in things(subjects):
        name = plain_name(one.name)
        values.append(
            {
                "source": source,
                "kind": one.kind,
                "id": one.id,
                "name": name,
                "named_at": at if name else _NEVER,
                "thing": thing,
                "at": at,
                "fresh_s": _STILL_FRESH_S,
            }
        )
    connection.executemany(_LEARN, values)


def _named(connection: sqlite3.Connection, source: str, one: Subject) -> Subject:
    if one.name is not None or one.personal:
        return one
    row = connection.execute(_NAME, (source, one.kind, one.id)).fetchone()
    return one if row is None else one.model_copy(update={"name": row["name"]})


def _is_new(connection: sqlite3.Connection, source: str, one: Subject) -> bool:
    row = connection.execute(_NAME, (source, one.kind, one.id)).fetchone()
    return row is None or plain_name(one.name) not in {None, row["name"]}


def _seen(row: sqlite3.Row) -> Seen:
    return Seen(
        source=row["source"],
        kind=row["kind"],
        id=row["id"],
        name=row["name"],
        thing=row["thing"],
        seen_at=moment(row["seen_at"]),
    )
