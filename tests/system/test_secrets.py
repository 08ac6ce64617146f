"""No secret, and no word of a payload, is anywhere but where it must be."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from bot.app import Bot
from bot.config import Settings
from bot.playground.child import PROGRAM
from bot.playground.faults import (
    ApiError,
    ErrorBody,
    Fault,
    HalfBody,
    RateLimited,
    Reset,
    ServerError,
    Text200,
)
from bot.playground.parallel import text
from bot.playground.senders import fire
from bot.playground.stage import SOURCES, Stage
from tests.system import talkative
from tests.system.scene import USER, heard, open_channel, scan_failed, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANARY = "canary9f31"
UNUSED = {
    "SLACK_CLIENT_SECRET": f"{CANARY}-client-secret",
    "DECK_API_KEY": f"{CANARY}-deck-key",
    "SURFACEDBY_API_KEY": f"{CANARY}-surfacedby-key",
    "LYTICS_API_KEY": f"{CANARY}-lytics-key",
    "TOCSIN_SECRET_KEY": f"{CANARY}-secret-key",
}
"""Secrets that the stage has no use for; the others are its own, and random."""

SLACK_FAULTS: tuple[Fault, ...] = (
    Reset(after=True),
    ServerError(500, "text", after=True),
    ServerError(503, "html", after=True),
    Text200(after=True),
    HalfBody(after=True),
    RateLimited("1"),
    ApiError("invalid_blocks"),
    ApiError("not_in_channel"),
)
PARALLEL_FAULTS: tuple[Fault, ...] = (
    ServerError(500),
    ErrorBody(401, {"error": {"message": CANARY}}),
    Reset(after=True),
    HalfBody(),
    Text200(),
    ErrorBody(422, {"error": {"message": CANARY}}),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Yield a stage whose bot has a canary in every setting, and a talkative log."""
    folder = tmp_path_factory.mktemp("stage")
    async with Stage(folder, settings=UNUSED, program=(talkative.__file__,)) as one:
        yield one


def secrets_of(stage: Stage) -> set[str]:
    """Return everything that must not be seen: settings, addresses to answer at, payload words."""
    names = ("TOKEN", "SECRET", "KEY")
    values = {v for n, v in stage.bot.settings.items() if any(part in n for part in names)}
    answers = set(stage.slack.response_urls.exchanges)
    return {CANARY, *values, *(one.removeprefix("whsec_") for one in values), *answers} | {
        *stage.slack.world.triggers
    }


async def webhooks(stage: Stage) -> list[str]:
    """Send good webhooks and bad ones of every source, and return the answers."""
    said = []
    async with ClientSession() as session:
        for source in SOURCES:
            sender = stage.senders[source]
            await sender.send({"type": "odd.type", "id": f"evt_{source}", "data": {"a": CANARY}})
            await sender.send(CANARY.encode())
            for body in (CANARY.encode(), b"{" + CANARY.encode()):
                headers = {"X-Webhook-Token": CANARY, "webhook-id": CANARY}
                async with session.post(sender.url, data=body, headers=headers) as answer:
                    said.append(f"{answer.headers} {await answer.text()}")
        for path in ("/healthz", "/readyz", "/metrics", f"/{CANARY}", f"/webhooks/{CANARY}"):
            async with session.get(stage.bot.url + path) as answer:
                said.append(f"{answer.headers} {await answer.text()}".replace(f"/{CANARY}", ""))
    return said


async def trouble_with_slack(stage: Stage) -> None:
    """Let every shape of failure meet a post, an answer and a look-up."""
    for number, fault in enumerate(SLACK_FAULTS):
        await open_channel(stage, f"C1{number}", "surfacedby workspace trouble")
        stage.slack.fail("chat.postMessage", fault, channel=f"C1{number}")
    stage.slack.fail("conversations.history", ServerError(500, "text"), Text200())
    stage.slack.fail("response_url", Text200(), ServerError(500, "html"), Reset())
    await stage.senders["surfacedby"].send(scan_failed(f"{CANARY}.example", workspace="trouble"))
    for typed in (f"/alerts list {CANARY}", f"/alerts subscribe {CANARY}", f"/{CANARY}"):
        await stage.slack.command(stage.slack_url, typed, channel="C1", user=USER)
    await stage.slack.send_raw(stage.slack_url, CANARY.encode(), stage.slack.sign(b"other"))
    raw = f"payload={CANARY}".encode()
    await stage.slack.send_raw(stage.slack_url, raw, stage.slack.sign(raw))
    await stage.slack.event(stage.slack_url, {"type": "message", "text": CANARY, "channel": "C1"})


async def trouble_with_parallel(stage: Stage) -> None:
    """Let every shape of failure meet a group and a creation."""
    monitor = stage.parallel.add_monitor(f"{CANARY} query")
    await open_channel(stage, "C2", f"parallel monitor {monitor}")
    for fault in PARALLEL_FAULTS:
        stage.parallel.fail("events", fault)
        group = stage.parallel.add_findings(monitor, [text(f"{CANARY} finding")])
        await fire(stage.parallel, monitor, group, stage.senders["parallel"])
        stage.parallel.fail("create", fault)
        typed = f'/monitors create "{CANARY} query"'
        await stage.slack.command(stage.slack_url, typed, channel="C2", user=USER)


async def cli(stage: Stage, *arguments: str) -> str:
    """Return all that a verb says, with the settings of the bot."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *PROGRAM, *arguments,
        cwd=stage.database.parent,
        env={**stage.bot.settings, "PATH": os.defpath},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return said.decode()


async def test_nothing_tells_a_secret(shared: Stage, tmp_path: Path) -> None:
    """After all that can go wrong: log, metrics, answers, verbs and reprs hold none."""
    await open_channel(shared, "C1", "surfacedby", "deck type:*", "* type:*")
    streams = {f"answer {n}": one for n, one in enumerate(await webhooks(shared))}
    await heard(shared, "C1", "odd.type")
    await trouble_with_slack(shared)
    await trouble_with_parallel(shared)
    await until(lambda: len(shared.bot.log.read_text().splitlines()) > 30)
    async with ClientSession() as session, session.get(f"{shared.bot.url}/metrics") as page:
        metrics = await page.text()
    verbs = {
        verb: await cli(shared, *verb.split())
        for verb in ("check", "sources", "deliveries", "migrate", "deliveries --event nothing")
    }
    values = {**shared.bot.settings, "TOCSIN_DATABASE": str(tmp_path / "other.db")}
    settings = Settings.from_values(values)
    reprs = f"{settings!r} {vars(Bot(settings))!r} {settings.source('deck')!r}"
    assert await shared.bot.stop() == 0
    log = shared.bot.log.read_text()

    assert "surfacedby" in verbs["sources"]
    told = {"log": log, "metrics": metrics, "reprs": reprs, **verbs, **streams}
    found = {
        (name, secret, next(line for line in stream.splitlines() if secret in line)[:400])
        for name, stream in told.items()
        for secret in secrets_of(shared)
        if secret in stream
    }
    assert found == set()
