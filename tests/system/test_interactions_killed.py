"""Killed between a press and what it asked for, the bot does it once when it runs again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import ClientError

from bot.playground.slack import Message
from bot.playground.stage import Stage
from tests.system.scene import USER, count, heard, open_channel, rows, scan_failed, settled
from tests.system.test_crashes import restarted_after_the_kill, sabotaged

PRESSING = [
    pytest.param("Requests.accept:after='ack'", marks=pytest.mark.exploration),
    "Requests.claim:after='ack'",
    pytest.param("Messages.mark:before", marks=pytest.mark.exploration),
    pytest.param("Messages.mark:inside", marks=pytest.mark.exploration),
    "Messages.mark:after",
]
MUTING = [
    pytest.param("Requests.claim:after='mute'", marks=pytest.mark.exploration),
    pytest.param("Mutes.put:after", marks=pytest.mark.exploration),
    pytest.param("Messages.mark:after", marks=pytest.mark.exploration),
]
FILLING = [
    pytest.param("Requests.claim:after='form'", marks=pytest.mark.exploration),
    "Subscriptions.add:after",
    pytest.param("Requests.done:after=now hears", marks=pytest.mark.exploration),
]


async def alert(stage: Stage) -> Message:
    """Have an alert stand in C1 and return its message."""
    await open_channel(stage, "C1")
    await stage.senders["surfacedby"].send(scan_failed("acme.example"))
    return await heard(stage, "C1", "acme.example")


async def press(stage: Stage, card: Message, act: str, value: str | None = None) -> None:
    """Press a button; the bot may be gone before it says that it has heard."""
    with suppress(ClientError):
        await stage.slack.action(stage.slack_url, card, act, USER, value=value)
    await restarted_after_the_kill(stage)
    await settled(stage)


@pytest.mark.parametrize("point", PRESSING)
async def test_an_acknowledgement(tmp_path: Path, point: str) -> None:
    """However far it got: one mark, and the card is edited once to show it."""
    async with sabotaged(tmp_path, point, 1) as stage:
        card = await alert(stage)
        await press(stage, card, "ack")
        ((marks,),) = rows(stage, "SELECT marks FROM notifications")

        assert marks.count('"by"') == 1
        assert card.text.count("Acknowledged this") == 1
        assert len(card.edits) == 1
        assert len(stage.slack.answers("C1", USER)) == 1  # to the subscription alone


@pytest.mark.parametrize("point", MUTING)
async def test_a_mute(tmp_path: Path, point: str) -> None:
    """It ends an hour after it was asked for, whenever it was done, and is shown once."""
    async with sabotaged(tmp_path, point, 1) as stage:
        card = await alert(stage)
        await press(stage, card, "menu", "mute 1h")
        ((asked, until),) = rows(
            stage,
            "SELECT received_at, until FROM requests, mutes WHERE requests.name = 'mute'",
        )

        assert until - asked == pytest.approx(3600)
        assert len(card.edits) == 1


@pytest.mark.parametrize("point", FILLING)
async def test_a_submitted_form(tmp_path: Path, point: str) -> None:
    """One subscription, and the open modal says so."""
    async with sabotaged(tmp_path, point, 1) as stage:
        stage.slack.add_channel("C1", "alerts")
        stage.slack.add_user(USER, "ada")
        await stage.slack.command(stage.slack_url, "/alerts subscribe", channel="C1", user=USER)
        await stage.slack.wait_for(lambda: "alerts.subscribe" in str(stage.slack.views))
        (view,) = stage.slack.views.values()
        await stage.slack.submit(stage.slack_url, view["id"], None, USER)
        await restarted_after_the_kill(stage)
        await settled(stage)

        assert count(stage, "subscriptions") == 1
        (shown,) = stage.slack.views.values()
        assert " now hears " in str(shown)
