"""Asked to end, the bot ends soon, in good order, and leaves nothing to be lost."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path

import pytest

from bot.playground.child import BotProcess, free_port
from bot.playground.faults import Delay, Hang
from bot.playground.stage import Stage
from tests.system.scene import (
    check_promise,
    open_channel,
    posts,
    rows,
    said,
    scan_failed,
    settled,
    until,
)

GRACE_S = 10.0
SITES = ("first.example", "second.example")


async def test_ended_while_slack_is_silent(stage: Stage) -> None:
    """It gives up waiting, begins nothing more, and the next start says each event once.

    The post under way has reached Slack, which alone knows it.
    """
    await open_channel(stage, "C1")
    stage.slack.fail("chat.postMessage", Hang(after=True))
    for site in SITES:
        assert await stage.senders["surfacedby"].send(scan_failed(site)) == 200
    await stage.slack.wait_for(lambda: said(stage, "C1", SITES[0]) == 1)
    start = time.monotonic()
    code = await stage.bot.stop()

    assert code == 0
    assert time.monotonic() - start < GRACE_S
    assert len(posts(stage, "C1")) == 1, "it began another post"
    assert [("pending",), ("sending",)] == rows(stage, "SELECT state FROM notifications ORDER BY 1")
    await stage.bot.start()
    await settled(stage)
    check_promise(stage, ["C1"], SITES)


async def test_the_post_under_way_is_written_down(stage: Stage) -> None:
    """A post that is answered within the grace is settled before the process ends."""
    await open_channel(stage, "C1")
    stage.slack.fail("chat.postMessage", Delay(1.0))
    assert await stage.senders["surfacedby"].send(scan_failed(SITES[0])) == 200
    await stage.slack.wait_for(lambda: stage.slack.calls[-1].method == "chat.postMessage")

    assert await stage.bot.stop() == 0
    (message,) = posts(stage, "C1")
    assert [("sent", message.ts)] == rows(stage, "SELECT state, ts FROM notifications")


@pytest.mark.parametrize(
    "numbers",
    [(signal.SIGINT,), (signal.SIGTERM, signal.SIGTERM), (signal.SIGINT, signal.SIGTERM)],
    ids=lambda numbers: "+".join(one.name for one in numbers),
)
async def test_ended_by_any_signals(tmp_path: Path, numbers: tuple[signal.Signals, ...]) -> None:
    """However often it is asked, it ends once, with code 0 and without a traceback."""
    async with Stage(tmp_path) as stage:
        for number in numbers:
            stage.bot.send_signal(number)
            await asyncio.sleep(0.02)
        async with asyncio.timeout(GRACE_S):
            code = await stage.bot.ended()

        log = stage.bot.log.read_text()
        assert code == 0, log
        assert "Traceback" not in log
        assert log.rstrip().splitlines()[-1].split()[3] == "stopped"


async def test_ended_while_it_starts(tmp_path: Path) -> None:
    """A process that was just told to start may be told to end, and is not in two minds."""
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-nobody",
        "SLACK_SIGNING_SECRET": "0" * 32,
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
    }
    bot = BotProcess(tmp_path, settings, port=free_port())
    starting = asyncio.create_task(bot.start())
    await until(lambda: bot.log.exists() and "listening" in bot.log.read_text())
    bot.send_signal(signal.SIGTERM)

    async with asyncio.timeout(GRACE_S):
        assert await bot.ended() == 0
    with pytest.raises(RuntimeError):
        await starting
    assert "Traceback" not in bot.log.read_text()
