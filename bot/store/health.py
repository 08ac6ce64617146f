"""How channels fare: what was said there lately, what waits, and what was given up."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from bot.core.health import Failure, Health
from bot.store.readers import Readers
from bot.store.times import moment, optional_moment, seconds

LATELY = timedelta(days=7)

_HELD = """
    SELECT channel_id, COUNT(*) AS held FROM notifications
    WHERE state = 'held' AND team_id = ? GROUP BY channel_id
"""
_FAILED = """
    SELECT event_id, alert ->> '$.title' AS title, reason, detail, created_at
    FROM notifications
    WHERE state = 'dead' AND team_id = ? AND channel_id = ? AND created_at >= ?
      AND parent_id IS NULL
    ORDER BY created_at DESC, id DESC LIMIT 5
"""
_SAID = """
    SELECT MAX(sent_at) AS at FROM (
        SELECT sent_at FROM notifications
        WHERE channel_id = ? AND ts IS NOT NULL AND +team_id = ? ORDER BY ts DESC LIMIT 20
    )
"""


class ChannelHealth:
    """Fulfils `HealthStore`."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def of(
        self, team_id: str, channel_ids: Collection[str], now: datetime
    ) -> Sequence[Health]:
        """Return how some channels fare, in the order of their ids."""

        def work(connection: sqlite3.Connection) -> list[Health]:
            held = {row["channel_id"]: row["held"] for row in connection.execute(_HELD, (team_id,))}
            since = seconds(now - LATELY)
            return [
                Health(
                    channel_id=one,
                    said_at=_said_at(connection, team_id, one),
                    held=held.get(one, 0),
                    failures=tuple(_failures(connection.execute(_FAILED, (team_id, one, since)))),
                )
                for one in sorted(channel_ids)
            ]

        return await self._readers.run(work)


def _said_at(connection: sqlite3.Connection, team_id: str, channel_id: str) -> datetime | None:
    return optional_moment(connection.execute(_SAID, (channel_id, team_id)).fetchone()["at"])


def _failures(rows: Iterable[sqlite3.Row]) -> list[Failure]:
    return [
        Failure(
            event_row=row["event_id"],
            title=row["title"] or "",
            reason=row["reason"] or "",
            detail=row["detail"] or "",
            at=moment(row["created_at"]),
        )
        for row in rows
    ]
