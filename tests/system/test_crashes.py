"""Killed at any point, the bot has neither lost nor repeated anything once it runs again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiohttp import ClientError

from bot.playground.parallel import text
from bot.playground.senders import fire
from bot.playground.stage import Stage
from tests.system import saboteur
from tests.system.scene import (
    USER,
    ask,
    check_promise,
    count,
    delivery_ids,
    open_channel,
    posts,
    rows,
    said,
    scan_failed,
    settled,
    until,
)

SITES = ("first.example", "second.example")
CHANNELS = ("C1", "C2")
FINDINGS = 3

RECEIVING = [
    "Inbox.accept:before",
    "Inbox.accept:begun",
    "Inbox.accept:inside",
    "Inbox.accept:after",
]
ROUTING = [
    "Inbox.claim:after",
    "Router.route:inside",
    "Router.route:after",
]
DELIVERING = [
    "Outbox.claim:inside",
    "Outbox.claim:after",
    "SlackMessenger.post:before",
    "SlackMessenger.post:after",
    "Outbox.sent:begun",
    "Outbox.sent:inside",
    "Outbox.sent:after",
]
THREADING = [
    ("Groups.complete:before", 1),
    ("Groups.complete:inside", 1),
    ("Groups.complete:after", 1),
    *(("SlackMessenger.post:after", 1 + replies) for replies in (0, 1, FINDINGS - 1, FINDINGS)),
    *(("Outbox.sent:after", 1 + replies) for replies in (0, 1, FINDINGS - 1)),
]
MAKING = [
    "Requests.claim:after",
    "ParallelApi.create:before",
    "ParallelApi.create:after",
    "Monitors.save:inside",
    "Monitors.save:after",
    "Subscriptions.add:after",
    "Requests.done:inside",
    "Requests.done:after",
]
ESSENTIAL = {
    "Inbox.accept:inside", "Inbox.accept:after", "SlackMessenger.post:before",
    "SlackMessenger.post:after", "ParallelApi.create:after", "Groups.complete:inside",
}  # fmt: skip


def sampled(points: Sequence[str | tuple[str, int]]) -> list[object]:
    """Return parameters of a test; points whose neighbours are tried always are an exploration."""
    pairs = [(one, 1) if isinstance(one, str) else one for one in points]
    return [
        pytest.param(
            *pair,
            id=f"{pair[0]}-{pair[1]}",
            marks=() if pair[0] in ESSENTIAL and pair[1] in (1, 2) else pytest.mark.exploration,
        )
        for pair in pairs
    ]


@asynccontextmanager
async def sabotaged(folder: Path, point: str, nth: int) -> AsyncIterator[Stage]:
    """Yield a stage whose bot will end at a point; start it again to go on."""
    program = (saboteur.__file__, point, str(nth))
    async with Stage(folder, program=program) as stage:
        yield stage


async def restarted_after_the_kill(stage: Stage) -> None:
    """Wait until the trap has ended the bot, then start the product itself."""
    async with asyncio.timeout(20):
        assert await stage.bot.ended() == -9, "it was not the trap that ended it"
    await stage.bot.start(wait_for="/healthz")


@pytest.mark.parametrize(("point", "nth"), sampled(RECEIVING + ROUTING + DELIVERING))
async def test_a_kill_on_the_way_of_a_webhook(tmp_path: Path, point: str, nth: int) -> None:
    """The sender repeats until a 2xx; then each event is said once in each channel."""
    async with sabotaged(tmp_path, point, nth) as stage:
        for channel in CHANNELS:
            await open_channel(stage, channel)
        sender = stage.senders["surfacedby"]
        sending = [
            asyncio.create_task(
                sender.send_until_accepted(scan_failed(site), tries=300, delay_s=0.1)
            )
            for site in SITES
        ]
        await restarted_after_the_kill(stage)
        await asyncio.gather(*sending)
        await settled(stage)

        check_promise(stage, CHANNELS, SITES)
        assert count(stage, "events") == len(SITES)
        assert count(stage, "notifications") == len(SITES) * len(CHANNELS)


@pytest.mark.parametrize(("point", "nth"), sampled(THREADING))
async def test_a_kill_within_a_thread(tmp_path: Path, point: str, nth: int) -> None:
    """The thread goes on with its next reply: one parent, every reply once and in order."""
    async with sabotaged(tmp_path, point, nth) as stage:
        monitor = stage.parallel.add_monitor("Which bells rang?")
        await open_channel(stage, "C1", f"parallel monitor {monitor}")
        findings = [text(f"Finding number {number}.") for number in range(FINDINGS)]
        group = stage.parallel.add_findings(monitor, findings)
        await fire(stage.parallel, monitor, group, stage.senders["parallel"])
        await restarted_after_the_kill(stage)
        await settled(stage, timeout_s=60)

        parents = [one for one in posts(stage, "C1") if not one.is_reply]
        replies = [one for one in posts(stage, "C1") if one.is_reply]
        assert len(parents) == 1
        assert {one.thread_ts for one in replies} == {parents[0].ts}
        told = [
            next(n for n in range(FINDINGS) if f"Finding number {n}." in one.text)
            for one in replies
        ]
        assert told == list(range(FINDINGS))
        assert max(delivery_ids(stage).values()) == 1
        assert rows(stage, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize(("point", "nth"), sampled(MAKING))
async def test_a_kill_while_a_monitor_is_made(tmp_path: Path, point: str, nth: int) -> None:
    """However far it got: one monitor, one subscription, and its author is told."""
    async with sabotaged(tmp_path, point, nth) as stage:
        stage.slack.add_channel("C1", "alerts")
        stage.slack.add_user(USER, "ada")
        typed = '/monitors create "Which bells rang?" every 1d'
        answer = await stage.slack.command(stage.slack_url, typed, channel="C1", user=USER)
        assert answer.status == 200
        await restarted_after_the_kill(stage)
        await settled(stage)

        assert len(stage.parallel.monitors) == 1
        (monitor,) = stage.parallel.monitors
        assert rows(stage, "SELECT id FROM monitors") == [(monitor,)]
        assert rows(stage, "SELECT subject_id FROM subscriptions") == [(monitor,)]
        (told,) = stage.slack.answers("C1", USER)
        assert monitor in told.text


@pytest.mark.exploration
async def test_a_kill_before_a_command_is_acknowledged(tmp_path: Path) -> None:
    """Slack says that it failed, yet it was written down: it is done once and answered."""
    async with sabotaged(tmp_path, "Requests.accept:after", 1) as stage:
        stage.slack.add_channel("C1", "alerts")
        stage.slack.add_user(USER, "ada")
        with suppress(ClientError):
            typed = "/alerts subscribe surfacedby"
            await stage.slack.command(stage.slack_url, typed, channel="C1", user=USER)
        await restarted_after_the_kill(stage)
        await settled(stage)

        assert count(stage, "subscriptions") == 1
        assert len(stage.slack.answers("C1", USER)) == 1


async def test_an_event_that_ends_the_process_is_given_up(tmp_path: Path) -> None:
    """After three starts it is dead, with its reason, and the events behind it are said."""
    program = (saboteur.__file__, "Source.format:before=poison.example", "1")
    async with Stage(tmp_path, program=program) as stage:
        await open_channel(stage, "C1")
        sender = stage.senders["surfacedby"]
        await sender.send(scan_failed("poison.example"))
        for _ in range(3):
            async with asyncio.timeout(20):
                assert await stage.bot.ended() == -9
            with suppress(RuntimeError):  # it may end before it says that it is alive
                await stage.bot.start(program=program, wait_for="/healthz")
        harmless = scan_failed("harmless.example")
        await sender.send_until_accepted(harmless, tries=50, delay_s=0.1)
        await until(lambda: said(stage, "C1", "harmless.example") == 1)

        (poison,) = rows(stage, "SELECT state, reason FROM events WHERE starts > 3")
        assert poison == ("dead", "poison")
        assert said(stage, "C1", "poison.example") == 0
        assert "now hears" not in await ask(stage, "C1", "/alerts list")
