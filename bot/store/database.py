"""The database file: brought up to date, checked, and refused with advice."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.errors import ConfigError
from bot.store.connection import open_reader, open_writer

if TYPE_CHECKING:
    from sqlite_utils import Database


LATEST = "m001_first_light"
"""The last migration. A database that ends with it needs none, so none is imported."""

_APPLIED = "SELECT name FROM _sqlite_migrations WHERE migration_set = 'tocsin' ORDER BY id"


def migrate(path: Path) -> list[str]:
    """Bring a database up to date and return the names of the migrations applied.

    The whole upgrade is one transaction: a crash leaves the old schema or the new one.

    Raises:
        ConfigError: the file cannot be opened, is no database, or is of a newer version.
    """
    try:
        connection = open_writer(path)
    except sqlite3.Error as error:
        raise ConfigError(advice(path, error)) from error
    try:
        return [] if _is_current(connection) else _apply(connection, path)
    except sqlite3.Error as error:
        raise ConfigError(advice(path, error)) from error
    finally:
        connection.close()


def _is_current(connection: sqlite3.Connection) -> bool:
    try:
        applied = [row["name"] for row in connection.execute(_APPLIED)]
    except sqlite3.OperationalError:  # no such table, or the reason why it cannot be read
        return False
    return applied[-1:] == [LATEST]


def _apply(connection: sqlite3.Connection, path: Path) -> list[str]:
    from sqlite_utils import Database

    from bot.store.schema import migrations

    db = Database(connection)
    # BEGIN IMMEDIATE first, so that several starts at once wait instead of failing.
    connection.execute("BEGIN IMMEDIATE")
    try:
        _refuse_newer(db, path)
        pending = [migration.name for migration in migrations.pending(db)]
        migrations.apply(db)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    return pending


def pending_migrations(path: Path) -> list[str]:
    """Return the names of the migrations a database still needs; all for a new file.

    Raises:
        ConfigError: the file cannot be read, is no database, or is of a newer version.
    """
    from sqlite_utils import Database

    from bot.store.schema import migrations

    if not path.exists():
        return [migration.name for migration in migrations._migrations]
    try:
        connection = open_reader(path)
        try:
            db = Database(connection)
            _refuse_newer(db, path)
            return [migration.name for migration in migrations.pending(db)]
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise ConfigError(advice(path, error)) from error


def _refuse_newer(db: Database, path: Path) -> None:
    from bot.store.schema import migrations

    known = {migration.name for migration in migrations._migrations}
    applied = {migration.name for migration in migrations.applied(db)}
    if newer := sorted(applied - known):
        raise ConfigError(
            f"The database {path} was written by a newer Tocsin (it has {newer[0]}). "
            "Install that version, or set TOCSIN_DATABASE to another file."
        )


def advice(path: Path, error: sqlite3.Error) -> str:
    """Return what to tell an operator whose database cannot be opened."""
    if isinstance(error, sqlite3.DatabaseError) and "not a database" in str(error):
        return (
            f"{path} is not a database. It was left untouched; move it away or set "
            "TOCSIN_DATABASE to another file."
        )
    return (
        f"The database {path} cannot be opened: {error}. "
        "Let TOCSIN_DATABASE name a file in a folder that exists and can be written."
    )
