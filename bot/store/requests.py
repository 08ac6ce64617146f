"""What people asked through Slack, until it is done and answered."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from bot.core.forms import Reply
from bot.core.requests import Request
from bot.store.drafts import DUE
from bot.store.times import moment, seconds
from bot.store.writer import Writer

LEASE = timedelta(seconds=120)
"""A request that was begun and never ended is begun again after this."""

_ACCEPT = """
    INSERT OR IGNORE INTO requests (
        id, kind, name, team_id, channel_id, user_id, text, payload, filled,
        context, message_ts, thread_ts, view, response_url, state, not_before, received_at
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'received', ?, ?)
"""
_CLAIM = """
    UPDATE requests SET attempts = attempts + 1, not_before = ?
    WHERE id IN (
        SELECT id FROM requests WHERE state <> 'answered' AND state = ? AND not_before <= ?
        ORDER BY received_at LIMIT ?
    )
    RETURNING *
"""
# What was filled in may be a secret; nobody needs it any more.
_DONE = """
    UPDATE requests SET state = 'done', answer = ?, not_before = ?, attempts = 0, filled = '{}'
    WHERE id = ? AND state = 'received'
"""
_LATER = "UPDATE requests SET not_before = ? WHERE id = ?"
_ANSWERED = """
    UPDATE requests
    SET state = 'answered', response_url = NULL, answer = NULL, filled = '{}' WHERE id = ?
"""
# After a restart nobody works on anything, so no lease needs to run out first.
_RECOVER = "UPDATE requests SET not_before = ? WHERE state <> 'answered'"
_NEXT = "SELECT MIN(not_before) AS due FROM requests WHERE state <> 'answered'"

_REPLY: TypeAdapter[Reply] = TypeAdapter(Reply)


class Requests:
    """Fulfils `RequestStore`."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def accept(self, request: Request) -> bool:
        """Store a request durably; False if it is known already."""
        values = (
            request.id,
            request.kind,
            request.name,
            request.team_id,
            request.channel_id,
            request.user_id,
            request.text,
            to_json(request.payload).decode(),
            to_json(request.values).decode(),
            request.context,
            request.message_ts,
            request.thread_ts,
            request.view,
            request.response_url,
            DUE,
            seconds(request.received_at),
        )
        return await self._writer.run(
            lambda connection: bool(connection.execute(_ACCEPT, values).rowcount)
        )

    async def recover(self, now: datetime) -> None:
        """Make everything that is not answered due now, as a restart finds it."""
        await self._writer.run(lambda connection: connection.execute(_RECOVER, (seconds(now),)))

    async def claim(self, now: datetime, limit: int) -> Sequence[Request]:
        """Return requests to do, oldest first; each try is counted before it begins."""
        return [_request(row) for row in await self._claim("received", now, limit)]

    async def unanswered(self, now: datetime, limit: int) -> Sequence[tuple[Request, Reply]]:
        """Return answers that have not reached the person yet, counting this try."""
        rows = await self._claim("done", now, limit)
        return [(_request(row), _REPLY.validate_json(row["answer"])) for row in rows]

    async def done(self, request_id: str, answer: Reply | None, now: datetime) -> None:
        """Store the answer, to be told by who did it; None when there is nobody to tell.

        Only when telling does not end within the lease, or after a restart, is it told
        by somebody else.
        """
        if answer is None:
            await self.answered(request_id)
            return
        values = (answer.model_dump_json(), seconds(now + LEASE), request_id)
        await self._writer.run(lambda connection: connection.execute(_DONE, values))

    async def postpone(self, request_id: str, until: datetime) -> None:
        """Try again later."""
        values = (seconds(until), request_id)
        await self._writer.run(lambda connection: connection.execute(_LATER, values))

    async def answered(self, request_id: str) -> None:
        """Forget what was said; the id stays, so a repeat is known."""
        await self._writer.run(lambda connection: connection.execute(_ANSWERED, (request_id,)))

    async def next_due(self) -> datetime | None:
        """Return when something is to be done or answered, or None."""

        def work(connection: sqlite3.Connection) -> float | None:
            due: float | None = connection.execute(_NEXT).fetchone()["due"]
            return due

        due = await self._writer.run(work)
        return None if due is None else moment(due)

    async def _claim(self, state: str, now: datetime, limit: int) -> list[sqlite3.Row]:
        values = (seconds(now + LEASE), state, seconds(now), limit)
        rows = await self._writer.run(
            lambda connection: connection.execute(_CLAIM, values).fetchall()
        )
        return sorted(rows, key=lambda row: float(row["received_at"]))


def _request(row: sqlite3.Row) -> Request:
    return Request(
        id=row["id"],
        kind=row["kind"],
        name=row["name"],
        team_id=row["team_id"],
        channel_id=row["channel_id"],
        user_id=row["user_id"],
        text=row["text"],
        payload=from_json(row["payload"]),
        values=from_json(row["filled"]),
        context=row["context"],
        message_ts=row["message_ts"],
        thread_ts=row["thread_ts"],
        view=row["view"],
        response_url=row["response_url"],
        received_at=moment(row["received_at"]),
        attempts=row["attempts"],
    )
