"""Who is who, what is a channel, and for how long that is remembered."""

from __future__ import annotations

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import DeliveryError
from bot.core.ports import Channel
from bot.core.reasons import Reason
from bot.playground import faults
from bot.playground.slack import SlackStandIn
from bot.slack.directory import Identity, SlackDirectory

TEAM = "T0TOCSIN"


class Ticks:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.seconds


@pytest.fixture
def ticks() -> Ticks:
    """A clock."""
    return Ticks()


@pytest.fixture
def directory(client: AsyncWebClient, ticks: Ticks) -> SlackDirectory:
    """The directory of the running workspace."""
    return SlackDirectory(client, monotonic=ticks)


CHANNELS = [
    ("C1", Channel(id="C1", name="alerts", member=True)),
    ("C2", Channel(id="C2", name="random")),
    ("C3", Channel(id="C3", name="old", member=True, archived=True)),
    ("G1", Channel(id="G1", name="secret", member=True, private=True)),
    ("G2", None),
    ("C9", None),
]


@pytest.mark.parametrize(("channel_id", "expected"), CHANNELS)
async def test_a_channel_is_what_slack_says(
    directory: SlackDirectory, channel_id: str, expected: Channel | None
) -> None:
    """Membership, privacy and archive are told; what we cannot see is None."""
    assert await directory.channel(TEAM, channel_id) == expected


async def test_a_channel_of_ours_is_asked_for_once_a_minute(
    slack: SlackStandIn, directory: SlackDirectory, ticks: Ticks
) -> None:
    """A second question within a minute costs no call, a later one does."""
    for seconds in (0, 59, 2):
        ticks.seconds += seconds
        await directory.channel(TEAM, "C1")

    assert len(slack.calls) == 2


async def test_an_invitation_counts_at_once(slack: SlackStandIn, directory: SlackDirectory) -> None:
    """That we were not in a channel is never remembered."""
    await directory.channel(TEAM, "C2")
    slack.channels["C2"].is_member = True
    channel = await directory.channel(TEAM, "C2")

    assert channel is not None
    assert channel.member


PEOPLE = [("U1", True), ("U2", False), ("U3", False), ("U9", False)]


@pytest.mark.parametrize(("user_id", "expected"), PEOPLE)
async def test_only_full_members_may_change(
    directory: SlackDirectory, user_id: str, expected: bool
) -> None:
    """Guests, people of other workspaces and unknown ones may not."""
    assert await directory.may_change(TEAM, user_id) is expected


STRANGERS = [
    ({"team_id": TEAM, "is_ultra_restricted": True}, False),
    ({"team_id": TEAM, "is_stranger": True}, False),
    ({"team_id": TEAM, "deleted": True}, False),
    ({}, False),
    ({"team_id": "E1", "enterprise_user": {"teams": [TEAM]}}, True),
    ({"team_id": "E1", "enterprise_user": {"teams": ["T9"]}}, False),
    ({"team_id": "E1", "enterprise_user": "odd"}, False),
]


@pytest.mark.parametrize(("user", "expected"), STRANGERS, ids=str)
async def test_marks_of_a_user_decide(
    slack: SlackStandIn, directory: SlackDirectory, user: object, expected: bool
) -> None:
    """People of a large company belong to each of their workspaces."""
    slack.fail("users.info", faults.WrongType({"ok": True, "user": user}))

    assert await directory.may_change(TEAM, "U1") is expected


async def test_without_permission_to_ask_everybody_may(
    slack: SlackStandIn, directory: SlackDirectory
) -> None:
    """The permission is optional, so its absence takes nothing away."""
    slack.world.scopes.discard("users:read")

    assert await directory.may_change(TEAM, "U2")


async def test_an_unreachable_slack_is_no_leave(
    slack: SlackStandIn, directory: SlackDirectory
) -> None:
    """Not knowing is an error, and is not remembered."""
    slack.fail("users.info", faults.ServerError(503, "html"))

    with pytest.raises(DeliveryError) as failure:
        await directory.may_change(TEAM, "U1")

    assert failure.value.reason is Reason.SERVER
    assert await directory.may_change(TEAM, "U1")


async def test_a_full_member_is_asked_for_once_and_a_guest_each_time(
    slack: SlackStandIn, directory: SlackDirectory
) -> None:
    """Who was refused and then promoted need not wait."""
    for user_id in ("U1", "U1", "U2", "U2"):
        await directory.may_change(TEAM, user_id)

    assert [call.args["user"] for call in slack.calls] == ["U1", "U2", "U2"]


async def test_we_know_ourselves_after_one_question(
    slack: SlackStandIn, directory: SlackDirectory
) -> None:
    """A failed question is asked again, an answered one is not."""
    slack.fail("auth.test", faults.ServerError(500))
    with pytest.raises(DeliveryError):
        await directory.identity()
    assert directory.known_identity is None

    assert await directory.is_bot(TEAM, "U0TOCSIN")
    assert not await directory.is_bot(TEAM, "U1")
    assert directory.known_identity == Identity(
        team_id=TEAM, bot_user_id="U0TOCSIN", bot_id="B0TOCSIN"
    )
    assert len(slack.calls) == 2


@pytest.mark.parametrize("method", ["auth.test", "conversations.info", "users.info"])
async def test_an_answer_of_another_shape_is_an_error(
    slack: SlackStandIn, directory: SlackDirectory, method: str
) -> None:
    """Success without what was asked for is not made up."""
    slack.fail(method, faults.WrongType({"ok": True, "channel": 5, "user": 5}))
    ask = {
        "auth.test": directory.identity(),
        "conversations.info": directory.channel(TEAM, "C1"),
        "users.info": directory.may_change(TEAM, "U1"),
    }
    chosen = ask.pop(method)
    for other in ask.values():
        other.close()

    with pytest.raises(DeliveryError) as failure:
        await chosen

    assert failure.value.reason is Reason.SERVER
