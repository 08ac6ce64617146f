"""One process a file: the second is refused, and told who has it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.core.errors import ConfigError
from bot.store.lock import FileLock
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock

HOLD = """
import sys
from pathlib import Path
from bot.store.lock import FileLock
with FileLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


async def test_a_second_process_is_refused(tmp_path: Path, clock: SetClock) -> None:
    """D11: the sentence names the holder's pid; when it is killed the file is free."""
    path = tmp_path / "tocsin.db"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert b"held\n" == holder.stdout.readline()
        with pytest.raises(ConfigError, match=rf"in use by process {holder.pid}\b"):
            SqliteStore(path, clock).open()
        holder.kill()
    store = SqliteStore(path, clock)
    store.open()
    await store.close()


def test_a_second_opener_in_the_same_process_is_refused(tmp_path: Path) -> None:
    """Two bots in one process are two writers, too."""
    with FileLock(tmp_path / "tocsin.db"), pytest.raises(ConfigError):
        FileLock(tmp_path / "tocsin.db").acquire()


def test_a_lock_is_given_back(tmp_path: Path) -> None:
    """After the release, and after an error inside, the next may have it."""
    lock = FileLock(tmp_path / "tocsin.db")
    with pytest.raises(KeyError), lock:
        raise KeyError
    with lock:
        pass
    lock.release()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The operator reads which file, and what to set."""
    path = tmp_path / "missing" / "tocsin.db"
    with pytest.raises(ConfigError, match=re.escape(str(path))):
        FileLock(path).acquire()


async def test_a_file_that_cannot_be_opened_is_not_kept_locked(
    tmp_path: Path, clock: SetClock
) -> None:
    """After a refused start the operator can try again without killing anything."""
    path = tmp_path / "tocsin.db"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(ConfigError):
        SqliteStore(path, clock).open()
    with FileLock(path):
        path.unlink()
