"""Slack answers badly, late or not at all, and each alert is still said once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.playground.faults import (
    ApiError,
    CloseWithoutAnswer,
    Fault,
    HalfBody,
    Hang,
    RateLimited,
    Reset,
    ServerError,
    Text200,
)
from bot.playground.stage import Stage
from tests.system import impatient
from tests.system.scene import (
    count,
    delivery_ids,
    heard,
    open_channel,
    posts,
    rows,
    said,
    scan_failed,
    settled,
    until,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

AMBIGUOUS: dict[str, Fault] = {
    "CRESET": Reset(after=True),
    "CRESETNOT": Reset(after=False),
    "CCLOSE": CloseWithoutAnswer(after=True),
    "CCLOSENOT": CloseWithoutAnswer(after=False),
    "CHANG": Hang(after=True),
    "CHANGNOT": Hang(after=False),
    "CHALF": HalfBody(after=True),
    "CHALFNOT": HalfBody(after=False),
    "CTEXT": Text200(after=True),
    "CTEXTNOT": Text200(after=False),
    "C500": ServerError(500, "text", after=True),
    "C500NOT": ServerError(500, "text"),
    "C503": ServerError(503, "html", after=True),
    "C503NOT": ServerError(503, "html"),
}
CLOSED = ("is_archived", "channel_not_found", "not_in_channel", "is_inactive", "restricted_action")
MARKED = "May repeat an earlier message"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Yield a stage whose bot does not wait long for Slack."""
    folder = tmp_path_factory.mktemp("stage")
    async with Stage(folder, program=(impatient.__file__,)) as one:
        yield one


async def follow(stage: Stage, workspace: str, *channels: str) -> None:
    """Open channels that hear of one workspace, and so of one test."""
    for channel in channels:
        await open_channel(stage, channel, f"surfacedby workspace {workspace}")


async def tell(stage: Stage, workspace: str, site: str) -> None:
    """Let SurfacedBy send an event of a workspace."""
    webhook = scan_failed(site, workspace=workspace)
    assert await stage.senders["surfacedby"].send(webhook) == 200


async def test_answers_that_say_nothing(shared: Stage) -> None:
    """Whether Slack had carried the post out or not: it is looked for, then there once."""
    for channel, fault in AMBIGUOUS.items():
        await follow(shared, "ambiguous", channel)
        shared.slack.fail("chat.postMessage", fault, channel=channel)
    await tell(shared, "ambiguous", "ambiguous.example")
    await settled(shared, timeout_s=60)

    times = {channel: said(shared, channel, "ambiguous.example") for channel in AMBIGUOUS}
    assert times == dict.fromkeys(AMBIGUOUS, 1)
    assert max(delivery_ids(shared).values()) == 1


async def test_a_history_that_lags(shared: Stage) -> None:
    """When a sent message shows too late, it is said at most once more, and marked."""
    await follow(shared, "late", "CLATE")
    shared.slack.history_delay_reads = 3
    shared.slack.fail("chat.postMessage", Reset(after=True), channel="CLATE")
    await tell(shared, "late", "late.example")
    await until(lambda: said(shared, "CLATE", "late.example") == 2)
    shared.slack.history_delay_reads = 0

    assert MARKED in posts(shared, "CLATE")[1].text
    assert MARKED not in posts(shared, "CLATE")[0].text


async def test_a_history_we_may_not_read(shared: Stage) -> None:
    """Without the permission to look, losing is worse than repeating: once more, and marked."""
    await follow(shared, "blind", "CBLIND")
    shared.slack.world.scopes.discard("channels:history")
    shared.slack.fail("chat.postMessage", Reset(after=True), channel="CBLIND")
    await tell(shared, "blind", "blind.example")
    await until(lambda: said(shared, "CBLIND", "blind.example") == 2)
    shared.slack.world.scopes.add("channels:history")

    assert [MARKED in one.text for one in posts(shared, "CBLIND")] == [False, True]


async def test_channels_that_do_not_take_it(shared: Stage) -> None:
    """Each is held and its creator told once; others hear; invited back, all is said once."""
    channels = {error: f"C{error.replace('_', '').upper()}" for error in CLOSED}
    await follow(shared, "held", *channels.values(), "COPEN")
    for error, channel in channels.items():
        shared.slack.fail_always("chat.postMessage", ApiError(error), channel=channel)
    await tell(shared, "held", "held-one.example")
    await heard(shared, "COPEN", "held-one.example")
    held = "subscriptions WHERE held IS NOT NULL"
    await until(lambda: count(shared, held) == len(CLOSED))
    await tell(shared, "held", "held-two.example")
    await heard(shared, "COPEN", "held-two.example")
    await settled(shared)

    notices = [one.text for one in posts(shared, "D1") if "kept back" in one.text]
    names = [f"#name-{channel.lower()}" for channel in channels.values()]
    assert sorted(names) == sorted(n for n in names for text in notices if f"{n} " in text)
    shared.slack.heal("chat.postMessage")
    for channel in channels.values():
        assert said(shared, channel, "held-") == 0
        await shared.slack.invite_bot(channel, shared.slack_url)
    await until(lambda: all(said(shared, one, "held-two") == 1 for one in channels.values()))
    await settled(shared)
    for channel in channels.values():
        backlog = [one.text for one in posts(shared, channel) if "held-" in one.text]
        assert ["held-one.example" in backlog[0], "held-two.example" in backlog[1]] == [True, True]
        assert len(backlog) == 2
    assert count(shared, held) == 0


async def test_a_card_of_a_closed_channel(shared: Stage) -> None:
    """What it could not be told is shown once the channel is back, and not only in words."""
    await open_channel(shared, "CCARD", "surfacedby workspace card type:scan.*")
    scan = scan_failed("card.example", workspace="card")
    begun = {**scan, "id": "evt_card_begun", "type": "scan.progress"}
    assert await shared.senders["surfacedby"].send(begun) == 200
    card = await heard(shared, "CCARD", "card.example: 0 %")
    await settled(shared)
    for method in ("chat.postMessage", "chat.update"):
        shared.slack.fail_always(method, ApiError("is_archived"), channel="CCARD")
    assert await shared.senders["surfacedby"].send(scan) == 200
    refused = "notifications WHERE channel_id = 'CCARD' AND state = 'sent' AND reason = 'channel'"
    await until(lambda: count(shared, refused) == 1)
    for method in ("chat.postMessage", "chat.update"):
        shared.slack.heal(method)
    assert "failed" not in posts(shared, "CCARD")[0].text

    await shared.slack.invite_bot("CCARD", shared.slack_url)
    await until(lambda: "Scan of card.example failed" in posts(shared, "CCARD")[0].text)
    await settled(shared)
    assert posts(shared, "CCARD")[0].ts == card.ts
    assert said(shared, "CCARD", "0 %") == 1  # what it said first, at the head of its thread


async def test_blocks_that_slack_refuses(shared: Stage) -> None:
    """The same words go out as plain text, at once and once."""
    await follow(shared, "plain", "CPLAIN")
    shared.slack.fail("chat.postMessage", ApiError("invalid_blocks"), channel="CPLAIN")
    await tell(shared, "plain", "plain.example")
    message = await heard(shared, "CPLAIN", "plain.example")

    assert message.blocks == []
    assert len(posts(shared, "CPLAIN")) == 1


async def test_an_error_nobody_knows(shared: Stage) -> None:
    """It is tried again after five seconds, give or take a fifth, and then thirty."""
    await follow(shared, "strange", "CSTRANGE")
    shared.slack.fail("chat.postMessage", *[ApiError("brand_new_error")] * 2, channel="CSTRANGE")
    await tell(shared, "strange", "strange.example")
    waits = """
        SELECT n.reason, n.not_before - MAX(a.at)
        FROM notifications n JOIN attempts a ON a.notification_id = n.id
        WHERE n.channel_id = 'CSTRANGE' AND n.state = 'pending' GROUP BY n.id HAVING COUNT(*) = ?
    """
    for attempts, seconds in ((1, 5), (2, 30)):
        await until(lambda tried=attempts: bool(rows(shared, waits, tried)))  # type: ignore[misc]
        ((reason, wait_s),) = rows(shared, waits, attempts)
        assert reason == "unknown"
        assert seconds * 0.8 - 1 <= wait_s <= seconds * 1.2


async def test_a_rate_limit_outlives_a_restart(tmp_path: Path) -> None:
    """The time that Slack named is stored: killed and started again, the bot keeps to it."""
    async with Stage(tmp_path) as stage:
        await follow(stage, "any", "C1")
        stage.slack.fail("chat.postMessage", RateLimited("6"))
        await tell(stage, "any", "limited.example")
        await until(lambda: count(stage, "lanes WHERE reason = 'rate_limited'") == 1)
        await stage.bot.kill()
        await stage.bot.start()
        await heard(stage, "C1", "limited.example")

        tries = [one.at for one in stage.slack.calls if one.method == "chat.postMessage"]
        assert len(tries) == 2
        assert tries[1] - tries[0] >= timedelta(seconds=6)


async def test_a_token_that_is_refused(tmp_path: Path) -> None:
    """No try is used up and nothing is dropped: the whole workspace waits for a minute."""
    async with Stage(tmp_path) as stage:
        await follow(stage, "any", "C1", "C2")
        stage.slack.refuse_token()
        await tell(stage, "any", "revoked.example")
        await until(lambda: count(stage, "lanes WHERE reason = 'installation'") == 1)
        await until(lambda: count(stage, "notifications WHERE attempts = 0") == 2)
        states = rows(stage, "SELECT DISTINCT state FROM notifications")
        ((channel, left_s),) = rows(
            stage, "SELECT channel_id, blocked_until - CAST(strftime('%s') AS REAL) FROM lanes"
        )
        assert states == [("pending",)]
        assert channel == "", "it is not one channel that is at fault"
        assert 50 < left_s < 61
