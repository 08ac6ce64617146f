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


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({"is_admin": True}, True),
        ({"is_owner": True}, True),
        ({"is_primary_owner": True}, True),
        ({"is_admin": "yes"}, False),
        ({"is_admin": True, "is_stranger": True}, False),
        ({"is_admin": True, "deleted": True}, False),
        ({"is_admin": True, "team_id": "T9"}, False),
        ({}, False),
    ],
    ids=str,
)
async def test_admins_and_owners_of_this_workspace_are_admins(
    slack: SlackStandIn, directory: SlackDirectory, marks: dict[str, object], expected: bool
) -> None:
    """Those of another workspace administer nothing here."""
    user = {"team_id": TEAM, **marks}
    slack.fail("users.info", faults.WrongType({"ok": True, "user": user}))

    assert await directory.is_admin(TEAM, "U1") is expected


async def test_the_stand_in_has_admins_and_owners(
    slack: SlackStandIn, directory: SlackDirectory
) -> None:
    """Marked when they are added, in the fields that Slack uses."""
    slack.add_user("UADM", "ann", admin=True)
    slack.add_user("UOWN", "otto", owner=True)
    slack.add_user("UMEM", "mia")

    found = [await directory.is_admin(TEAM, one) for one in ("UADM", "UOWN", "UMEM", "U9")]

    assert found == [True, True, False, False]


async def test_an_admin_is_asked_for_once_and_a_member_each_time(
    slack: SlackStandIn, directory: SlackDirectory
) -> None:
    """One question tells both what a person is; only good news is remembered."""
    slack.add_user("UADM", "ann", admin=True)
    slack.add_user("UMEM", "mia")
    for user_id in ("UADM", "UADM", "UMEM", "UMEM"):
        await directory.may_change(TEAM, user_id)
        await directory.is_admin(TEAM, user_id)

    assert [call.args["user"] for call in slack.calls] == ["UADM", "UMEM", "UMEM", "UMEM"]


async def test_without_permission_to_ask_nobody_is_admin(
    slack: SlackStandIn, directory: SlackDirectory
) -> None:
    """What takes nothing away from members gives nothing to them, either."""
    slack.add_user("UADM", "ann", admin=True)
    slack.world.scopes.discard("users:read")

    assert not await directory.is_admin(TEAM, "UADM")


async def test_an_unreachable_slack_makes_no_admin(
    slack: SlackStandIn, directory: SlackDirectory
) -> None:
    """Not knowing is an error."""
    slack.fail("users.info", faults.ServerError(503, "html"))

    with pytest.raises(DeliveryError):
        await directory.is_admin(TEAM, "U1")


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


async def test_private_channels_are_those_that_are_shared(
    slack: SlackStandIn, directory: SlackDirectory
) -> None:
    """A person is told the names of private channels that both are in, and of no other."""
    slack.channels["G1"].people = frozenset({"U1"})
    slack.add_channel("G3", "both", private=True)

    assert await directory.private_channels(TEAM, "U1") == {"G1", "G3"}
    assert await directory.private_channels(TEAM, "U2") == {"G3"}


async def test_who_left_a_private_channel_is_told_no_more(
    slack: SlackStandIn, directory: SlackDirectory
) -> None:
    """Membership is asked for each time, and never remembered."""
    slack.channels["G1"].people = frozenset({"U1"})
    before = await directory.private_channels(TEAM, "U1")
    slack.channels["G1"].people = frozenset()

    assert "G1" in before
    assert "G1" not in await directory.private_channels(TEAM, "U1")


async def test_many_private_channels_are_asked_for_page_by_page(
    slack: SlackStandIn, directory: SlackDirectory
) -> None:
    """More than one page of Slack's is read to its end."""
    for number in range(450):
        slack.add_channel(f"GX{number}", f"x{number}", private=True)

    assert len(await directory.private_channels(TEAM, "U1")) == 451


async def test_private_channels_of_whom_slack_does_not_tell(
    slack: SlackStandIn, directory: SlackDirectory
) -> None:
    """An error is an error, and an answer of another shape holds no channel."""
    slack.fail("users.conversations", faults.ServerError(503, "html"))
    with pytest.raises(DeliveryError):
        await directory.private_channels(TEAM, "U1")
    slack.fail("users.conversations", faults.WrongType({"ok": True, "channels": [5, {"id": 5}]}))

    assert await directory.private_channels(TEAM, "U1") == frozenset()
