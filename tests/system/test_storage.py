"""A database that somebody else holds: the sender is asked to come again, nothing is lost."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.playground.child import BotProcess, free_port
from bot.playground.senders import json_bytes
from bot.playground.stage import Stage
from tests.system.scene import ask, check_promise, heard, open_channel, scan_failed, settled

pytestmark = pytest.mark.asyncio(loop_scope="module")


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold the only right to write, as a backup or a curious operator would."""
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def test_held_for_long(shared: Stage) -> None:
    """Within five seconds it says 503 and when to come again; it then takes and says it once."""
    await open_channel(shared, "C1")
    sender = shared.senders["surfacedby"]
    body = json_bytes(scan_failed("patient.example"))
    with locked(shared.database):
        start = time.monotonic()
        headers = sender.proof(body, id="", at=datetime.now(UTC))
        async with ClientSession() as session:
            async with session.post(sender.url, data=body, headers=headers) as refused:
                assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
            assert time.monotonic() - start < 5
            async with session.get(f"{shared.bot.url}/readyz") as ready:
                parts = await ready.json()
                assert (ready.status, parts["database"]) == (503, False)
            async with session.get(f"{shared.bot.url}/healthz") as health:
                assert health.status == 200
        answer = await shared.slack.command(
            shared.slack_url, "/alerts list", channel="C1", user="U1"
        )
        assert "Please try again" in answer.text
    await sender.send_until_accepted(body, tries=3, delay_s=0.5)
    await heard(shared, "C1", "patient.example")
    await settled(shared)
    check_promise(shared, ["C1"], ["patient.example"])


async def test_held_for_a_moment(shared: Stage) -> None:
    """A lock of a second is waited for: the sender notices nothing."""
    await open_channel(shared, "C2")
    with locked(shared.database):
        sending = asyncio.create_task(
            shared.senders["surfacedby"].send(scan_failed("moment.example"))
        )
        await asyncio.sleep(1)
        assert not sending.done()
    assert await sending == 200
    await heard(shared, "C2", "moment.example")


async def test_a_second_bot_on_the_same_file(shared: Stage, tmp_path: Path) -> None:
    """It refuses to start and names the process that has the file; the first goes on."""
    second = BotProcess(tmp_path, shared.bot.settings, port=free_port())
    with pytest.raises(RuntimeError):
        await second.start()
    assert await second.ended() == 2
    log = second.log.read_text()
    assert f"in use by process {shared.bot.pid}" in log
    assert "Traceback" not in log
    await open_channel(shared, "C4")
    assert "SurfacedBy" in await ask(shared, "C4", "/alerts list")


async def test_what_is_counted(shared: Stage) -> None:
    """The metrics page counts webhooks and deliveries by how they ended."""
    await open_channel(shared, "C3")
    await shared.senders["surfacedby"].send(scan_failed("counted.example"))
    await shared.senders["surfacedby"].send(
        b"{}", headers={"X-SurfacedBy-Signature": "t=1,v1=" + "0" * 64}
    )
    await heard(shared, "C3", "counted.example")
    async with ClientSession() as session, session.get(f"{shared.bot.url}/metrics") as page:
        text = await page.text()
    new = re.search(r'tocsin_webhooks_total\{outcome="new",source="surfacedby"\} ([0-9.]+)', text)
    assert new is not None
    assert float(new[1]) >= 1
    assert re.search(r'tocsin_webhooks_total\{outcome="unproven_\w+",source="surfacedby"\}', text)
    assert 'tocsin_deliveries_total{outcome="sent",reason=""}' in text
