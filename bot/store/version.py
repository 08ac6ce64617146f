"""Which SQLite this is, and what is known to be wrong with it."""

from __future__ import annotations

import sqlite3

VERSION = sqlite3.sqlite_version_info

_AFFECTED_SINCE = (3, 7, 0)
_FIXED = (3, 51, 3)
_ALSO_FIXED = {(3, 44): 6, (3, 50): 7}
"""Patch level of the older release lines into which the correction was carried back."""


def has_wal_reset_bug(version: tuple[int, int, int] = VERSION) -> bool:
    """Return whether two connections that write at one instant can corrupt the file.

    One writer a process and one process a file, as here, keep clear of it.
    Source: https://sqlite.org/wal.html#walresetbug
    """
    if not _AFFECTED_SINCE <= version < _FIXED:
        return False
    patch = _ALSO_FIXED.get(version[:2])
    return patch is None or version[2] < patch
