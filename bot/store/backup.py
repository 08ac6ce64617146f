"""A copy of the database, made while the bot goes on writing."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from bot.core.errors import BotError, ConfigError
from bot.store.connection import open_reader

COMPANIONS = ("-wal", "-shm", "-journal", ".lock")
"""What stands beside a database and belongs to it."""


def backup(path: Path, target: Path) -> None:
    """Copy a database as it is at one moment, with all that was committed before.

    Only a copy that is whole takes the place of `target`, and only its owner can read it.

    Raises:
        ConfigError: the database cannot be read, or `target` is a database in use.
        BotError: the copy is not sound; there is none then.
        OSError: `target` cannot be written.
    """
    _refuse_in_use(path, target)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(descriptor)
    draft = Path(name)
    try:
        _copy(path, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _refuse_in_use(path: Path, target: Path) -> None:
    ours = {path.resolve(), *(_beside(path.resolve(), end) for end in COMPANIONS)}
    if target.resolve() in ours:
        raise ConfigError(f"{target} belongs to the database itself. Name another file.")
    # Its log would be read as the log of the copy.
    if any(_beside(target, end).exists() for end in ("-wal", "-journal")):
        raise ConfigError(f"{target} is a database that somebody uses. Name another file.")


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _copy(path: Path, draft: Path) -> None:
    try:
        with closing(open_reader(path)) as source, closing(sqlite3.connect(draft)) as copy:
            # All pages in one step are one moment, and nobody's write begins it anew.
            source.backup(copy)
            # One file, without a log beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        raise ConfigError(f"The database {path} cannot be copied: {error}.") from error
    if found != "ok":
        raise BotError(f"The copy of {path} is damaged: {found}.")


def _sync_folder(folder: Path) -> None:
    """Let the name of a new file survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
