"""Groups that are still to be read, and the messages that wait for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic_core import from_json

from bot.core.alerts import Alert, Size, Thread
from bot.core.events import Event
from bot.core.notifications import Draft
from bot.core.ports import Clock, DueGroup
from bot.store.drafts import write_drafts
from bot.store.times import optional_moment, seconds
from bot.store.writer import Writer

LEASE = timedelta(seconds=60)
"""A reading that was begun and never ended is begun again after this."""

_CLAIM = """
    UPDATE groups SET attempts = attempts + 1, not_before = ?
    WHERE id IN (
        SELECT id FROM groups WHERE state = 'pending' AND not_before <= ?
        ORDER BY not_before LIMIT ?
    )
    RETURNING id, event, attempts, card
"""
# After a restart nobody reads anything: what can only be a lease need not run out first.
_RECOVER = "UPDATE groups SET not_before = ? WHERE state = 'pending' AND not_before <= ?"
_NEXT = "SELECT MIN(not_before) AS due FROM groups WHERE state = 'pending'"
_READ = "UPDATE groups SET state = 'read', detail = NULL WHERE id = ? AND attempts = ?"
_WAIT = """
    UPDATE groups SET state = ?, not_before = ?, detail = ? WHERE id = ? AND attempts = ?
"""
_PARENTS = """
    SELECT id, team_id, channel_id, key, event_id, subscriptions, size, thread
    FROM notifications
    WHERE key = ? AND parent_id IS NULL AND substr(key, 1, 5) = 'card:'
      AND state NOT IN ('dead', 'skipped')
    ORDER BY id
"""
_RELEASE = "UPDATE notifications SET not_before = ? WHERE id = ? AND state = 'pending'"


class Groups:
    """Fulfils `GroupStore`."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    async def recover(self, now: datetime) -> None:
        """Make every group that may have been read when the process died due now."""
        values = (seconds(now), seconds(now + LEASE))
        await self._writer.run(lambda connection: connection.execute(_RECOVER, values))

    async def claim(self, now: datetime, limit: int) -> Sequence[DueGroup]:
        """Return groups that are due; each try is counted and leased before it begins."""

        def work(connection: sqlite3.Connection) -> list[sqlite3.Row]:
            values = (seconds(now + LEASE), seconds(now), limit)
            return connection.execute(_CLAIM, values).fetchall()

        return [
            DueGroup(
                row=row["id"],
                event=Event.model_validate_json(row["event"]),
                attempts=row["attempts"],
                card=row["card"],
            )
            for row in sorted(await self._writer.run(work), key=lambda row: int(row["id"]))
        ]

    async def next_due(self) -> datetime | None:
        """Return when the next group is due, or None."""

        def work(connection: sqlite3.Connection) -> float | None:
            due: float | None = connection.execute(_NEXT).fetchone()["due"]
            return due

        return optional_moment(await self._writer.run(work))

    async def complete(self, group: DueGroup, alert: Alert) -> int:
        """Update the group's message in every channel that has one, and add new replies.

        Returns how many messages were added or changed.
        """

        def work(connection: sqlite3.Connection) -> int:
            now = self._clock()
            changed = 0
            for parent in connection.execute(_PARENTS, (f"card:{group.card}",)).fetchall():
                drafts = _thread(parent, alert)
                changed += write_drafts(connection, drafts, now, event_row=parent["event_id"])
                connection.execute(_RELEASE, (seconds(now), parent["id"]))
            connection.execute(_READ, (group.row, group.attempts))
            return changed

        return await self._writer.run(work)

    async def postpone(self, group: DueGroup, *, until: datetime, detail: str) -> None:
        """Try to read a group again later; its message goes out pending meanwhile."""
        values = ("pending", seconds(until), detail, group.row, group.attempts)
        await self._writer.run(lambda connection: connection.execute(_WAIT, values))

    async def give_up(self, group: DueGroup, alert: Alert, *, detail: str) -> None:
        """Stop reading a group and say so in its message."""

        def work(connection: sqlite3.Connection) -> None:
            now = self._clock()
            for parent in connection.execute(_PARENTS, (f"card:{group.card}",)).fetchall():
                write_drafts(connection, _thread(parent, alert)[:1], now)
            values = ("dead", seconds(now), detail, group.row, group.attempts)
            connection.execute(_WAIT, values)

        await self._writer.run(work)


def _thread(parent: sqlite3.Row, alert: Alert) -> list[Draft]:
    """Return the parent's draft and one for each reply, in order."""
    team_id, channel_id, key = parent["team_id"], parent["channel_id"], parent["key"]
    head = Draft(
        team_id=team_id,
        channel_id=channel_id,
        key=key,
        alert=alert.model_copy(update={"replies": ()}),
    )
    thread = Thread(parent["thread"])
    flat = thread is Thread.FLAT
    replies = [
        Draft(
            team_id=team_id,
            channel_id=channel_id,
            key=f"flat:{key}#{reply.key}" if flat else f"{key}#{reply.key}",
            parent_key=None if flat else key,
            thread=thread,
            alert=reply.alert().model_copy(update={"test": alert.test}),
            subscription_ids=tuple(from_json(parent["subscriptions"])),
            size=Size(parent["size"]),
        )
        for reply in alert.replies
    ]
    return [head, *replies]
