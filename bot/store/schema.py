"""The tables, as an append-only list of migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils.migrations import Migrations

from bot.store.tables.arrived import ARRIVED
from bot.store.tables.asked import ASKED
from bot.store.tables.owed import OWED
from bot.store.tables.troubles import TROUBLES

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("tocsin")


@migrations()
def m001_first_light(db: Database) -> None:
    """Make the inbox, the outbox and what people set."""
    for statement in (*ARRIVED, *ASKED, *OWED, *TROUBLES):
        db.conn.execute(statement)
