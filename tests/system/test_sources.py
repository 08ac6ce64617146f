"""Sources that repeat, replay and rotate, and Parallel's API when it fails, end to end."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.playground.faults import Hang, Reset, ServerError
from bot.playground.parallel import text
from bot.playground.senders import fire, json_bytes
from bot.playground.stage import Stage
from tests.system.scene import (
    USER,
    ask,
    count,
    heard,
    open_channel,
    posts,
    rows,
    said,
    scan_failed,
    settled,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

OLD, NEW = "sbwh_the_old_secret_0123456789abcdef", "sbwh_the_new_secret_0123456789abcdef"


async def test_the_same_webhook_a_hundred_times_at_once(shared: Stage) -> None:
    """A hundred acknowledgements, one event, one message."""
    await open_channel(shared, "CSAME", "surfacedby workspace same")
    body = json_bytes(scan_failed("same.example", workspace="same"))
    async with ClientSession() as session:
        sender = replace(shared.senders["surfacedby"], session=session)
        statuses = await asyncio.gather(*(sender.send(body) for _ in range(100)))
    await heard(shared, "CSAME", "same.example")
    await settled(shared)

    assert statuses == [200] * 100
    assert count(shared, "bodies WHERE raw = ?", body) == 1
    assert len(posts(shared, "CSAME")) == 1


async def test_the_same_id_with_another_body(shared: Stage) -> None:
    """It is acknowledged and kept as a conflict, and never said."""
    await open_channel(shared, "CTWO", "surfacedby workspace two")
    first = scan_failed("two.example", workspace="two")
    second = scan_failed("impostor.example", workspace="two") | {"id": first["id"]}
    sender = shared.senders["surfacedby"]

    assert [await sender.send(first), await sender.send(second)] == [200, 200]
    await heard(shared, "CTWO", "two.example")
    await settled(shared)
    assert said(shared, "CTWO", "impostor.example") == 0
    of_it = "conflicts c JOIN bodies b ON b.id = c.body_id WHERE b.raw = ?"
    assert count(shared, of_it, json_bytes(second)) == 1


@pytest.mark.parametrize(
    ("age_s", "status"), [(0, 200), (290, 200), (-290, 200), (310, 401), (-310, 401)]
)
async def test_a_captured_request_again(shared: Stage, age_s: int, status: int) -> None:
    """Within the window it has no effect, outside it is refused."""
    workspace = f"age{age_s}"
    await open_channel(shared, f"CAGE{age_s}", f"surfacedby workspace {workspace}")
    body = json_bytes(scan_failed("replay.example", workspace=workspace))
    sender = shared.senders["surfacedby"]
    assert await sender.send(body) == 200

    assert await sender.send(body, at=datetime.now(UTC) - timedelta(seconds=age_s)) == status
    await heard(shared, f"CAGE{age_s}", "replay.example")
    await settled(shared)
    assert len(posts(shared, f"CAGE{age_s}")) == 1


async def test_rotated_secrets(tmp_path: Path) -> None:
    """During the overlap both are good; one that is listed no longer is refused."""
    accepted = {}
    async with Stage(tmp_path, settings={"SURFACEDBY_WEBHOOK_SECRET": OLD}) as stage:
        for listed in (OLD, f"{OLD},{NEW}", NEW):
            if listed != OLD:
                assert await stage.bot.stop() == 0
                stage.bot.settings["SURFACEDBY_WEBHOOK_SECRET"] = listed
                await stage.bot.start(wait_for="/healthz")
            accepted[listed] = [
                await replace(stage.senders["surfacedby"], secret=secret).send(scan_failed("a.b"))
                for secret in (OLD, NEW)
            ]
    assert accepted == {OLD: [200, 401], f"{OLD},{NEW}": [200, 200], NEW: [401, 200]}


async def test_both_key_derivations_of_parallel(shared: Stage) -> None:
    """Accounts from before May 2026 sign with the whole text of the secret; both are proven."""
    derivations = "SELECT proof ->> 'derivation' FROM bodies WHERE source = 'parallel' ORDER BY id"
    before = len(rows(shared, derivations))
    for legacy in (False, True):
        sender = replace(shared.senders["parallel"], legacy_key=legacy)
        assert await sender.send({"type": "monitor.execution.completed", "data": {}}) == 200
    new = [one for (one,) in rows(shared, derivations)[before:]]
    assert len(set(new)) == 2, "it is not kept which key it was"


async def test_findings_that_cannot_be_fetched_at_first(shared: Stage) -> None:
    """The message goes out with "details pending"; they are fetched later and edited in."""
    monitor = shared.parallel.add_monitor("Which bells rang?")
    await open_channel(shared, "CLATE", f"parallel monitor {monitor}")
    group = shared.parallel.add_findings(monitor, [text("The bell of Ghent.")])
    shared.parallel.fail("events", ServerError(500), Reset(after=False))
    assert await fire(shared.parallel, monitor, group, shared.senders["parallel"]) == 200
    parent = await heard(shared, "CLATE", "pending")
    await shared.slack.wait_for(lambda: bool(parent.edits), timeout_s=30)
    await settled(shared)

    assert "pending" not in parent.text
    (reply,) = [one for one in posts(shared, "CLATE") if one.is_reply]
    assert (reply.thread_ts, "The bell of Ghent." in reply.text) == (parent.ts, True)
    assert len(posts(shared, "CLATE")) == 2


async def test_a_monitor_whose_creation_is_not_confirmed(shared: Stage) -> None:
    """Parallel made it and the answer was cut off: it is found by its mark, not made again."""
    await open_channel(shared, "CMAKE", "surfacedby workspace none")
    before = set(shared.parallel.monitors)
    shared.parallel.fail("create", Reset(after=True))
    told = await ask(shared, "CMAKE", '/monitors create "Which bells rang twice?"')

    (made,) = set(shared.parallel.monitors) - before
    assert made in told
    assert rows(shared, "SELECT subject_id FROM subscriptions WHERE subject_id = ?", made) == [
        (made,)
    ]


async def test_a_storm_while_slack_is_silent(tmp_path: Path) -> None:
    """Fifty a second for four seconds: each is acknowledged within a second and is kept."""
    async with Stage(tmp_path) as stage, ClientSession() as session:
        await open_channel(stage, "C1")
        stage.slack.fail_always("chat.postMessage", Hang(after=False))
        sender = replace(stage.senders["surfacedby"], session=session)

        async def post(number: int) -> tuple[int, bool]:
            await asyncio.sleep(number / 50)
            start = time.monotonic()
            status = await sender.send(scan_failed(f"storm-{number}.example"))
            return status, time.monotonic() - start < 1

        assert await asyncio.gather(*map(post, range(200))) == [(200, True)] * 200
        assert count(stage, "events") == 200
        assert posts(stage, "C1") == []
        assert count(stage, "subscriptions WHERE created_by = ?", USER) == 1
