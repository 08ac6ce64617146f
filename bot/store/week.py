"""What arrived in the last days, to be read again."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from bot.core.ports.past import Page
from bot.core.subscriptions import ANY_SOURCE
from bot.store.readers import Readers
from bot.store.rows import stored_event
from bot.store.times import seconds

WINDOW = 500
"""Rows that one page looks at, whatever their source, so that each takes the same time."""

_LAST = "SELECT MAX(id) AS id FROM events"
_OLDEST = "SELECT MIN(received_at) AS at FROM events WHERE id >= ? AND id < ?"
# What ended dead may be what kills whoever reads it, so it is not read again.
_PAGE = """
    SELECT e.id, e.key, e.type, e.starts, e.source, b.raw, b.digest, b.headers, b.received_at
    FROM events e JOIN bodies b ON b.id = e.body_id
    WHERE e.id >= :first AND e.id < :before AND e.state = 'routed'
      AND e.received_at >= :since AND (:source = :any OR e.source = :source)
    ORDER BY e.id DESC
"""


class Week:
    """Fulfils `PastEvents`."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def page(self, source: str, *, since: datetime, before: int | None = None) -> Page:
        """Return routed events of a source, or with `*` of all, that came after a moment.

        The page is the newest one, or the one that ends before a row.
        """

        def work(connection: sqlite3.Connection) -> Page:
            end = before
            if end is None:
                end = (connection.execute(_LAST).fetchone()["id"] or 0) + 1
            first = max(end - WINDOW, 0)
            values = {
                "first": first, "before": end, "since": seconds(since),
                "source": source, "any": ANY_SOURCE,
            }  # fmt: skip
            events = [stored_event(row) for row in connection.execute(_PAGE, values)]
            oldest = connection.execute(_OLDEST, (first, end)).fetchone()["at"]
            done = first == 0 or (oldest is not None and oldest < seconds(since))
            return Page(events, None if done else first)

        return await self._readers.run(work)
