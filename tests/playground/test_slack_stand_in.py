"""The Web API of the stand-in takes what the real client writes, as Slack does."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import SlackStandIn

RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "Hi"}]}],
}
SECTION = {"type": "section", "text": {"type": "plain_text", "text": "Hi"}}
METADATA = {"event_type": "delivery", "event_payload": {"delivery_id": "d1"}}


async def _refused(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as raised:
        await call
    return str(raised.value.response["error"])


async def test_auth_names_the_bot(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """auth.test, sent with everything in the query, says who we are and what we may."""
    answer = await client.auth_test()

    assert answer["user_id"] == slack.team.bot_user_id
    assert answer["team_id"] == "T0TOCSIN"
    assert "chat:write" in answer.headers["x-oauth-scopes"]


async def test_tokens_are_checked(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """No token, a wrong one and a revoked one each have their error."""
    url = slack.api_url
    assert await _refused(AsyncWebClient("", base_url=url).auth_test()) == "not_authed"
    assert await _refused(AsyncWebClient("xoxb-x", base_url=url).auth_test()) == "invalid_auth"

    slack.refuse_token("token_revoked")
    assert await _refused(client.auth_test()) == "token_revoked"

    slack.accept_token()
    assert (await client.auth_test())["ok"]


async def test_a_post_is_kept_as_sent(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """Text, blocks and metadata are stored; client_msg_id does not make a post unique."""
    message: dict[str, Any] = {
        "text": "Hi",
        "blocks": [RICH],
        "metadata": METADATA,
        "client_msg_id": "same",
    }
    first = await client.chat_postMessage(channel="C1", **message)
    second = await client.chat_postMessage(channel="C1", **message)

    kept = slack.channels["C1"].messages
    assert [m.ts for m in kept] == [first["ts"], second["ts"]]
    assert first["ts"] < second["ts"]
    assert kept[0].payload == {"text": "Hi", "blocks": [RICH], "metadata": METADATA}
    assert first["message"]["bot_id"] == slack.team.bot_id


async def test_every_encoding_is_understood(slack: SlackStandIn) -> None:
    """A form with blocks as JSON text posts the same message as a JSON body."""
    form = {"channel": "C1", "text": "Hi", "blocks": '[{"type": "divider"}]'}
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        url = f"{slack.api_url}chat.postMessage"
        assert (await (await session.post(url, data=form)).json())["ok"]
        assert (await (await session.get(url, params=form)).json())["ok"]
        refused = await (await session.post(url, data={**form, "blocks": "["})).json()

    assert [m.blocks for m in slack.channels["C1"].messages] == [[{"type": "divider"}]] * 2
    assert refused["error"] == "invalid_blocks"


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C2", "not_in_channel"),
        ("C3", "is_archived"),
        ("G2", "channel_not_found"),
        ("C9", "channel_not_found"),
    ],
)
async def test_only_members_post(
    slack: SlackStandIn, client: AsyncWebClient, channel: str, error: str
) -> None:
    """A private channel we are not in looks like one that does not exist."""
    assert await _refused(client.chat_postMessage(channel=channel, text="Hi")) == error
    assert slack.calls[-1].outcome == error
    assert slack.post_times(channel) == []


async def test_a_person_is_reached_by_id(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """A post to a user id opens one direct message, whose own id then works as well."""
    first = await client.chat_postMessage(channel="U1", text="Hi")
    again = await client.chat_postMessage(channel=first["channel"], text="Hi")

    assert first["channel"] == again["channel"] == "D1"
    assert len(slack.channels["D1"].messages) == 2


async def test_limits_have_slacks_names(client: AsyncWebClient) -> None:
    """A block beyond its limit is refused with a pointer to it, a long text by its own name."""
    bad = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    with pytest.raises(SlackApiError) as raised:
        await client.chat_postMessage(channel="C1", text="Hi", blocks=[SECTION, bad])
    answer = raised.value.response

    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == ["151 characters, at most 150 [json-pointer:/blocks/1/text]"]
    assert answer["response_metadata"]["messages"][0].startswith("[ERROR] 151 characters")
    too_long = client.chat_postMessage(channel="C1", text="x" * 4_001)
    assert await _refused(too_long) == "msg_too_long"


async def test_replies_need_a_parent(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """Neither an unknown message nor a reply is a parent, unless that rule is lifted."""
    parent = (await client.chat_postMessage(channel="C1", text="Parent"))["ts"]
    reply = (await client.chat_postMessage(channel="C1", text="Reply", thread_ts=parent))["ts"]
    for ts in (reply, "1.0"):
        call = client.chat_postMessage(channel="C1", text="Hi", thread_ts=ts)
        assert await _refused(call) == "thread_not_found"
    slack.world.unknown_parent = None
    await client.chat_postMessage(channel="C1", text="Hi", thread_ts="1.0")

    assert [m.ts for m in slack.channels["C1"].replies(parent)] == [reply]


async def test_an_update_keeps_the_former_version(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """Text alone takes the blocks away; metadata that is not mentioned stays."""
    post: dict[str, Any] = {"text": "Old", "blocks": [RICH], "metadata": METADATA}
    ts = (await client.chat_postMessage(channel="C1", **post))["ts"]
    await client.chat_update(channel="C1", ts=ts, text="New")
    (message,) = slack.channels["C1"].messages

    assert message.payload == {"text": "New", "blocks": [], "metadata": METADATA}
    assert [(v.text, v.blocks) for v in message.edits] == [("Old", [RICH])]
    await client.chat_update(channel="C1", ts=ts, text="New", metadata={})
    assert message.metadata is None


@pytest.mark.parametrize(("first", "second"), [(RICH, SECTION), (SECTION, RICH)])
async def test_blocks_keep_their_family(
    client: AsyncWebClient, first: dict[str, Any], second: dict[str, Any]
) -> None:
    """Rich text is replaced by rich text only, and other blocks by other blocks only."""
    ts = (await client.chat_postMessage(channel="C1", text="Hi", blocks=[first]))["ts"]
    where = {"channel": "C1", "ts": ts, "text": "Hi"}

    assert await _refused(client.chat_update(blocks=[second], **where)) == "block_mismatch"
    assert (await client.chat_update(blocks=[first, first], **where))["ok"]


async def test_only_our_own_messages_change(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """A person's message is theirs, an unknown one is not found, an archive is frozen."""
    theirs: dict[str, Any] = {"channel": "C1", "ts": slack.say("C1", "U1", "Hello").ts}

    assert await _refused(client.chat_update(text="x", **theirs)) == "cant_update_message"
    assert await _refused(client.chat_delete(**theirs)) == "cant_delete_message"
    unknown = client.chat_update(channel="C1", ts="1.0", text="x")
    assert await _refused(unknown) == "message_not_found"
    frozen = client.chat_update(channel="C3", ts="1.0", text="x")
    assert await _refused(frozen) == "is_inactive"


async def test_a_deleted_parent_leaves_a_tombstone(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """Nothing remains of a lone message; of a parent a tombstone, which takes no replies."""
    lone = (await client.chat_postMessage(channel="C1", text="Lone"))["ts"]
    parent = (await client.chat_postMessage(channel="C1", text="Parent"))["ts"]
    await client.chat_postMessage(channel="C1", text="Reply", thread_ts=parent)
    for ts in (lone, parent):
        await client.chat_delete(channel="C1", ts=ts)

    assert [m.deleted for m in slack.channels["C1"].messages] == [True, False]
    reply = client.chat_postMessage(channel="C1", text="Late", thread_ts=parent)
    assert await _refused(reply) == "thread_not_found"


async def test_an_ephemeral_is_for_one_person(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """It is no message of the channel, and strangers cannot get one."""
    await client.chat_postEphemeral(channel="C1", user="U1", text="Psst")
    stranger = client.chat_postEphemeral(channel="C1", user="U9", text="Psst")

    assert [m.text for m in slack.answers("C1", "U1")] == ["Psst"]
    assert slack.answers("C1", "U2") == slack.channels["C1"].messages == []
    assert await _refused(stranger) == "user_not_in_channel"
