"""Socket Mode of the stand-in is Slack's: its own client is content with it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import faults
from bot.playground.slack import SOCKET, SlackStandIn


class App:
    """An app on slack_sdk's own client, which keeps what it got and answers `reply`."""

    def __init__(self, slack: SlackStandIn, client: AsyncWebClient) -> None:
        self.requests: list[SocketModeRequest] = []
        self.reply: dict[str, Any] | None = None
        self.silent = False
        self.client = SocketModeClient(slack.app_token, web_client=client, ping_interval=0.2)
        self.client.socket_mode_request_listeners.append(self._hear)

    async def _hear(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.requests.append(request)
        if not self.silent:
            said = SocketModeResponse(request.envelope_id, self.reply)
            await client.send_socket_mode_response(said)


@asynccontextmanager
async def running(slack: SlackStandIn, client: AsyncWebClient) -> AsyncIterator[App]:
    """Connect an app, and close it."""
    one = App(slack, client)
    await one.client.connect()  # type: ignore[no-untyped-call]
    yield one
    await one.client.close()  # type: ignore[no-untyped-call]


@pytest.fixture
async def app(slack: SlackStandIn, client: AsyncWebClient) -> AsyncIterator[App]:
    """An app that has a websocket open."""
    async with running(slack, client) as one:
        await slack.wait_for(lambda: len(slack.socket_mode.connections) == 1)
        yield one


async def test_a_command_travels_and_its_answer_is_shown(slack: SlackStandIn, app: App) -> None:
    """The envelope has the form's fields, and takes an answer with its acknowledgement."""
    app.reply = {"text": "here"}
    answer = await slack.command(SOCKET, "/alerts list #alerts", channel="C1", user="U1")
    (request,) = app.requests

    assert (request.type, request.accepts_response_payload) == ("slash_commands", True)
    assert request.payload["command"] == "/alerts"
    assert request.payload["text"] == "list <#C1|alerts>"
    assert (answer.taken, answer.body) == (True, {"text": "here"})
    assert [one.text for one in slack.answers("C1", "U1")] == ["here"]


async def test_an_event_takes_no_answer(slack: SlackStandIn, app: App) -> None:
    """It is acknowledged; what else the app says is not heard. A repetition is marked."""
    app.reply = {"text": "ignored"}
    answer = await slack.event(SOCKET, {"type": "channel_archive"}, event_id="Ev1")
    await slack.event(SOCKET, {"type": "channel_archive"}, event_id="Ev1", retry_num=1)
    first, again = app.requests

    assert (first.type, first.accepts_response_payload) == ("events_api", False)
    assert (first.retry_attempt, again.retry_attempt) == (0, 1)
    assert again.retry_reason == "http_timeout"
    assert first.payload["event_id"] == again.payload["event_id"]
    assert first.envelope_id != again.envelope_id
    assert (answer.taken, answer.body) == (True, None)


async def test_a_modal_takes_an_answer(slack: SlackStandIn, app: App) -> None:
    """The interaction is the payload itself, and an answer to a submission is heard."""
    slack.views["V1"] = {"id": "V1", "callback_id": "subscribe"}
    app.reply = {"response_action": "clear"}
    answer = await slack.submit(SOCKET, "V1", {}, "U1")

    assert app.requests[0].type == "interactive"
    assert app.requests[0].payload["type"] == "view_submission"
    assert answer.body == {"response_action": "clear"}


async def test_shortcuts_and_presses_come_as_over_http(slack: SlackStandIn, app: App) -> None:
    """Each is an interactive envelope with the payload itself; its answer is not listened to."""
    app.reply = {"response_action": "clear"}
    message = slack.say("C1", "U1", "Hello")
    answers = [
        await slack.shortcut(SOCKET, "alert_why", message, "U1"),
        await slack.global_shortcut(SOCKET, "monitor_create", "U1"),
    ]

    assert [one.type for one in app.requests] == ["interactive"] * 2
    assert [one.payload["type"] for one in app.requests] == ["message_action", "shortcut"]
    assert [one.accepts_response_payload for one in app.requests] == [False, False]
    assert [one.body for one in answers] == [None, None]


async def test_silence_is_no_acknowledgement(slack: SlackStandIn, app: App) -> None:
    """After three seconds Slack gives up."""
    app.silent = True
    start = time.monotonic()
    with pytest.raises(TimeoutError):
        await slack.event(SOCKET, {"type": "channel_archive"})

    assert time.monotonic() - start == pytest.approx(3, abs=0.3)


async def test_an_event_is_repeated_until_it_is_taken(slack: SlackStandIn, app: App) -> None:
    """The same event_id comes in a new envelope until it is acknowledged."""
    slack.fail("envelope", faults.Hang(0, after=True), faults.Hang(0, after=True))
    number = await slack.people.event_until_taken(SOCKET, {"type": "x"}, pauses_s=(0, 0, 0))

    assert number == 2
    assert [one.retry_attempt for one in app.requests] == [0, 1, 2]
    assert len({one.payload["event_id"] for one in app.requests}) == 1


async def test_only_the_app_token_opens(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """Each token is for its own methods, and Socket Mode may be off."""

    async def refused(token: str) -> str:
        with pytest.raises(SlackApiError) as caught:
            await client.apps_connections_open(app_token=token)
        return str(caught.value.response["error"])

    assert await refused("xapp-wrong") == "invalid_auth"
    assert await refused(slack.bot_token) == "not_allowed_token_type"
    slack.socket_mode.enabled = False
    assert await refused(slack.app_token) == "socket_mode_not_enabled"
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.auth_test(token=slack.app_token)


async def test_a_ticket_is_good_once(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """A spent or an invented ticket opens nothing."""
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as websocket:
            assert (await websocket.receive_json())["type"] == "hello"
        for spent in (url, url + "x"):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(spent)


async def test_each_payload_goes_to_one_connection(
    slack: SlackStandIn, client: AsyncWebClient, app: App
) -> None:
    """Two processes of an app share the work; one that is leaving gets no more."""
    async with running(slack, client) as other:
        for _ in range(4):
            await slack.event(SOCKET, {"type": "x"})
        slack.socket_mode.connections[0].leaving = True
        for _ in range(2):
            await slack.event(SOCKET, {"type": "x"})

        assert sorted(len(one.requests) for one in (app, other)) == [2, 4]


async def test_a_foreign_or_late_acknowledgement_is_a_stray(slack: SlackStandIn, app: App) -> None:
    """Nothing that was not delivered on this connection can be acknowledged on it."""
    for text in ('{"envelope_id": "other"}', "[", "[1]"):
        await app.client.send_message(text)
    await slack.wait_for(lambda: len(slack.socket_mode.strays) == 3)


@pytest.mark.parametrize(
    "fault", [faults.CloseWithoutAnswer(after=False), faults.Reset(after=True)]
)
async def test_a_drop_is_no_acknowledgement(
    slack: SlackStandIn, app: App, fault: faults.Fault
) -> None:
    """A connection that ends first took nothing, and then there is none."""
    slack.fail("envelope", fault)
    with pytest.raises(aiohttp.ClientError):
        await slack.event(SOCKET, {"type": "x"})
    with pytest.raises(aiohttp.ClientConnectionError):
        await slack.event(SOCKET, {"type": "x"})


async def test_there_are_ten_connections_at_most(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """The eleventh is told why and closed."""
    async with aiohttp.ClientSession() as session:
        websockets = []
        for _ in range(11):
            url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
            websockets.append(await session.ws_connect(url))
        greetings = [await one.receive_json() for one in websockets]

        assert greetings[9]["num_connections"] == 10
        assert greetings[10] == {"type": "disconnect", "reason": "too_many_websockets"}
        assert (await websockets[10].receive()).type is aiohttp.WSMsgType.CLOSE


async def test_the_app_is_asked_to_reconnect(slack: SlackStandIn, app: App) -> None:
    """Slack's client opens another connection when it is told to."""
    await slack.socket_mode.ask_to_reconnect("warning")
    await slack.wait_for(lambda: slack.socket_mode.opened == 2)

    assert (await slack.event(SOCKET, {"type": "x"})).taken
