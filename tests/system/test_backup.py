"""The documented way to copy the database of a bot that runs, and to go back to the copy."""

from __future__ import annotations

import asyncio
import secrets
import subprocess
import sys
from pathlib import Path

from bot.playground.senders import json_bytes
from bot.playground.stage import Stage
from tests.system.scene import check_promise, count, heard, open_channel, scan_failed, settled


async def test_back_to_a_copy(stage: Stage, tmp_path: Path) -> None:
    """D14, D15: a copy made under load knows what was said; nothing of it is said again."""
    await open_channel(stage, "C1")
    sender, sites = stage.senders["surfacedby"], [f"number{one}.example" for one in range(3)]
    bodies = [json_bytes(scan_failed(site)) for site in sites]
    for body in bodies:
        assert await sender.send(body) == 200
    await heard(stage, "C1", sites[-1])
    await settled(stage)
    copying = asyncio.create_task(asyncio.to_thread(tocsin_backup, stage, tmp_path / "copy.db"))
    while not copying.done():
        unheard = {"id": secrets.token_hex(8)}
        assert await stage.senders["lytics"].send(unheard) == 200
    await copying

    await stage.bot.stop()
    restore(stage.database, tmp_path / "copy.db")
    await stage.bot.start()
    for body in bodies:
        assert await sender.send(body) == 200
    await settled(stage)

    assert count(stage, "events WHERE source = 'surfacedby'") == len(sites)
    check_promise(stage, ["C1"], sites)


def tocsin_backup(stage: Stage, target: Path) -> None:
    """Run the command as an operator does beside the bot."""
    words = [sys.executable, "-m", "bot", "backup", str(target)]
    folder = stage.database.parent
    subprocess.run(words, cwd=folder, env=stage.bot.settings, check=True, capture_output=True)


def restore(database: Path, copy: Path) -> None:
    """Put a copy in the place of a database that nobody uses, as the command's help says."""
    for end in ("", "-wal", "-shm"):
        database.with_name(database.name + end).unlink(missing_ok=True)
    copy.rename(database)
