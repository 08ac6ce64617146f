"""What people asked sources to do, so that nothing is asked for twice."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from bot.core.errands import Errand
from bot.store.readers import Readers
from bot.store.times import moment, seconds
from bot.store.writer import Writer

_GET = "SELECT * FROM errands WHERE act = ? AND thing = ?"
_BEGIN = """
    INSERT OR REPLACE INTO errands (act, thing, request_id, user_id, at, sure)
    VALUES (?, ?, ?, ?, ?, 0)
"""
_TAKEN = "UPDATE errands SET sure = 1 WHERE act = ? AND thing = ? AND request_id = ?"
_REFUSED = "DELETE FROM errands WHERE act = ? AND thing = ? AND request_id = ?"


class Errands:
    """Fulfils `ErrandStore`."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def get(self, act: str, thing: str) -> Errand | None:
        """Return the last errand of this kind, however it ended."""
        return await self._readers.run(lambda connection: _find(connection, act, thing))

    async def begin(
        self, errand: Errand, *, pause: timedelta, sure_pause: timedelta | None
    ) -> Errand | None:
        """Store an errand before it is run, or return the one that stands in its way.

        That is an earlier try of the same request, or an errand of another that began less
        than `pause` before; if the source surely took that one, less than `sure_pause`,
        None for ever. A clock that was set back keeps nobody waiting for long.
        """

        def work(connection: sqlite3.Connection) -> Errand | None:
            last = _find(connection, errand.act, errand.thing)
            if last is not None and _stands(last, errand, sure_pause if last.sure else pause):
                return last
            at = seconds(errand.at)
            connection.execute(
                _BEGIN, (errand.act, errand.thing, errand.request_id, errand.user_id, at)
            )
            return None

        return await self._writer.run(work)

    async def settle(self, errand: Errand, *, taken: bool) -> None:
        """Say that the source took an errand, or forget it because it surely did not."""
        settle = _TAKEN if taken else _REFUSED
        key = (errand.act, errand.thing, errand.request_id)
        await self._writer.run(lambda connection: connection.execute(settle, key).rowcount)


def _stands(last: Errand, new: Errand, pause: timedelta | None) -> bool:
    same = last.request_id == new.request_id
    return same or pause is None or abs(new.at - last.at) < pause


def _find(connection: sqlite3.Connection, act: str, thing: str) -> Errand | None:
    row = connection.execute(_GET, (act, thing)).fetchone()
    if row is None:
        return None
    return Errand(
        act=row["act"],
        thing=row["thing"],
        request_id=row["request_id"],
        user_id=row["user_id"],
        at=moment(row["at"]),
        sure=bool(row["sure"]),
    )
