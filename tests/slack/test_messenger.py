"""Messages are posted, edited and found again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.alerts import Alert, Thread
from bot.core.errors import DeliveryError
from bot.core.notifications import Form
from bot.core.reasons import Reason
from bot.playground import faults
from bot.playground.faults import Fault
from bot.playground.slack import SlackStandIn
from bot.slack.messenger import SlackMessenger
from tests.slack.making import ALERT, notification


@pytest.fixture
def messenger(client: AsyncWebClient) -> SlackMessenger:
    """The messenger of the running workspace."""
    return SlackMessenger(client)


async def _reason(awaitable: Any) -> Reason:
    with pytest.raises(DeliveryError) as failure:
        await awaitable
    return failure.value.reason


async def test_a_post_is_in_the_channel(slack: SlackStandIn, messenger: SlackMessenger) -> None:
    """Its timestamp is returned, and its arguments are those that keep it inert."""
    ts = await messenger.post(notification())

    (message,) = slack.channels["C1"].messages
    args = slack.calls[-1].args
    assert message.ts == ts
    assert message.metadata is not None
    assert message.metadata["event_payload"] == {"delivery_id": "d1"}
    assert (args["unfurl_links"], args["unfurl_media"], args["parse"]) == (False, False, "none")
    assert "link_names" not in args


async def test_a_reply_is_in_the_thread(slack: SlackStandIn, messenger: SlackMessenger) -> None:
    """A notification with a parent goes under it."""
    parent_ts = await messenger.post(notification())
    ts = await messenger.post(notification(delivery_id="d2", parent_ts=parent_ts))

    assert [reply.ts for reply in slack.channels["C1"].replies(parent_ts)] == [ts]


@pytest.mark.parametrize("thread", Thread)
async def test_a_reply_is_broadcast_only_where_it_is_wanted(
    slack: SlackStandIn, messenger: SlackMessenger, thread: Thread
) -> None:
    """Slack takes the wish with a reply; a first message and an edit have no use for it."""
    parent_ts = await messenger.post(notification(thread=thread))
    ts = await messenger.post(notification(delivery_id="d2", parent_ts=parent_ts, thread=thread))
    await messenger.edit(notification(ts=ts, parent_ts=parent_ts, thread=thread))

    asked = ["reply_broadcast" in call.args for call in slack.calls]
    assert asked == [False, thread is Thread.BROADCAST, False]


async def test_an_edit_replaces_everything(slack: SlackStandIn, messenger: SlackMessenger) -> None:
    """Text, blocks and metadata change together, and nothing is unfurled."""
    ts = await messenger.post(notification())
    await messenger.edit(notification(Alert(title="Done"), ts=ts))

    (message,) = slack.channels["C1"].messages
    args = slack.calls[-1].args
    assert (message.text, len(message.edits)) == ("Done", 1)
    assert message.blocks[0]["type"] == "rich_text"
    assert message.metadata is not None
    assert message.metadata["event_payload"] == {"delivery_id": "d1"}
    assert (args["unfurl_links"], args["unfurl_media"], args["parse"]) == (False, False, "none")


async def test_a_plain_edit_keeps_the_family(
    slack: SlackStandIn, messenger: SlackMessenger
) -> None:
    """The fallback of a message with blocks is not refused as another family."""
    ts = await messenger.post(notification())
    await messenger.edit(notification(Alert(title="Done"), ts=ts, form=Form.PLAIN))

    assert slack.channels["C1"].messages[0].text == "Done"


async def test_a_plain_post_has_no_blocks(slack: SlackStandIn, messenger: SlackMessenger) -> None:
    """Where blocks were refused, the words go alone."""
    await messenger.post(notification(form=Form.PLAIN))

    assert slack.channels["C1"].messages[0].blocks == []


@pytest.mark.parametrize(
    ("channel_id", "reason"),
    [("C2", Reason.CHANNEL), ("C3", Reason.CHANNEL), ("G2", Reason.CHANNEL)],
)
async def test_a_closed_channel_is_named_so(
    messenger: SlackMessenger, channel_id: str, reason: Reason
) -> None:
    """Not a member, archived, or not visible: the channel does not take it."""
    assert await _reason(messenger.post(notification(channel_id=channel_id))) is reason


async def test_a_vanished_parent_is_a_matter_of_the_thread(messenger: SlackMessenger) -> None:
    """The reply is refused, not the channel."""
    assert await _reason(messenger.post(notification(parent_ts="1.0"))) is Reason.THREAD


async def test_a_vanished_message_cannot_be_edited(messenger: SlackMessenger) -> None:
    """The message is gone, so it has to be posted anew."""
    assert await _reason(messenger.edit(notification(ts="1.0"))) is Reason.MESSAGE
    assert await _reason(messenger.edit(notification())) is Reason.MESSAGE


@pytest.mark.parametrize(
    "body", [{"ok": True}, {"ok": True, "ts": 5}, {"ok": True, "ts": ""}], ids=str
)
async def test_a_success_without_timestamp_is_ambiguous(
    slack: SlackStandIn, messenger: SlackMessenger, body: object
) -> None:
    """It may be there, and only a look can tell."""
    slack.fail("chat.postMessage", faults.WrongType(body))

    assert await _reason(messenger.post(notification())) is Reason.SERVER


AFTER: list[Fault] = [
    faults.Reset(after=True),
    faults.CloseWithoutAnswer(after=True),
    faults.HalfBody(after=True),
    faults.Hang(5, after=True),
]


@pytest.mark.parametrize("fault", AFTER, ids=str)
async def test_a_lost_answer_leaves_one_message_that_is_found(
    slack: SlackStandIn, messenger: SlackMessenger, fault: Fault
) -> None:
    """The SDK does not send again, and the look-up returns what Slack has."""
    slack.fail("chat.postMessage", fault)
    wanted = notification()
    await _reason(messenger.post(wanted))

    (message,) = slack.channels["C1"].messages
    assert await messenger.find(wanted) == message.ts


async def test_what_was_not_posted_is_not_found(
    slack: SlackStandIn, messenger: SlackMessenger
) -> None:
    """Neither other deliveries nor people's messages are taken for it."""
    await messenger.post(notification(delivery_id="other"))
    slack.say("C1", "U1", "d1")

    assert await messenger.find(notification()) is None


async def test_a_reply_is_found_in_its_thread(
    slack: SlackStandIn, messenger: SlackMessenger
) -> None:
    """Replies do not stand in the channel's history."""
    parent_ts = await messenger.post(notification())
    reply = notification(delivery_id="d2", parent_ts=parent_ts)
    ts = await messenger.post(reply)

    assert await messenger.find(reply) == ts


async def test_late_history_shows_the_message_on_a_later_look(
    slack: SlackStandIn, messenger: SlackMessenger
) -> None:
    """None means not there yet; the next look has it."""
    slack.history_delay_reads = 2
    ts = await messenger.post(notification())

    looks = [await messenger.find(notification()) for _ in range(3)]

    assert looks == [None, None, ts]


async def test_the_look_goes_back_to_the_first_try_and_not_further(
    slack: SlackStandIn, messenger: SlackMessenger
) -> None:
    """Ten seconds of clock difference are allowed for."""
    ts = await messenger.post(notification())
    posted = slack.channels["C1"].messages[0].at

    just = notification(attempted_at=posted + timedelta(seconds=9))
    later = notification(attempted_at=posted + timedelta(seconds=12))

    assert await messenger.find(just) == ts
    assert await messenger.find(later) is None


async def test_a_busy_channel_is_read_page_by_page(
    slack: SlackStandIn, messenger: SlackMessenger
) -> None:
    """Two hundred newer messages do not hide it, and a thousand end the search."""
    ts = await messenger.post(notification())
    for _ in range(250):
        slack.say("C1", "U1", "chatter")
    found = await messenger.find(notification())
    reads = len(slack.calls)
    for _ in range(1_000):
        slack.say("C1", "U1", "chatter")

    assert found == ts
    assert await messenger.find(notification()) is None
    assert len(slack.calls) - reads == 5


async def test_without_permission_to_read_it_cannot_be_found(
    slack: SlackStandIn, messenger: SlackMessenger
) -> None:
    """That is said, and not taken for "not there"."""
    slack.world.scopes.discard("channels:history")

    assert await _reason(messenger.find(notification())) is Reason.SCOPE


async def test_a_direct_message_is_posted_and_cannot_be_found_or_edited(
    slack: SlackStandIn, messenger: SlackMessenger
) -> None:
    """Slack takes a person's id for posting only."""
    ts = await messenger.post(notification(ALERT, channel_id="U1"))

    assert [message.ts for message in slack.channels["D1"].messages] == [ts]
    assert await _reason(messenger.find(notification(channel_id="U1"))) is Reason.SCOPE
    assert await _reason(messenger.edit(notification(channel_id="U1", ts=ts))) is Reason.MESSAGE


@pytest.mark.parametrize(
    "messages",
    [None, "x", [1, None, "x"], [{"metadata": 5}], [{"metadata": {"event_payload": []}}]],
    ids=str,
)
async def test_odd_history_is_no_match(
    slack: SlackStandIn, messenger: SlackMessenger, messages: object
) -> None:
    """Messages of other shapes are passed over."""
    answer = {"ok": True, "messages": messages, "response_metadata": "x"}
    slack.fail("conversations.history", faults.WrongType(answer))

    assert await messenger.find(notification()) is None
