"""A sample of `python -m tests.explorer`, and what strace alone can tell of a life.

Skipped where nothing may be traced; the reason is shown.
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.playground.stage import Stage
from bot.store.database import migrate
from tests.explorer import hasty, strace
from tests.explorer.exploration import explore
from tests.explorer.points import KILL, Point, every, some
from tests.system.scene import scan_failed, settled

SEED = 12
SURELY = {"pwrite64": 170, "fdatasync": 25, "write": 35, "connect": 3}
"""So many calls one thread makes in every play, or more."""

TAKEN = {
    ("pwrite64", KILL): 1,
    ("pwrite64", "ENOSPC"): 1,
    ("pwrite64", "EIO"): 1,
    ("fdatasync", KILL): 1,
    ("fdatasync", "EIO"): 1,
    ("write", KILL): 1,
    ("connect", "ECONNREFUSED"): 1,
}
SAMPLE = [
    point
    for (call, fault), number in TAKEN.items()
    for point in some(
        [one for one in every({call: SURELY[call]}) if one.fault == fault], number, SEED
    )
]
MIGRATE = """
import sys
from pathlib import Path
from bot.store.database import migrate
migrate(Path(sys.argv[1]))
"""
WRITES_OF_A_MIGRATION = 40

_REASON = strace.why_not()
pytestmark = pytest.mark.skipif(bool(_REASON), reason=_REASON)


@pytest.mark.parametrize("point", SAMPLE, ids=str)
async def test_a_life_with_one_call_spoilt(tmp_path: Path, point: Point) -> None:
    """C3, D4: whatever the bot does about it, nothing acknowledged is lost or said twice."""
    verdict = await explore(point, tmp_path)

    assert verdict.violations == ()
    assert verdict.struck, "the fault met nothing: the sample needs other points"
    assert verdict.outcome != "got nowhere"


async def test_the_log_is_on_the_disk_before_the_answer(tmp_path: Path) -> None:
    """C8: between reading a webhook and writing its 2xx, an fdatasync of the log has ended."""
    log = tmp_path / "strace.log"
    calls = "trace=read,recvfrom,fdatasync,write,writev,sendto,sendmsg"
    traced = "--seccomp-bpf", "-s", "200", "-e", calls
    async with Stage(tmp_path, program=strace.traced(hasty.__file__, log, *traced)) as stage:
        for number in range(5):
            assert await stage.senders["surfacedby"].send(scan_failed(f"{number}.example")) == 200
            await settled(stage)  # so that no other commit's sync is taken for the next one's
    order = "".join(_steps(log))

    assert order.count("?") == 5
    assert re.fullmatch(r"s*(\?s+!s*){5}", order), order


def _steps(log: Path) -> list[str]:
    """Return what happened to webhooks: `?` one is read, `s` a sync has ended, `!` a 2xx goes."""
    steps = []
    for line in log.read_text(errors="replace").splitlines():
        if '"POST /webhooks/' in line:
            steps.append("?")
        elif "fdatasync" in line and line.endswith("= 0") and _of_the_log(line):
            steps.append("s")
        elif '"HTTP/1.1 200' in line and "content-length: 0" in line.casefold():
            steps.append("!")
    return steps


def _of_the_log(line: str) -> bool:
    return "-wal>" in line or "resumed" in line


@pytest.mark.parametrize("nth", some(range(1, WRITES_OF_A_MIGRATION + 1), 6, SEED))
def test_a_kill_in_the_middle_of_a_migration(tmp_path: Path, nth: int) -> None:
    """C5: the schema is there whole or not at all, and the next start makes it the same."""
    path, fresh = tmp_path / "tocsin.db", tmp_path / "fresh.db"
    migrate(fresh)
    script = tmp_path / "migrate.py"
    script.write_text(MIGRATE)
    program = strace.traced(str(script), tmp_path / "log", *Point("pwrite64", nth).options)
    killed = subprocess.run([sys.executable, *program, str(path)], check=False)
    assert killed.returncode == -9
    assert schema(path) in ([], schema(fresh))
    migrate(path)

    assert schema(path) == schema(fresh)


def schema(path: Path) -> list[str]:
    """Return how the tables and indexes of a database were made, apart from the migrator's."""
    question = "SELECT sql FROM sqlite_schema WHERE name NOT LIKE '%sqlite%' ORDER BY name"
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute(question)]
