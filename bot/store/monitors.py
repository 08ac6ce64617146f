"""The monitors that were made or paused through us."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.monitors import Definition, KnownMonitor, Pause, Run
from bot.core.ports import Clock
from bot.store.readers import Readers
from bot.store.subscriptions import ROUTE_AGAIN
from bot.store.times import moment, optional_moment, seconds
from bot.store.writer import Writer

_SOURCE = "parallel"
_SAVE = """
    INSERT INTO monitors (
        id, team_id, channel_id, definition, pause, paused_at, cancelled, created_by, created_at
    ) VALUES (
        :id, :team, :channel, :definition, :pause, :paused_at, :cancelled, :created_by, :created_at
    )
    ON CONFLICT (id) DO UPDATE SET
        channel_id = excluded.channel_id, definition = excluded.definition,
        paused_at = CASE WHEN pause IS excluded.pause THEN paused_at ELSE excluded.paused_at END,
        pause = excluded.pause, cancelled = excluded.cancelled
"""
_GET = "SELECT * FROM monitors WHERE id = ?"
_LIST = "SELECT * FROM monitors WHERE team_id = ? ORDER BY created_at DESC, id"
_REMOVE = "DELETE FROM monitors WHERE id = ?"
_FOLLOW = """
    UPDATE OR REPLACE subscriptions SET subject_id = ? WHERE kind = 'monitor' AND subject_id = ?
"""
_FOLLOW_KEYS = """
    UPDATE OR REPLACE subscription_keys SET subject_id = ?
    WHERE kind = 'monitor' AND subject_id = ?
"""
_KEPT_QUIET = """
    SELECT COUNT(DISTINCT n.event_id) AS count
    FROM notifications n JOIN monitors m ON m.id = n.detail
    WHERE n.state = 'skipped' AND n.detail = ? AND n.created_at >= m.paused_at
"""
_LAST_RUN = "SELECT * FROM monitor_runs WHERE monitor_id = ?"
_BEGIN_RUN = """
    INSERT OR REPLACE INTO monitor_runs (monitor_id, request_id, user_id, at, sure)
    VALUES (?, ?, ?, ?, 0)
"""
_RUN_TAKEN = "UPDATE monitor_runs SET sure = 1 WHERE monitor_id = ? AND request_id = ?"
_RUN_REFUSED = "DELETE FROM monitor_runs WHERE monitor_id = ? AND request_id = ?"


class Monitors:
    """Fulfils `MonitorStore`."""

    def __init__(self, writer: Writer, readers: Readers, clock: Clock) -> None:
        self._writer = writer
        self._readers = readers
        self._clock = clock

    async def save(self, monitor: KnownMonitor) -> None:
        """Store or replace what we know of a monitor."""
        await self._writer.run(lambda connection: self._save(connection, monitor))

    async def get(self, monitor_id: str) -> KnownMonitor | None:
        """Return what we know of a monitor."""

        def work(connection: sqlite3.Connection) -> KnownMonitor | None:
            row = connection.execute(_GET, (monitor_id,)).fetchone()
            return None if row is None else _known(row)

        return await self._readers.run(work)

    async def list(self, team_id: str) -> Sequence[KnownMonitor]:
        """Return every monitor that this workspace made or paused, newest first."""

        def work(connection: sqlite3.Connection) -> list[KnownMonitor]:
            return [_known(row) for row in connection.execute(_LIST, (team_id,))]

        return await self._readers.run(work)

    async def replace(
        self, old_id: str, new: KnownMonitor, *, since: datetime | None = None
    ) -> None:
        """Move a stopped monitor's record and its subscriptions to its successor.

        `since` routes again what came after that moment and reached nobody.
        """

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(_FOLLOW, (new.id, old_id))
            connection.execute(_FOLLOW_KEYS, (new.id, old_id))
            connection.execute(_REMOVE, (old_id,))
            self._save(connection, new)
            if since is not None:
                connection.execute(ROUTE_AGAIN, (_SOURCE, seconds(since)))

        await self._writer.run(work)

    async def kept_quiet(self, monitor_id: str) -> int:
        """Return how many events were not said since the monitor was put on hold."""

        def work(connection: sqlite3.Connection) -> int:
            count: int = connection.execute(_KEPT_QUIET, (monitor_id,)).fetchone()["count"]
            return count

        return await self._readers.run(work)

    async def begin_run(self, run: Run, *, pause: timedelta) -> Run | None:
        """Store a run before it is asked for, or return the one that stands in its way.

        The same request always meets its own run, however late it is done again. A clock
        that was set back does not keep a monitor from running.
        """

        def work(connection: sqlite3.Connection) -> Run | None:
            row = connection.execute(_LAST_RUN, (run.monitor_id,)).fetchone()
            last = None if row is None else _run(row)
            if last and (last.request_id == run.request_id or abs(run.at - last.at) < pause):
                return last
            at = seconds(run.at)
            connection.execute(_BEGIN_RUN, (run.monitor_id, run.request_id, run.user_id, at))
            return None

        return await self._writer.run(work)

    async def settle_run(self, run: Run, *, done: bool) -> None:
        """Say that the API took a run, or forget it because it surely did not."""
        settle = _RUN_TAKEN if done else _RUN_REFUSED

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(settle, (run.monitor_id, run.request_id))

        await self._writer.run(work)

    def _save(self, connection: sqlite3.Connection, monitor: KnownMonitor) -> None:
        now = self._clock()
        values = {
            "id": monitor.id,
            "team": monitor.team_id,
            "channel": monitor.channel_id,
            "definition": monitor.definition.model_dump_json(),
            "pause": monitor.pause,
            "paused_at": seconds(now) if monitor.pause else None,
            "cancelled": int(monitor.cancelled),
            "created_by": monitor.created_by,
            "created_at": seconds(monitor.created_at or now),
        }
        connection.execute(_SAVE, values)


def _known(row: sqlite3.Row) -> KnownMonitor:
    return KnownMonitor(
        id=row["id"],
        team_id=row["team_id"],
        channel_id=row["channel_id"],
        definition=Definition.model_validate_json(row["definition"]),
        pause=Pause(row["pause"]) if row["pause"] else None,
        cancelled=bool(row["cancelled"]),
        created_by=row["created_by"],
        created_at=optional_moment(row["created_at"]),
    )


def _run(row: sqlite3.Row) -> Run:
    return Run(
        monitor_id=row["monitor_id"],
        request_id=row["request_id"],
        user_id=row["user_id"],
        at=moment(row["at"]),
        sure=bool(row["sure"]),
    )
