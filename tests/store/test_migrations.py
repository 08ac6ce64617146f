"""The schema: brought up to date by whoever comes first, refused when it is not ours."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.errors import ConfigError
from bot.store.connection import open_writer
from bot.store.database import LATEST, migrate, pending_migrations
from bot.store.schema import migrations

ALL = [migration.name for migration in migrations._migrations]
MIGRATE = """
import sys
from pathlib import Path
from bot.store import schema
from bot.store.database import migrate
print("ready", flush=True)
sys.stdin.readline()
for number in range(10):
    migrate(Path(f"{sys.argv[1]}.{number}"))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a database would be."""
    return tmp_path / "tocsin.db"


def tables(path: Path) -> Iterator[str]:
    """Yield how each of our tables was made."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE type = 'table' "
            "AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_sqlite%' ESCAPE '\\'"
        )
        yield from [row[0] for row in found]


def test_a_new_file_gets_every_table_once(path: Path) -> None:
    """Doing it twice is harmless, and it is known beforehand what is to be done."""
    assert ALL == pending_migrations(path)
    assert [ALL, []] == [migrate(path), migrate(path)]
    assert [] == pending_migrations(path)


def test_what_is_up_to_date_is_known_without_the_migrations(path: Path) -> None:
    """A start is not kept waiting by what has nothing to do."""
    assert ALL[-1] == LATEST
    migrate(path)
    look = f"""
import sys
from pathlib import Path
from bot.store.database import migrate
print(migrate(Path({str(path)!r})), "sqlite_utils" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert run.stdout == "[] False\n"


def test_every_table_is_strict(path: Path) -> None:
    """D18: a text in a number's place is refused by the database itself."""
    migrate(path)
    statements = list(tables(path))

    assert len(statements) >= 10
    assert [] == [one for one in statements if "STRICT" not in one.rsplit(")", 1)[1]]
    with closing(open_writer(path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO lanes VALUES ('T1', 'C1', 'soon', 'rate_limited')")


def test_eight_processes_at_once_all_succeed(path: Path) -> None:
    """Finding 11: whoever comes second waits for the first, and finds nothing to do.

    Ten files in turn, since two of them seldom want the same thing at the same moment.
    """
    started = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(8)
    ]
    for one in started:
        assert one.stdout is not None
        assert b"ready\n" == one.stdout.readline()
    for one in started:
        assert one.stdin is not None
        one.stdin.write(b"\n")
        one.stdin.flush()
    ends = [one.communicate(timeout=60)[1].decode() for one in started]

    assert [(0, "")] * 8 == [(p.returncode, end) for p, end in zip(started, ends, strict=True)]
    assert not any(pending_migrations(Path(f"{path}.{number}")) for number in range(10))


def test_a_migration_waits_for_a_writer(path: Path) -> None:
    """Whoever writes while we begin is waited for; nothing is decided on an old picture."""
    with closing(open_writer(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(1) as pool:
            upgrade = pool.submit(migrate, path)
            with pytest.raises(TimeoutError):
                upgrade.result(0.3)
            other.execute("CREATE TABLE theirs (id INTEGER)")
            other.execute("COMMIT")
            assert ALL == upgrade.result(10)


def test_a_newer_schema_is_refused_and_left_alone(path: Path) -> None:
    """D17: old code does not touch what a newer one wrote."""
    migrate(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('tocsin', 'm999_tomorrow', '2030-01-01')"
        )
    before = list(tables(path))
    with pytest.raises(ConfigError, match=r"newer Tocsin.*m999_tomorrow"):
        migrate(path)

    assert before == list(tables(path))


@pytest.mark.parametrize(
    "content",
    [b"Dear diary, " * 500, b"SQLite format 3\x00" + b"\xff" * 4096],
    ids=["text", "torn"],
)
def test_what_is_not_a_database_is_left_untouched(path: Path, content: bytes) -> None:
    """D6: refused with advice, and not a byte of it changed."""
    path.write_bytes(content)
    for attempt in (migrate, pending_migrations):
        with pytest.raises(ConfigError, match="not a database"):
            attempt(path)

    assert hashlib.sha256(content).digest() == hashlib.sha256(path.read_bytes()).digest()


def test_somebody_else_s_tables_are_not_mixed_with_ours(path: Path) -> None:
    """Another program's database is refused as a whole: none of our tables is left in it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notifications (their TEXT)")
    with pytest.raises(ConfigError):
        migrate(path)

    assert ["CREATE TABLE notifications (their TEXT)"] == list(tables(path))


def test_a_folder_or_a_missing_place_is_named(tmp_path: Path) -> None:
    """What cannot be opened is a sentence with the path, and no traceback."""
    for wrong in (tmp_path, tmp_path / "missing" / "tocsin.db"):
        with pytest.raises(ConfigError, match=r"cannot be opened"):
            migrate(wrong)
