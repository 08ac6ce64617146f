"""Where the model's databases live: in memory, since thousands of them come and go."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from bot.store.database import migrate


@cache
def folder() -> Path:
    """Return where files live in memory, or at least for a short time."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of our own in it
    made = tempfile.mkdtemp(prefix="tocsin-model-", dir=memory if memory.is_dir() else None)
    return Path(made)


@cache
def empty_database() -> Path:
    """Return a database that is up to date and holds nothing."""
    path = folder() / "empty.db"
    migrate(path)
    return path
