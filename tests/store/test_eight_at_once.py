"""Eight at once: one of eight processes has the file, and each row goes to one of eight askers."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from pathlib import Path

from bot.core.notifications import Lane
from bot.store.sqlite import SqliteStore
from tests.store.making import NOW, TEAM, accept, draft, event

OPEN = """
import sys, asyncio
from datetime import UTC, datetime
from pathlib import Path
from bot.core.errors import ConfigError
from bot.store.sqlite import SqliteStore

async def main():
    store = SqliteStore(Path(sys.argv[1]), lambda: datetime.now(UTC))
    sys.stdin.readline()
    try:
        store.open()
    except ConfigError as error:
        print("refused", error, flush=True)
        return
    print("opened", flush=True)
    sys.stdin.readline()
    await store.close()

asyncio.run(main())
"""


def test_eight_processes_and_one_file(tmp_path: Path) -> None:
    """D13: whoever comes first has it; the seven others are told who."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, str(tmp_path / "tocsin.db")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    for one in started:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    said = {one.pid: one.stdout.readline() for one in started if one.stdout is not None}
    for one in started:
        one.communicate(timeout=30)

    (holder,) = [pid for pid, words in said.items() if words == "opened\n"]
    refusals = [words for pid, words in said.items() if pid != holder]
    assert 7 == len(refusals)
    assert all(words.startswith("refused") for words in refusals)
    # Whoever asks in the instant between lock and pid reads "unknown".
    assert {f"process {holder}", "process unknown"} >= {
        words.split("in use by ")[1].split(".")[0] for words in refusals
    }


async def test_eight_who_claim_events(store: SqliteStore) -> None:
    """D13: of two thousand events none is handed out twice, and none is forgotten."""
    for start in range(0, 2000, 100):
        await accept(store, *(event(f"e{number}") for number in range(start, start + 100)))

    async def asker() -> list[int]:
        mine: list[int] = []
        while claimed := await store.inbox.claim(7):
            fresh = [one.row for one in claimed if one.starts == 1]
            if not fresh:
                break  # all were begun: what comes now are suspects of this very test
            mine.extend(fresh)
        return mine

    taken = Counter(
        row for rows in await asyncio.gather(*(asker() for _ in range(8))) for row in rows
    )

    assert (2000, 2000) == (len(taken), taken.total())


async def test_eight_who_claim_messages(store: SqliteStore) -> None:
    """D13: a message is never in two hands."""
    keys = [f"k{number}" for number in range(40)]
    lanes = [Lane(TEAM, f"C{number}") for number in range(5)]
    await store.outbox.enqueue([draft(key, lane.channel_id) for key in keys for lane in lanes])

    async def asker() -> list[int]:
        mine: list[int] = []
        for _ in keys:
            for lane in lanes:
                if (claimed := await store.outbox.claim(lane, NOW)) is not None:
                    mine.append(claimed.id)
                    await store.outbox.sent(claimed, f"{claimed.id}.0")
        return mine

    taken = Counter(
        one for ids in await asyncio.gather(*(asker() for _ in range(8))) for one in ids
    )

    assert (200, 200) == (len(taken), taken.total())
