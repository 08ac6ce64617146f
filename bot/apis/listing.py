"""Lists that come in pages, read whole within bounds and remembered for some minutes."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from bot.apis.http import Vendor
from bot.core.events import Subject

MOST_PAGES = 10
FRESH_S = 300.0

Read = Callable[[dict[str, Any]], Subject | None]


class Listing:
    """Fulfils `Catalogue` for lists of the shape `{"data": […], "next_cursor": …}`.

    `paths` are the addresses by kind, `read` returns the thing that a row is, None for a row
    that is none. `monotonic` tells seconds, for tests.
    """

    def __init__(
        self,
        vendor: Vendor,
        paths: Mapping[str, str],
        reads: Mapping[str, Read],
        *,
        query: Mapping[str, str],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._vendor = vendor
        self._paths = paths
        self._reads = reads
        self._query = query
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, tuple[Subject, ...]]] = {}

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of which there is a list."""
        return tuple(self._paths)

    async def list(self, kind: str) -> Sequence[Subject]:
        """Return the things of a kind, each once, at most some minutes old."""
        if kind not in self._paths:
            return ()
        now = self._monotonic()
        until, things = self._known.get(kind, (now, ()))
        if now < until:
            return things
        found: dict[str, Subject] = {}
        async for row in self._rows(self._paths[kind]):
            if (one := self._reads[kind](row)) is not None:
                found.setdefault(one.id, one)
        things = tuple(found.values())
        self._known[kind] = now + FRESH_S, things
        return things

    async def _rows(self, path: str) -> AsyncIterator[dict[str, Any]]:
        """Yield the rows of every page, within bounds; a cursor that comes back ends it."""
        seen: set[str] = set()
        query = dict(self._query)
        for _ in range(MOST_PAGES):
            page = await self._vendor.get(path, query)
            rows = page.get("data")
            if not isinstance(rows, list):
                raise self._vendor.unreadable()
            for row in rows:
                if isinstance(row, dict):
                    yield row
            cursor = page.get("next_cursor")
            if not isinstance(cursor, str) or not cursor or cursor in seen:
                return
            seen.add(cursor)
            query["cursor"] = cursor
