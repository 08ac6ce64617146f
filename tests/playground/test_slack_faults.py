"""The stand-in fails as a network or Slack fails, and says whether it acted first."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import faults
from bot.playground.faults import Fault
from bot.playground.slack import SlackStandIn

POST = "chat.postMessage"


def _texts(slack: SlackStandIn, channel: str = "C1") -> list[str]:
    return [message.text for message in slack.channels[channel].messages]


async def _post(client: AsyncWebClient, text: str, channel: str = "C1") -> Any:
    return await client.chat_postMessage(channel=channel, text=text)


ANSWERS = {
    "429": (faults.RateLimited("30"), 429, "application/json", "30"),
    "429 with words": (faults.RateLimited("abc"), 429, "application/json", "abc"),
    "429 bare": (faults.RateLimited(None), 429, "application/json", None),
    "429 html": (faults.RateLimited(html=True), 429, "text/html", "1"),
    "500 json": (faults.ServerError(500, "json"), 500, "application/json", None),
    "502 text": (faults.ServerError(502, "text"), 502, "text/plain", None),
    "503 html": (faults.ServerError(503, "html"), 503, "text/html", None),
    "500 empty": (faults.ServerError(500, "empty"), 500, "application/octet-stream", None),
    "200 text": (faults.Text200(), 200, "text/plain", None),
}


@pytest.mark.parametrize(
    ("fault", "status", "content_type", "retry_after"), ANSWERS.values(), ids=ANSWERS
)
async def test_answers_have_the_shape_they_name(
    slack: SlackStandIn, fault: Fault, status: int, content_type: str, retry_after: str | None
) -> None:
    """Status, type and Retry-After are those of the fault, and nothing is posted."""
    slack.fail(POST, fault)
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        url = f"{slack.api_url}{POST}"
        async with session.post(url, json={"channel": "C1", "text": "Hi"}) as answer:
            assert answer.status == status
            assert answer.content_type == content_type
            assert answer.headers.get("Retry-After") == retry_after

    assert _texts(slack) == []
    assert (slack.calls[0].fault, slack.calls[0].outcome) == (fault, "")


BROKEN = {
    "reset": (faults.Reset(after=False), aiohttp.ClientOSError, []),
    "reset after": (faults.Reset(after=True), aiohttp.ClientOSError, ["Hi"]),
    "close": (faults.CloseWithoutAnswer(after=False), aiohttp.ServerDisconnectedError, []),
    "close after": (faults.CloseWithoutAnswer(after=True), aiohttp.ServerDisconnectedError, ["Hi"]),
    "half": (faults.HalfBody(after=False), aiohttp.ClientPayloadError, []),
    "half after": (faults.HalfBody(after=True), aiohttp.ClientPayloadError, ["Hi"]),
    "hang": (faults.Hang(0.05, after=False), aiohttp.ServerDisconnectedError, []),
    "hang after": (faults.Hang(0.05, after=True), aiohttp.ServerDisconnectedError, ["Hi"]),
    "500 after": (faults.ServerError(after=True), SlackApiError, ["Hi"]),
    "text after": (faults.Text200(after=True), AttributeError, ["Hi"]),
}


@pytest.mark.parametrize(("fault", "error", "texts"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_call_acted_first_or_not(
    slack: SlackStandIn,
    client: AsyncWebClient,
    fault: Fault,
    error: type[Exception],
    texts: list[str],
) -> None:
    """The client sees the failure; the channel shows whether the message came through."""
    slack.fail(POST, fault)
    with pytest.raises(error):
        await _post(client, "Hi")

    assert _texts(slack) == texts
    assert slack.calls[0].outcome == ("ok" if texts else "")


async def test_a_hang_outlasts_the_client(slack: SlackStandIn) -> None:
    """A client that gives up finds the message posted, and stopping does not wait."""
    slack.fail(POST, faults.Hang(60, after=True))
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=1)
    async with asyncio.timeout(5):
        with pytest.raises(TimeoutError):
            await _post(client, "Hi")
        await slack.stop()

    assert _texts(slack) == ["Hi"]


async def test_a_delay_is_only_late(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """A delayed call is carried out after the wait, and answered."""
    slack.fail(POST, faults.Delay(0.05))
    call = asyncio.create_task(_post(client, "Hi"))
    await slack.wait_for(lambda: len(slack.calls) == 1)

    assert _texts(slack) == []
    assert (await call)["ok"]
    assert _texts(slack) == ["Hi"]


async def test_faults_come_once_in_order(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """Queued faults meet one call each, then calls succeed."""
    slack.fail(POST, faults.ApiError("fatal_error"), faults.ApiError("is_archived"))
    errors = []
    for _ in range(2):
        with pytest.raises(SlackApiError) as raised:
            await _post(client, "Hi")
        errors.append(raised.value.response["error"])
    await _post(client, "Hi")

    assert errors == ["fatal_error", "is_archived"]
    assert _texts(slack) == ["Hi"]


async def test_standing_faults_last_until_healed(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """A standing fault of one channel spares the others and other methods."""
    slack.fail_always(POST, faults.ApiError("restricted_action"), channel="C1")
    for _ in range(3):
        with pytest.raises(SlackApiError):
            await _post(client, "Hi")
    await _post(client, "Hi", "G1")
    slack.heal(POST)
    await _post(client, "Hi")

    assert (_texts(slack), _texts(slack, "G1")) == (["Hi"], ["Hi"])
    slack.fail_always("*", faults.ApiError("internal_error"))
    with pytest.raises(SlackApiError):
        await client.auth_test()
    slack.heal()
    assert (await client.auth_test())["ok"]


def test_a_misspelt_method_is_no_fault() -> None:
    """A fault that could never come is refused when it is planned."""
    with pytest.raises(ValueError, match="no operation"):
        SlackStandIn().fail("chat.postmessage", faults.Reset())


async def test_down_is_refused_until_up(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """Down means connection refused; up again it has the same address and state."""
    url = slack.api_url
    await _post(client, "Before")
    await slack.go_down()
    with pytest.raises(aiohttp.ClientConnectorError):
        await _post(client, "Lost")
    await slack.come_up()
    await _post(client, "After")

    assert slack.api_url == url
    assert _texts(slack) == ["Before", "After"]


async def test_posting_too_fast_is_limited() -> None:
    """Beyond the burst each channel takes one message a second, and says when."""
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    async with SlackStandIn(clock=lambda: now[0]) as slack:
        slack.add_channel("C1", "alerts")
        slack.add_channel("C2", "other")
        slack.limit_rate(burst=2)
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        await _post(client, "1")
        await _post(client, "2")
        with pytest.raises(SlackApiError) as raised:
            await _post(client, "3")
        await _post(client, "1", "C2")
        now[0] += timedelta(seconds=1)
        await _post(client, "3")

        assert raised.value.response.status_code == 429
        assert raised.value.response.headers["Retry-After"] == "1"
        assert _texts(slack) == ["1", "2", "3"]
        assert slack.post_times("C1")[-1] == now[0]
        assert len({message.ts for message in slack.channels["C1"].messages}) == 3


async def test_waiting_ends_with_the_change(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """A waiter wakes when the state is reached, and fails when it never is."""
    waiter = asyncio.create_task(slack.wait_for(lambda: _texts(slack) == ["Hi"]))
    await _post(client, "Hi")
    await waiter

    with pytest.raises(TimeoutError):
        await slack.wait_for(lambda: False, timeout_s=0.01)
