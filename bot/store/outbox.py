"""The outbox: what is owed to channels, claimed and settled one message at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from bot.core.notifications import Deferral, Draft, Lane, Notification, State
from bot.core.ports import Clock
from bot.core.reasons import Reason
from bot.store import outbox_sql as sql
from bot.store.drafts import write_drafts
from bot.store.rows import notification
from bot.store.times import moment, seconds
from bot.store.writer import Writer


class _Wish(NamedTuple):
    """Whose next work is wanted, due at what time, and whether it may be an edit."""

    lane: Lane
    now: datetime
    edits: bool


class Outbox:
    """Fulfils `bot.core.ports.Outbox`."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    async def recover(self) -> int:
        """Turn what was being sent when the process died into `unknown`."""

        def work(connection: sqlite3.Connection) -> int:
            rows = connection.execute(sql.RECOVER, (seconds(self._clock()),)).fetchall()
            for row in rows:
                self._log(connection, row["id"], "ambiguous", Reason.CRASHED, "")
            return len(rows)

        return await self._writer.run(work)

    async def lanes(self) -> Sequence[Lane]:
        """Return every lane that has something to send or to edit."""
        return await self._writer.run(_lanes)

    async def claim(self, lane: Lane, now: datetime, *, edits: bool = True) -> Notification | None:
        """Return the lane's next work, or None while there is none or it is blocked.

        A post comes back `sending`, with one attempt more, which is durable; a look-up
        comes back `unknown`; an edit, only when wanted and nothing else is due, `sent`.
        """
        return await self._writer.run_together(_claim_all, _Wish(lane, now, edits))

    async def next_due(self, lane: Lane, now: datetime) -> datetime | None:
        """Return when the lane is to be looked at again, or None if it is empty."""

        def work(connection: sqlite3.Connection) -> datetime | None:
            values = {"team": lane.team_id, "channel": lane.channel_id, "now": seconds(now)}
            due = connection.execute(sql.NEXT_DUE, values).fetchone()["due"]
            if due is None:
                return None
            return moment(max(due, _blocked_until(connection, lane)))

        return await self._writer.run(work)

    async def sent(self, claimed: Notification, ts: str) -> bool:
        """Settle a post, or a look-up that found it; False if the claim was lost."""
        return await self._writer.run_together(self._sent, (claimed, ts))

    def _sent(
        self, connection: sqlite3.Connection, settled: Sequence[tuple[Notification, str]]
    ) -> list[bool]:
        now = seconds(self._clock())
        ours = []
        for claimed, ts in settled:
            revision = claimed.revision if claimed.state == State.SENDING else None
            values = (ts, now, now, revision, claimed.id, claimed.attempts)
            ours.append(connection.execute(sql.SENT, values).rowcount > 0)
        connection.executemany(
            sql.LOG,
            [
                (claimed.id, now, "found" if claimed.state == State.UNKNOWN else "sent", None, "")
                for (claimed, _), one in zip(settled, ours, strict=True)
                if one
            ],
        )
        return ours

    async def shown(self, edited: Notification) -> bool:
        """Settle an edit: Slack has this revision now."""

        def work(connection: sqlite3.Connection) -> bool:
            values = (edited.revision, edited.id, edited.revision)
            if not connection.execute(sql.SHOWN, values).rowcount:
                return False
            self._log(connection, edited.id, "edited", None, "")
            return True

        return await self._writer.run(work)

    async def defer(self, claimed: Notification, deferral: Deferral) -> bool:
        """Put claimed work back for later, and block its lane or workspace if so asked."""

        def work(connection: sqlite3.Connection) -> bool:
            if not _is_current(connection, claimed):
                return False
            connection.execute(sql.DEFER, _deferred(claimed, deferral))
            self._log(connection, claimed.id, "deferred", deferral.reason, deferral.detail)
            for channel, until in (
                (claimed.channel_id, deferral.lane_until),
                ("", deferral.workspace_until),
            ):
                if until is not None:
                    values = (claimed.team_id, channel, seconds(until), deferral.reason)
                    connection.execute(sql.BLOCK, values)
            return True

        return await self._writer.run(work)

    async def end(self, claimed: Notification, reason: Reason, detail: str) -> bool:
        """Give up on a message and on its unsent replies; an edit is only forgotten."""

        def work(connection: sqlite3.Connection) -> bool:
            if not _is_current(connection, claimed):
                return False
            self._log(connection, claimed.id, "dead", reason, detail)
            if claimed.state == State.SENT:
                values = (claimed.revision, reason, detail, claimed.id)
                connection.execute(sql.FORGET_EDIT, values)
            else:
                connection.execute(sql.END, (reason, detail, claimed.id))
                connection.execute(sql.END_REPLIES, (Reason.PARENT, claimed.id))
            return True

        return await self._writer.run(work)

    async def hold_channel(
        self, claimed: Notification, reason: Reason, detail: str, notices: Sequence[Draft]
    ) -> bool:
        """Keep back all that is owed to a channel, edits too; True if somebody is told of it now.

        The notices are owed only the first time: while the channel stays held, nothing
        is said again.
        """

        def work(connection: sqlite3.Connection) -> bool:
            if not _is_current(connection, claimed):
                return False
            lane = (claimed.team_id, claimed.channel_id)
            self._log(connection, claimed.id, "held", reason, detail)
            connection.execute(sql.HOLD_MESSAGES, (reason, detail, *lane))
            connection.execute(sql.HOLD_EDITS, (detail, *lane))
            first = connection.execute(sql.HOLD_SUBSCRIPTIONS, (detail or reason, *lane)).rowcount
            if not first:
                return False
            write_drafts(connection, notices, self._clock())
            return True

        return await self._writer.run(work)

    async def hurry(self) -> int:
        """Let what waits because Slack was away wait no longer; return how much it is."""

        def work(connection: sqlite3.Connection) -> int:
            now = {"now": seconds(self._clock())}
            connection.execute(sql.OPEN_LANES, now)
            return connection.execute(sql.HURRY, now).rowcount

        return await self._writer.run(work)

    async def release_channel(self, team_id: str, channel_id: str) -> int:
        """Let a channel be spoken to again; return how many messages were waiting."""

        def work(connection: sqlite3.Connection) -> int:
            lane = (team_id, channel_id)
            connection.execute(sql.RELEASE_SUBSCRIPTIONS, lane)
            values = (seconds(self._clock()), *lane)
            connection.execute(sql.RELEASE_EDITS, values)
            return connection.execute(sql.RELEASE_MESSAGES, values).rowcount

        return await self._writer.run(work)

    async def enqueue(self, drafts: Sequence[Draft]) -> int:
        """Owe messages that no event asked for; a known key with other words is edited."""
        return await self._writer.run(
            lambda connection: write_drafts(connection, drafts, self._clock())
        )

    def _log(
        self,
        connection: sqlite3.Connection,
        row: int,
        outcome: str,
        reason: Reason | None,
        detail: str,
    ) -> None:
        connection.execute(sql.LOG, (row, seconds(self._clock()), outcome, reason, detail))


def _lanes(connection: sqlite3.Connection) -> list[Lane]:
    found = [*connection.execute(sql.LANES), *connection.execute(sql.LANES_OF_EDITS)]
    return list(dict.fromkeys(Lane(*row) for row in found))


def _claim_all(
    connection: sqlite3.Connection, wishes: Sequence[_Wish]
) -> list[Notification | None]:
    return [_claim(connection, *wish) for wish in wishes]


def _claim(
    connection: sqlite3.Connection, lane: Lane, now: datetime, edits: bool
) -> Notification | None:
    values = {"team": lane.team_id, "channel": lane.channel_id, "now": seconds(now)}
    row = connection.execute(sql.HEAD, values).fetchone()
    if row is None and edits:
        row = connection.execute(sql.HEAD_EDIT, values).fetchone()
    if row is None:
        return None
    if row["state"] != State.PENDING:
        return notification(row)
    connection.execute(sql.BEGIN, (seconds(now), row["id"]))
    return notification(row, begun_at=now)


def _is_current(connection: sqlite3.Connection, claimed: Notification) -> bool:
    """Return whether nobody has settled or claimed the row since."""
    fence = (claimed.id, claimed.attempts, claimed.state)
    return connection.execute(sql.CURRENT, fence).fetchone() is not None


def _blocked_until(connection: sqlite3.Connection, lane: Lane) -> float:
    until = connection.execute(sql.BLOCKED, (lane.team_id, lane.channel_id)).fetchone()["until"]
    return float(until or 0)


def _deferred(claimed: Notification, deferral: Deferral) -> dict[str, Any]:
    was, counted = claimed.state, int(deferral.counted)
    looking = was == deferral.state == State.UNKNOWN
    return {
        "id": claimed.id,
        "state": deferral.state,
        "attempts": claimed.attempts - (1 - counted if was == State.SENDING else 0),
        "look_ups": claimed.look_ups + counted if looking else 0,
        "repeats": claimed.repeats + int(deferral.repeat),
        "edits": claimed.edits + (counted if was == State.SENT else 0),
        "form": deferral.form or claimed.form,
        "top_level": deferral.top_level,
        "not_before": seconds(deferral.at),
        "reason": deferral.reason,
        "detail": deferral.detail,
    }
