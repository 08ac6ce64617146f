"""Operators are told once of everything, wherever the process is killed meanwhile."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from bot.store.sqlite import SqliteStore
from tests.pipeline.troubles import CHANNEL, HAPPEN, Office
from tests.store.conftest import SetClock
from tests.store.making import rows

ROOT = Path(__file__).parents[2]


def copied(path: Path, name: str) -> Path:
    """Return a copy of a closed database."""
    copy = path.with_name(name)
    shutil.copy(path, copy)
    return copy


async def run(path: Path, deadline: int) -> int:
    """Run the loop in a process of its own until it dies or has told everything."""
    program = [sys.executable, "-m", "tests.pipeline.mortal_operators", str(path), str(deadline)]
    process = await asyncio.create_subprocess_exec(*program, cwd=ROOT)
    return await process.wait()


async def told(path: Path, clock: SetClock) -> list[dict[str, Any]]:
    """Let the next start do what is left, and return what the operators were told."""
    store = SqliteStore(path, clock)
    store.open()
    await Office(store).work()
    statement = "SELECT key, alert, revision FROM notifications WHERE channel_id = ? ORDER BY key"
    found = await rows(store, statement, CHANNEL)
    await store.close()
    return found


async def test_killed_at_any_edge_of_a_transaction(tmp_path: Path, clock: SetClock) -> None:
    """Nothing is lost, nothing told twice and nothing counted twice."""
    path = tmp_path / "tocsin.db"
    store = SqliteStore(path, clock)
    store.open()
    for kind, happen in HAPPEN.items():
        await happen(store, f"{kind}-1")
    await store.close()
    undisturbed = await told(copied(path, "undisturbed"), clock)
    assert sorted(HAPPEN) == sorted(row["key"].split(":")[1] for row in undisturbed)

    deadline, status = 0, -signal.SIGKILL
    while status != 0:
        assert status == -signal.SIGKILL
        deadline += 1
        mortal = copied(path, f"mortal-{deadline}")
        status = await run(mortal, deadline)
        assert undisturbed == await told(mortal, clock)
    assert deadline > 4
