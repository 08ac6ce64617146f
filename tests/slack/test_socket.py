"""The websocket comes back whatever ends it, and loses, repeats and tells nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from starlette.responses import JSONResponse, Response
from typing_extensions import override

from bot.playground import faults
from bot.playground.slack import SOCKET, SlackStandIn
from bot.slack.bolt import Bolt
from bot.slack.modals import Modals
from bot.slack.socket import SocketMode
from bot.slack.websocket import Patience
from tests.slack.gate import JOINED, Gate

Connection = tuple[AsyncWebClient, ClientSession]
OPEN = "apps.connections.open"


class Ear:
    """A bot that hears Slack by Socket Mode."""

    def __init__(self, slack: SlackStandIn, connection: Connection, **settings: Any) -> None:
        self.slack = slack
        self.requests = Gate()
        bolt = Bolt(
            client=connection[0],
            modals=Modals(connection[0]),
            identity=lambda: None,
            accept=self.requests.accept,
            wake=lambda: None,
            clock=lambda: datetime.now(UTC),
        )
        known = {"app_token": slack.app_token, "jitter": lambda: 0.0, **settings}
        self.socket = SocketMode(*connection, dispatch=bolt, **known)

    async def connect(self) -> None:
        """Start, and wait until Slack can reach it."""
        self.socket.start()
        await self.connected()

    async def connected(self) -> None:
        """Wait until Slack can reach it."""
        async with asyncio.timeout(10):
            while not self.socket.connected:
                await asyncio.sleep(0.01)

    async def disconnected(self) -> None:
        """Wait until it knows that Slack cannot reach it."""
        async with asyncio.timeout(10):
            while self.socket.connected:
                await asyncio.sleep(0.01)

    async def opened(self, times: int) -> None:
        """Wait until Slack has greeted it so many times."""
        await self.slack.wait_for(lambda: self.slack.socket_mode.opened == times)
        await self.connected()


@pytest.fixture
async def idle(slack: SlackStandIn, connection: Connection) -> AsyncIterator[Ear]:
    """A bot that has not begun to connect."""
    one = Ear(slack, connection)
    yield one
    one.requests.open.set()
    await one.socket.close()


@pytest.fixture
async def ear(idle: Ear) -> Ear:
    """A bot that is connected."""
    await idle.connect()
    return idle


# ---- ends of a connection -----------------------------------------------------------------------


@pytest.mark.parametrize("reset", [False, True])
async def test_a_drop_is_mended(slack: SlackStandIn, ear: Ear, reset: bool) -> None:
    """Readiness falls, another connection is opened, and events come again."""
    slack.socket_mode.drop(reset=reset)
    await ear.disconnected()
    await ear.opened(2)

    assert (await slack.event(SOCKET, JOINED)).taken


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
async def test_slack_asks_for_another(slack: SlackStandIn, ear: Ear, reason: str) -> None:
    """The old connection is served until Slack ends it; there is no gap."""
    ear.requests.open.clear()
    before = asyncio.create_task(slack.event(SOCKET, JOINED))
    await asyncio.sleep(0.05)
    await slack.socket_mode.ask_to_reconnect(reason)
    between = asyncio.create_task(slack.event(SOCKET, JOINED))
    await slack.wait_for(lambda: slack.socket_mode.opened == 2)
    after = asyncio.create_task(slack.event(SOCKET, JOINED))
    assert ear.socket.connected
    ear.requests.open.set()
    answers = await asyncio.gather(before, between, after)
    slack.socket_mode.drop(leaving=True)
    await slack.wait_for(lambda: len(slack.socket_mode.connections) == 1)

    assert [one.taken for one in answers] == [True] * 3
    assert len(ear.requests.accepted) == 3
    assert (await slack.event(SOCKET, JOINED)).taken
    assert slack.socket_mode.opened == 2


async def test_a_line_that_is_dead_is_noticed(slack: SlackStandIn, connection: Connection) -> None:
    """Without an answer to a ping the connection is given up, though it looks open."""
    slack.socket_mode.deaf = True
    ear = Ear(slack, connection, patience=Patience(heartbeat_s=0.1))
    await ear.connect()
    slack.socket_mode.deaf = False
    await ear.opened(2)

    await ear.socket.close()


async def test_a_line_without_a_hello_is_left(slack: SlackStandIn, connection: Connection) -> None:
    """It is no connection, and another is opened in its place."""
    slack.socket_mode.mute = True
    ear = Ear(slack, connection, patience=Patience(hello_s=0.1))
    ear.socket.start()
    await slack.wait_for(lambda: slack.socket_mode.opened == 1)
    assert not ear.socket.connected
    slack.socket_mode.mute = False
    await ear.opened(2)
    await slack.wait_for(lambda: len(slack.socket_mode.connections) == 1)

    await ear.socket.close()


async def test_slack_forgets_to_end_the_former(slack: SlackStandIn, connection: Connection) -> None:
    """After a while it is closed from here, so that connections do not pile up."""
    ear = Ear(slack, connection, patience=Patience(overlap_s=1.0))
    await ear.connect()
    await slack.socket_mode.ask_to_reconnect()
    await slack.wait_for(lambda: len(slack.socket_mode.connections) == 2)
    await slack.wait_for(lambda: len(slack.socket_mode.connections) == 1)

    assert (await slack.event(SOCKET, JOINED)).taken
    await ear.socket.close()


async def test_after_a_long_life_there_is_no_pause(
    slack: SlackStandIn, connection: Connection
) -> None:
    """A connection that served well is replaced at once."""
    ear = Ear(slack, connection, patience=Patience(steady_s=0))
    await ear.connect()
    slack.socket_mode.drop()
    async with asyncio.timeout(0.4):
        await ear.opened(2)

    await ear.socket.close()


async def test_slack_is_away_for_a_while(slack: SlackStandIn, ear: Ear) -> None:
    """Refused connections are tried again."""
    await slack.go_down()
    await ear.disconnected()
    await asyncio.sleep(0.6)
    await slack.come_up()

    await ear.opened(2)
    assert (await slack.event(SOCKET, JOINED)).taken


# ---- nothing lost, nothing twice ----------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        faults.CloseWithoutAnswer(after=False),
        faults.CloseWithoutAnswer(after=True),
        faults.Reset(after=False),
        faults.Reset(after=True),
        faults.Hang(0, after=True),
    ],
    ids=repr,
)
async def test_an_event_whose_acknowledgement_is_lost(
    slack: SlackStandIn, ear: Ear, fault: faults.Fault
) -> None:
    """Slack sends it again, and it is one request."""
    slack.fail("envelope", fault)
    number = await slack.people.event_until_taken(SOCKET, JOINED, pauses_s=(0.1, 1, 2))

    assert number >= 1
    assert len(ear.requests.accepted) == 1


async def test_a_command_whose_acknowledgement_is_lost(slack: SlackStandIn, ear: Ear) -> None:
    """Slack tells the person that it failed, and does not send it again: it acts once."""
    slack.fail("envelope", faults.CloseWithoutAnswer(after=True))
    with pytest.raises(aiohttp.ClientError):
        await slack.command(SOCKET, "/alerts list", channel="C1", user="U1")
    await ear.disconnected()
    await ear.opened(2)

    assert len(ear.requests.accepted) == 1


async def test_it_is_written_down_although_the_line_is_cut(
    slack: SlackStandIn, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    """What arrived is kept, also if it can no longer be acknowledged, which is no error."""
    caplog.set_level(logging.INFO)
    ear.requests.open.clear()
    event = asyncio.create_task(slack.event(SOCKET, JOINED))
    await asyncio.sleep(0.05)
    slack.socket_mode.drop()
    with pytest.raises(aiohttp.ClientError):
        await event
    await ear.disconnected()
    ear.requests.open.set()
    await ear.opened(2)

    assert len(ear.requests.accepted) == 1
    assert slack.socket_mode.strays == []
    assert "ended before an acknowledgement" in caplog.text


async def test_two_bots_share_the_work(
    slack: SlackStandIn, connection: Connection, ear: Ear
) -> None:
    """Each payload is heard by one, and acknowledged where it came from."""
    other = Ear(slack, connection)
    await other.connect()
    for _ in range(4):
        assert (await slack.event(SOCKET, JOINED)).taken
    await other.socket.close()

    assert [len(one.requests.accepted) for one in (ear, other)] == [2, 2]
    assert slack.socket_mode.strays == []


async def test_many_at_once(slack: SlackStandIn, ear: Ear) -> None:
    """A slow one delays no other."""
    ear.requests.open.clear()
    slow = asyncio.create_task(slack.event(SOCKET, JOINED))
    await asyncio.sleep(0.05)
    assert (await slack.event(SOCKET, {"type": "nobody_listens"})).taken
    ear.requests.open.set()

    assert (await slow).taken


@pytest.mark.parametrize("text", ["{", "[1]", "", '{"type": "new"}', '{"envelope_id": 1}'])
async def test_what_cannot_be_read_is_passed_over(slack: SlackStandIn, ear: Ear, text: str) -> None:
    """The connection stays, and nothing is said to it."""
    socket = slack.socket_mode.connections[0].socket
    await socket.send_str(text)
    await socket.send_bytes(b"\xff")

    assert (await slack.event(SOCKET, JOINED)).taken
    assert (slack.socket_mode.opened, slack.socket_mode.strays) == (1, [])


# ---- no connection to be had --------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        faults.ApiError("internal_error"),
        faults.ServerError(503, "html"),
        faults.Reset(after=False),
        faults.RateLimited("1"),
        faults.WrongType({"ok": True}),
        faults.WrongType({"ok": True, "url": "https://127.0.0.1:1/link"}),
        faults.WrongType({"ok": True, "url": "ws://127.0.0.1:1/link"}),
    ],
    ids=repr,
)
async def test_the_next_try_succeeds(slack: SlackStandIn, idle: Ear, fault: faults.Fault) -> None:
    """Whatever Slack answers once, it is asked again for a fresh address."""
    slack.fail(OPEN, fault)
    await idle.connect()

    assert [one.method for one in slack.calls] == [OPEN, OPEN]


async def test_a_spent_ticket_is_not_used_again(
    slack: SlackStandIn, idle: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    """A handshake that Slack refuses is followed by another ticket; neither is logged."""
    caplog.set_level(logging.DEBUG)
    slack.fail(OPEN, faults.WrongType({"ok": True, "url": f"{_link(slack)}?ticket=canary-ticket"}))
    await idle.connect()

    assert "canary-ticket" not in caplog.text
    assert slack.socket_mode.tickets[0] not in caplog.text


class InTheClear(AsyncWebClient):
    """Slack's API by https, which answers an address that is not."""

    def __init__(self, stand_in: AsyncWebClient) -> None:
        super().__init__(base_url="https://slack.com/api/")
        self._stand_in = stand_in

    @override
    async def apps_connections_open(self, *, app_token: str, **more: Any) -> AsyncSlackResponse:
        """Ask the stand-in, by http."""
        return await self._stand_in.apps_connections_open(app_token=app_token)


async def test_nothing_is_heard_in_the_clear(slack: SlackStandIn, connection: Connection) -> None:
    """Who calls Slack by https is not led to a websocket without TLS."""
    client, session = connection
    ear = Ear(slack, (InTheClear(client), session))
    ear.socket.start()
    await slack.wait_for(lambda: len(slack.calls) == 2)
    await ear.socket.close()

    assert len(slack.socket_mode.tickets) >= 1
    assert slack.socket_mode.opened == 0


async def test_what_stands_behind_hears_and_says_the_same_as_by_http(
    slack: SlackStandIn, connection: Connection
) -> None:
    """A repetition has the headers of one; an answer goes only where Slack takes it."""
    seen: list[dict[str, str]] = []

    async def dispatch(body: dict[str, Any], headers: dict[str, str]) -> Response:
        seen.append(headers)
        return JSONResponse({"text": "said"})

    socket = SocketMode(*connection, app_token=slack.app_token, dispatch=dispatch, jitter=lambda: 0)
    socket.start()
    await slack.wait_for(lambda: len(slack.socket_mode.connections) == 1)
    await slack.event(SOCKET, JOINED)
    await slack.event(SOCKET, JOINED, retry_num=2)
    await slack.command(SOCKET, "/alerts", channel="C1", user="U1")
    await socket.close()
    payloads = [one.get("payload") for one in slack.socket_mode.acknowledged]

    assert seen == [{}, {"x-slack-retry-num": "2", "x-slack-retry-reason": "http_timeout"}, {}]
    assert payloads == [None, None, {"text": "said"}]


async def test_tries_are_no_storm(slack: SlackStandIn, idle: Ear) -> None:
    """The pauses grow, also when Slack greets and hangs up at once."""
    slack.fail_always(OPEN, faults.ApiError("internal_error"))
    idle.socket.start()
    await slack.wait_for(lambda: len(slack.calls) == 3)
    slack.heal()
    await idle.connected()
    slack.socket_mode.drop()
    await idle.disconnected()
    first, second, third, fourth = (one.at.timestamp() for one in slack.calls)

    assert second - first == pytest.approx(0.5, abs=0.2)
    assert third - second == pytest.approx(1.0, abs=0.2)
    assert fourth - third == pytest.approx(2.0, abs=0.3)


async def test_slacks_wish_to_wait_is_obeyed(slack: SlackStandIn, idle: Ear) -> None:
    """Retry-After wins over our own pause."""
    slack.fail(OPEN, faults.RateLimited("1"))
    await idle.connect()
    refused, opened = (one.at.timestamp() for one in slack.calls)

    assert opened - refused >= 1


async def test_a_wrong_token_is_named(
    slack: SlackStandIn, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """The operator reads which setting is wrong, and not what is in it."""
    caplog.set_level(logging.DEBUG)
    ear = Ear(slack, connection, app_token="xapp-canary")
    ear.socket.start()
    await slack.wait_for(lambda: bool(slack.calls) and bool(slack.calls[0].outcome))
    await asyncio.sleep(0.05)
    await ear.socket.close()

    assert not ear.socket.connected
    assert "Slack does not accept SLACK_APP_TOKEN: invalid_auth" in caplog.text
    assert "xapp-canary" not in caplog.text


# ---- the end ------------------------------------------------------------------------------------


async def test_closing_waits_for_what_is_under_way(slack: SlackStandIn, ear: Ear) -> None:
    """What was begun is acknowledged, then Slack sees an orderly end."""
    ear.requests.open.clear()
    event = asyncio.create_task(slack.event(SOCKET, JOINED))
    await asyncio.sleep(0.05)
    closing = asyncio.create_task(ear.socket.close())
    await asyncio.sleep(0.05)
    ear.requests.open.set()
    await closing
    await slack.wait_for(lambda: slack.socket_mode.connections == [])

    assert (await event).taken
    assert not ear.socket.connected
    assert slack.socket_mode.opened == 1


@pytest.mark.parametrize("fault", [faults.Hang(after=False), faults.ApiError("internal_error")])
async def test_closing_while_connecting(
    slack: SlackStandIn, idle: Ear, fault: faults.Fault
) -> None:
    """It ends at once, whether it was started, waits for Slack or pauses."""
    slack.fail(OPEN, fault)
    await idle.socket.close()
    idle.socket.start()
    await slack.wait_for(lambda: len(slack.calls) == 1)
    await asyncio.sleep(0.05)
    async with asyncio.timeout(1):
        await idle.socket.close()

    assert slack.socket_mode.opened == 0


async def test_nothing_is_logged_of_what_people_ask(
    slack: SlackStandIn, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    """Words, response URLs, tickets and tokens stay out of the log at every level."""
    caplog.set_level(logging.DEBUG)
    slack.fail("envelope", faults.CloseWithoutAnswer(after=False))
    with pytest.raises(aiohttp.ClientError):
        await slack.command(SOCKET, "/alerts canary-words", channel="C1", user="U1")
    await ear.disconnected()
    await ear.opened(2)
    await slack.command(SOCKET, "/alerts canary-words", channel="C1", user="U1")
    await slack.people.send(SOCKET, "slash_commands", {"command": "canary-words"})
    await slack.socket_mode.connections[0].socket.send_str('{"canary-words')
    await slack.event(SOCKET, JOINED)

    assert "Connected to Slack" in caplog.text
    secrets = {"canary-words", slack.app_token, slack.bot_token, *slack.socket_mode.tickets}
    found = {one for one in secrets | set(slack.response_urls.exchanges) if one in caplog.text}
    assert found == set()


def _link(slack: SlackStandIn) -> str:
    return slack.api_url.replace("http://", "ws://").replace("/api/", "/link")
