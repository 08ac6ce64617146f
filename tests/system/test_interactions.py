"""Buttons, menus, forms and shortcuts through the real program, by either way of hearing."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.playground.faults import ApiError, ErrorBody, Hang
from bot.playground.slack import Message
from bot.playground.slack.door import Answer
from bot.playground.stage import Stage
from tests.system import talkative
from tests.system.scene import (
    USER,
    count,
    heard,
    open_channel,
    rows,
    scan_failed,
    settled,
    until,
)
from tests.system.test_storage import locked

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANARY = "canary5c07"
OTHER = "U2"
HELD_S = 1.7
"""Below the two seconds after which the writer gives up and people are told to try again."""


@pytest_asyncio.fixture(params=["http", "socket"], scope="module", loop_scope="module")
async def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """Yield a stage with a talkative bot that hears Slack by the one way, then by the other."""
    folder = tmp_path_factory.mktemp("stage")
    socket_mode = request.param == "socket"
    async with Stage(folder, program=(talkative.__file__,), socket_mode=socket_mode) as one:
        one.slack.add_user(OTHER, "otto")
        yield one


async def alert(stage: Stage, channel: str) -> Message:
    """Have an alert in a channel of its own and return its message."""
    name = channel.lower()
    await open_channel(stage, channel, f"surfacedby workspace {name}")
    await stage.senders["surfacedby"].send(scan_failed(f"{name}.example", workspace=name))
    return await heard(stage, channel, f"{name}.example")


async def view_with(stage: Stage, words: str) -> dict[str, Any]:
    """Wait for a modal with these words and return it."""

    def found() -> list[dict[str, Any]]:
        return [one for one in stage.slack.views.values() if words in str(one)]

    await stage.slack.wait_for(lambda: bool(found()), 20)
    return found()[-1]


def taken(answer: Answer) -> bool:
    """Return whether Slack was answered well, and in time."""
    return answer.taken and answer.elapsed_s < 3


async def test_acknowledged_and_muted(both: Stage) -> None:
    """The card says who did what within a second; a repeated press changes nothing."""
    slack, url = both.slack, both.slack_url
    card = await alert(both, "CACK")
    start = time.monotonic()
    assert taken(await slack.action(url, card, "ack", USER))
    await slack.wait_for(lambda: "Acknowledged this" in card.text)
    elapsed_s = time.monotonic() - start
    assert taken(await slack.action(url, card, "menu", OTHER, value="mute 1h"))
    await slack.wait_for(lambda: "Muted SurfacedBy" in card.text)
    edits = len(card.edits)
    assert taken(await slack.shortcut(url, "alert_ack", card, USER))
    await settled(both)

    assert elapsed_s < 1
    assert len(card.edits) == edits
    assert not any(one.get("action_id") == "ack" for each in card.blocks
                   for one in each.get("elements", []))  # fmt: skip
    assert count(both, "mutes WHERE channel_id = 'CACK' AND by = ?", OTHER) == 1
    await slack.shortcut(url, "alert_ack", card, OTHER)
    await slack.wait_for(lambda: bool(slack.answers("CACK", OTHER)))
    assert "acknowledged this already" in slack.answers("CACK", OTHER)[-1].text


async def test_a_form_is_filled_in_corrected_and_submitted(both: Stage) -> None:
    """The mistake stands at its field; then the channel follows, and the modal says so."""
    slack, url = both.slack, both.slack_url
    await open_channel(both, "CFORM", "lytics")
    await slack.command(url, "/alerts subscribe", channel="CFORM", user=USER)
    view = await view_with(both, "alerts.subscribe")
    slack.fill(view, {"filter": "severity>=loud"})
    wrong = await slack.submit(url, view["id"], None, USER)
    slack.fill(view, {"filter": "severity>=error"})
    right = await slack.submit(url, view["id"], None, USER)
    done = await view_with(both, " now hears ")

    assert list(wrong.body["errors"]) == ["filter"]
    assert taken(right)
    assert done["id"] == view["id"]
    assert count(both, "subscriptions WHERE channel_id = 'CFORM'") == 2


async def test_a_modal_that_does_not_open_is_words(both: Stage) -> None:
    """A page is said in the channel, to the person alone; a form asks to try again."""
    slack, url = both.slack, both.slack_url
    card = await alert(both, "CSHUT")
    for fault in ("expired_trigger_id", "internal_error"):
        before = len(slack.answers("CSHUT", USER))
        slack.fail("views.open", ApiError(fault))
        assert taken(await slack.action(url, card, "menu", USER, value="why"))
        await slack.wait_for(lambda n=before: len(slack.answers("CSHUT", USER)) > n)  # type: ignore[misc]
        assert "Its origin was proven by" in slack.answers("CSHUT", USER)[-1].text
    before = len(slack.answers("CSHUT", USER))
    slack.fail("views.open", ApiError("expired_trigger_id"))
    await slack.command(url, "/alerts subscribe", channel="CSHUT", user=USER)
    await slack.wait_for(lambda: len(slack.answers("CSHUT", USER)) > before)

    assert "Please try again" in slack.answers("CSHUT", USER)[-1].text


async def test_while_the_database_is_held(both: Stage) -> None:
    """Everything is acknowledged in time, modals open meanwhile, and each is done once."""
    slack, url = both.slack, both.slack_url
    card = await alert(both, "CHELD")
    await slack.command(url, "/alerts subscribe", channel="CHELD", user=USER)
    view = await view_with(both, "alerts.subscribe")
    with locked(both.database):
        asking = [
            asyncio.create_task(one)
            for one in (
                slack.action(url, card, "ack", USER),
                slack.action(url, card, "menu", USER, value="mute 1d"),
                slack.shortcut(url, "alert_why", card, USER),
                slack.submit(url, view["id"], None, USER),
            )
        ]
        await asyncio.sleep(HELD_S)
        opened = "One moment" in str(slack.views)
    answers = await asyncio.gather(*asking)
    await slack.wait_for(lambda: "Acknowledged" in card.text and "Muted" in card.text)
    await view_with(both, "Its origin was proven by")
    await settled(both)

    assert [taken(one) for one in answers] == [True] * 4
    assert opened
    assert count(both, "mutes WHERE channel_id = 'CHELD'") == 1
    assert count(both, "subscriptions WHERE channel_id = 'CHELD'") == 2


async def test_while_parallel_hangs(both: Stage) -> None:
    """The form is acknowledged at once; one monitor is made, though the answer stayed out."""
    slack, url = both.slack, both.slack_url
    await open_channel(both, "CHANG", "lytics")
    before = len(both.parallel.monitors)
    await slack.command(url, "/monitors create", channel="CHANG", user=USER)
    view = await view_with(both, "monitor.create")
    slack.fill(view, {"query": "Which bells rang?"})
    both.parallel.fail("create", Hang(seconds=1.5, after=True))
    answer = await slack.submit(url, view["id"], None, USER)
    await view_with(both, " now hears of ")
    await settled(both)

    assert answer.taken
    assert answer.elapsed_s < 1
    assert len(both.parallel.monitors) == before + 1
    assert count(both, "subscriptions WHERE channel_id = 'CHANG' AND source = 'parallel'") == 1


async def test_the_home_tab(both: Stage) -> None:
    """Opened it shows the person's channels; a button answers with a new tab."""
    slack, url = both.slack, both.slack_url
    await open_channel(both, "CHOME", "deck type:home.canary")
    await slack.open_home(url, USER)
    await slack.wait_for(lambda: "home.canary" in str(slack.homes.get(USER)))
    ((number,),) = rows(both, "SELECT id FROM subscriptions WHERE channel_id = 'CHOME'")
    home = slack.homes[USER]
    assert taken(await slack.action_in_view(url, home, "alerts.stop", USER, value=str(number)))
    await slack.wait_for(lambda: "no longer hears" in str(slack.homes[USER]))

    assert "home.canary" not in str(slack.homes[USER])
    assert count(both, "subscriptions WHERE channel_id = 'CHOME'") == 0


async def test_a_form_of_the_home_tab(both: Stage) -> None:
    """Refused it comes back as it was filled in; once it is done the tab shows what it changed."""
    slack, url = both.slack, both.slack_url
    await open_channel(both, "CTAB", "lytics")
    slack.add_channel("CNOTOURS", "not-ours", member=False)
    await slack.open_home(url, USER)
    await slack.wait_for(lambda: "CTAB" in str(slack.homes.get(USER)))
    await slack.action_in_view(url, slack.homes[USER], "alerts.open", USER)
    view = await view_with(both, "Tell which channel")
    slack.fill(view, {"channel": "CNOTOURS", "filter": "type:tab.canary"})
    assert taken(await slack.submit(url, view["id"], None, USER))
    again = await view_with(both, "I am not in that channel")
    before = "tab.canary" in str(slack.homes[USER])
    slack.fill(again, {"channel": "CTAB"})
    assert taken(await slack.submit(url, again["id"], None, USER))
    await view_with(both, "Stop it there with")
    await slack.wait_for(lambda: "tab.canary" in str(slack.homes[USER]), 20)

    assert again["id"] == view["id"]
    assert not before
    assert count(both, "subscriptions WHERE channel_id = 'CTAB'") == 2


async def test_unmuted_the_alert_says_so_no_more(both: Stage) -> None:
    """What showed until when it is quiet is edited away."""
    slack, url = both.slack, both.slack_url
    card = await alert(both, "CLOUD")
    assert taken(await slack.action(url, card, "menu", OTHER, value="mute 1h"))
    await slack.wait_for(lambda: "Muted SurfacedBy" in card.text)
    await slack.command(url, "/alerts unmute", channel="CLOUD", user=USER)
    await slack.wait_for(lambda: "Muted SurfacedBy" not in card.text)

    assert count(both, "mutes WHERE channel_id = 'CLOUD'") == 0


async def test_what_is_typed_is_nowhere_when_it_is_done(both: Stage) -> None:
    """Not in the log, however talkative; not in any page of the database file."""
    slack, url = both.slack, both.slack_url
    await open_channel(both, "CSECRET", "lytics")
    await slack.command(url, "/monitors create", channel="CSECRET", user=USER)
    view = await view_with(both, "monitor.create")
    slack.fill(view, {"query": f"{CANARY} is secret", "location": "us"})
    both.parallel.fail("create", ErrorBody(402, {"error": {"message": "pay"}}))
    await slack.submit(url, view["id"], None, USER)
    await slack.wait_for(lambda: "Reference" in str(slack.views) or "pay" in str(slack.views), 20)
    await slack.command(url, "/alerts subscribe", channel="CSECRET", user=USER)
    form = await view_with(both, "alerts.subscribe")
    slack.fill(form, {"filter": f"domain:{CANARY}"})
    await slack.action_in_view(url, form, "alerts.try", USER)
    await slack.wait_for(lambda: "would have been said here" in str(slack.views), 20)
    await settled(both)
    await until(lambda: _checkpointed(both))
    files = [one for one in both.database.parent.iterdir() if one.is_file()]
    left = [one.name for one in files if CANARY.encode() in one.read_bytes()]

    assert left == []
    assert both.bot.log.stat().st_size > 0


def _checkpointed(stage: Stage) -> bool:
    """Return whether all that was written stands in the one file."""
    connection = sqlite3.connect(stage.database, timeout=5)
    try:
        busy: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return busy == 0
    finally:
        connection.close()
