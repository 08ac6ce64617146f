"""The inbox: every verified webhook, durable before it is acknowledged (commit 1)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from bot.core.events import Envelope, Event, Webhook
from bot.core.ports import Accepted, StoredEvent
from bot.core.reasons import Reason
from bot.core.verify import Proof
from bot.store.arrivals import accept_all, arrived
from bot.store.rows import stored_event
from bot.store.writer import Writer

# What was begun before and did not end is begun alone, so that if it ends the process
# it takes nobody with it.
_CLAIM = """
    UPDATE events SET starts = starts + 1
    WHERE id IN (
        SELECT id FROM events WHERE state = 'received' AND starts = 0 ORDER BY id LIMIT ?
    )
    RETURNING id
"""
_CLAIM_SUSPECT = """
    UPDATE events SET starts = starts + 1
    WHERE id = (SELECT id FROM events WHERE state = 'received' AND starts > 0 ORDER BY id)
    RETURNING id
"""
_READ = """
    SELECT e.id, e.source, e.key, e.type, e.starts, b.raw, b.digest, b.headers, b.received_at
    FROM events e JOIN bodies b ON b.id = e.body_id WHERE e.id = ?
"""
_BURY = """
    UPDATE events SET state = 'dead', reason = ?, detail = ? WHERE id = ? AND state = 'received'
"""


class Inbox:
    """Stores what arrived, and hands it out to be routed."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def accept(
        self,
        webhook: Webhook,
        proof: Proof,
        events: Sequence[Envelope | Event],
        *,
        unreadable: str | None,
    ) -> Accepted:
        """Store a verified webhook; when this returns it survives a power cut.

        Raises:
            StoreUnavailableError: nothing was stored.
        """
        arrival = arrived(webhook, proof, events, unreadable)
        return await self._writer.run_together(accept_all, arrival)

    async def claim(self, limit: int) -> Sequence[StoredEvent]:
        """Return events to route, oldest first; each start is counted before it begins."""

        def work(connection: sqlite3.Connection) -> list[sqlite3.Row]:
            ids = connection.execute(_CLAIM, (limit,)).fetchall()
            ids = ids or connection.execute(_CLAIM_SUSPECT).fetchall()
            oldest_first = sorted(row["id"] for row in ids)
            return [connection.execute(_READ, (one,)).fetchone() for one in oldest_first]

        return [stored_event(row) for row in await self._writer.run(work)]

    async def bury(self, event_row: int, reason: Reason, detail: str) -> None:
        """End an event that cannot be routed; it stays visible with its reason."""
        await self._writer.run(
            lambda connection: connection.execute(_BURY, (reason, detail, event_row))
        )
