"""Slack's events: greeting a channel, and channels that come back."""

from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import DeliveryError
from bot.core.reasons import Reason
from bot.core.requests import Request
from tests.commands.conftest import Desk
from tests.commands.fakes import NOW


def _event(desk: Desk, name: str, **payload: Any) -> Request:
    return desk.request(name, kind="event", channel_id="", user_id="", payload=payload)


async def _hear(desk: Desk, request: Request) -> None:
    assert await desk.commands(monitors=None).run(request) is None


async def test_bot_greets_the_channel_it_joins(desk: Desk) -> None:
    """One short message: what is posted, how to begin and how to stop; nothing is held."""
    await _hear(desk, _event(desk, "member_joined_channel", user="UBOT", channel="C1"))

    ((address, draft),) = desk.outbox.drafts.items()
    assert address == ("C1", "welcome:C1:2026-08-17")
    assert draft.team_id == "T1"
    assert "/alerts subscribe" in draft.alert.text
    assert "/alerts unsubscribe" in draft.alert.text
    assert len(draft.alert.text.splitlines()) <= 4
    assert desk.outbox.released == ["C1"]


async def test_greeting_is_once_a_day_however_late(desk: Desk) -> None:
    """Done again after midnight it is still the greeting of the day it was asked."""
    request = _event(desk, "member_joined_channel", user="UBOT", channel="C1")
    await _hear(desk, request)
    await _hear(desk, request.model_copy(update={"attempts": 2}))
    next_day = {"received_at": NOW + timedelta(days=1)}
    await _hear(desk, request.model_copy(update=next_day))

    assert [key for _, key in desk.outbox.drafts] == [
        "welcome:C1:2026-08-17",
        "welcome:C1:2026-08-18",
    ]


async def test_people_join_without_a_word(desk: Desk) -> None:
    """Only the bot's own arrival is news."""
    await _hear(desk, _event(desk, "member_joined_channel", user="U1", channel="C1"))

    assert desk.outbox.drafts == {}
    assert desk.outbox.released == []


@pytest.mark.parametrize("name", ["channel_unarchive", "group_unarchive"])
async def test_unarchived_channel_is_released(desk: Desk, name: str) -> None:
    """What was kept back may go."""
    await _hear(desk, _event(desk, name, channel="C1", user="U1"))

    assert desk.outbox.released == ["C1"]


@pytest.mark.parametrize("payload", [{}, {"channel": 7}, {"channel": {"id": "C1"}}])
@pytest.mark.parametrize("name", ["channel_unarchive", "member_joined_channel", "app_mention"])
async def test_odd_events_mean_nothing(desk: Desk, name: str, payload: dict[str, Any]) -> None:
    """Events without a channel, or that we do not know, are passed over."""
    await _hear(desk, _event(desk, name, **payload))

    assert desk.outbox.released == []


async def test_silent_slack_leaves_the_event_undone(desk: Desk) -> None:
    """There is nobody to tell, so the error goes to whoever will try again."""
    desk.directory.error = DeliveryError(Reason.UNREACHABLE)

    with pytest.raises(DeliveryError):
        await _hear(desk, _event(desk, "member_joined_channel", user="UBOT", channel="C1"))
