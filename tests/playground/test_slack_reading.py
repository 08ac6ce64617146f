"""What the stand-in tells the real client: history, people, addresses, views."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import SlackStandIn

SECTION = {"type": "section", "text": {"type": "plain_text", "text": "Hi"}}
METADATA = {"event_type": "delivery", "event_payload": {"delivery_id": "d1"}}


async def _refused(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as raised:
        await call
    return str(raised.value.response["error"])


async def _history(client: AsyncWebClient, **args: Any) -> list[str]:
    answer = await client.conversations_history(channel="C1", **args)
    return [message["text"] for message in answer["messages"]]


async def test_history_shows_what_the_channel_shows(client: AsyncWebClient) -> None:
    """Newest first, without replies except those that were broadcast."""
    parent = (await client.chat_postMessage(channel="C1", text="Parent"))["ts"]
    thread = {"channel": "C1", "thread_ts": parent}
    await client.chat_postMessage(text="Quiet", **thread)
    await client.chat_postMessage(text="Loud", reply_broadcast=True, **thread)
    replies = await client.conversations_replies(channel="C1", ts=parent)

    assert await _history(client) == ["Loud", "Parent"]
    assert [m["text"] for m in replies["messages"]] == ["Parent", "Quiet", "Loud"]
    assert replies["messages"][0]["reply_count"] == 2
    missing = client.conversations_replies(channel="C1", ts="1.0")
    assert await _refused(missing) == "thread_not_found"


async def test_history_is_cut_by_time_and_page(client: AsyncWebClient) -> None:
    """Bounds exclude themselves unless inclusive; cursors lead through all pages."""
    texts = ["a", "b", "c", "d"]
    posts = [await client.chat_postMessage(channel="C1", text=text) for text in texts]
    bounds = {"oldest": posts[0]["ts"], "latest": posts[2]["ts"]}
    found = await client.conversations_history(channel="C1", limit=3)
    pages = [[m["text"] for m in page["messages"]] async for page in found]

    assert pages == [["d", "c", "b"], ["a"]]
    assert await _history(client, **bounds) == ["b"]
    assert await _history(client, **bounds, inclusive=True) == ["c", "b", "a"]
    assert await _refused(_history(client, cursor="?")) == "invalid_cursor"
    assert await _refused(_history(client, oldest="noon")) == "invalid_ts_oldest"


async def test_metadata_comes_when_asked_for(client: AsyncWebClient) -> None:
    """Without include_all_metadata history tells the event type only."""
    await client.chat_postMessage(channel="C1", text="Hi", metadata=METADATA)
    short = await client.conversations_history(channel="C1")
    full = await client.conversations_history(channel="C1", include_all_metadata=True)

    assert short["messages"][0]["metadata"] == {"event_type": "delivery"}
    assert full["messages"][0]["metadata"] == METADATA


async def test_history_needs_scope_and_membership(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """Each kind of channel has a scope of its own, and members only read."""
    slack.world.scopes.discard("channels:history")

    assert await _refused(client.conversations_history(channel="C1")) == "missing_scope"
    assert (await client.conversations_history(channel="G1"))["messages"] == []
    slack.world.scopes.add("channels:history")
    assert await _refused(client.conversations_history(channel="C2")) == "not_in_channel"


async def test_history_may_lag(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """A message shows after as many reads as were set when it was posted."""
    slack.history_delay_reads = 2
    await client.chat_postMessage(channel="C1", text="Late")

    assert [await _history(client) for _ in range(3)] == [[], [], ["Late"]]


async def test_a_permalink_leads_to_the_message(client: AsyncWebClient) -> None:
    """A reply's address names its thread as well."""
    parent = (await client.chat_postMessage(channel="C1", text="Parent"))["ts"]
    reply = (await client.chat_postMessage(channel="C1", text="x", thread_ts=parent))["ts"]
    answer = await client.chat_getPermalink(channel="C1", message_ts=reply)

    path = f"/archives/C1/p{reply.replace('.', '')}?thread_ts={parent}&cid=C1"
    assert answer["permalink"].endswith(path)


async def test_conversations_and_people_are_described(client: AsyncWebClient) -> None:
    """Members see private channels, others do not; guests are marked."""
    found = await client.users_conversations(types="public_channel,private_channel")
    live = await client.users_conversations(exclude_archived=True)

    assert [c["id"] for c in found["channels"]] == ["C1", "C3", "G1"]
    assert [c["id"] for c in live["channels"]] == ["C1"]
    assert (await client.conversations_info(channel="C2"))["channel"]["is_member"] is False
    assert await _refused(client.conversations_info(channel="G2")) == "channel_not_found"
    assert (await client.users_info(user="U2"))["user"]["is_restricted"]
    assert await _refused(client.users_info(user="U9")) == "user_not_found"


async def test_the_channels_of_a_person(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """Public ones without us, too; a private one only if we are in it; never another's."""
    slack.add_channel("C4", "ops", member=False, people=["U2"])
    slack.add_channel("G3", "deal", private=True, people=["U1"])
    kinds = "public_channel,private_channel"

    async def seen(user: str) -> list[str]:
        found = await client.users_conversations(user=user, types=kinds, exclude_archived=True)
        return [channel["id"] for channel in found["channels"]]

    assert await seen("U1") == ["C1", "C2", "G1", "G3"]
    assert await seen("U2") == ["C1", "C2", "G1", "C4"]
    assert await _refused(client.users_conversations(user="U9")) == "user_not_found"


async def test_unknown_methods_are_named_so(client: AsyncWebClient) -> None:
    """What is not there is refused, not accepted in silence."""
    assert await _refused(client.api_call("chat.shout")) == "unknown_method"
    assert await _refused(client.apps_connections_open(app_token="x")) != "unknown_method"
    assert (await client.api_test())["ok"]
