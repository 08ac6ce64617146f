"""By HTTP or by Socket Mode: the same requests are written down, and answered the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import SOCKET, SlackStandIn, payloads
from bot.playground.slack.door import Kind, Retry
from bot.playground.slack.message import Json
from bot.slack.bolt import BUSY, UNKNOWN_COMMAND, Bolt
from bot.slack.front_door import FrontDoor
from bot.slack.modals import Modals
from bot.slack.socket import SocketMode
from tests.slack.gate import JOINED, Gate
from tests.slack.test_front_door import listening

Connection = tuple[AsyncWebClient, ClientSession]


class Bench:
    """A bot behind both ways, and a payload for each kind of thing to say."""

    def __init__(self, slack: SlackStandIn, connection: Connection, **more: Any) -> None:
        self.slack = slack
        self.requests = Gate()
        self.bolt = Bolt(
            client=connection[0],
            modals=Modals(connection[0]),
            identity=lambda: None,
            accept=self.requests.accept,
            wake=lambda: None,
            clock=lambda: datetime.now(UTC),
            **more,
        )
        self._connection = connection

    @asynccontextmanager
    async def way(self, name: str) -> AsyncIterator[str]:
        """Yield the address of the bot, heard by HTTP or by Socket Mode."""
        if name == "http":
            door = FrontDoor(
                secrets=[self.slack.signing_secret],
                build=lambda: self.bolt,
                clock=lambda: datetime.now(UTC),
            )
            async with listening(door) as url:
                yield url
        else:
            token = self.slack.app_token
            socket = SocketMode(
                *self._connection, app_token=token, dispatch=self.bolt, jitter=lambda: 0
            )
            socket.start()
            await self.slack.wait_for(lambda: len(self.slack.socket_mode.connections) == 1)
            yield SOCKET
            self.requests.open.set()
            await socket.close()

    def command(self, typed: str) -> Json:
        """Return the payload of a command."""
        world = self.slack.world
        place, who = world.channels["C1"], world.users["U1"]
        return payloads.command_form(world, typed, place, who, "https://hooks.slack.com/x")


@pytest.fixture
def bench(slack: SlackStandIn, connection: Connection) -> Bench:
    """A bot of its own for each test."""
    return Bench(slack, connection)


@pytest.fixture(params=["http", "socket"])
async def url(request: pytest.FixtureRequest, bench: Bench) -> AsyncIterator[str]:
    """The bot's address, by the one way and then by the other."""
    async with bench.way(request.param) as address:
        yield address


async def test_both_ways_write_down_the_same(bench: Bench, slack: SlackStandIn) -> None:
    """One payload that comes by both ways is one request, field for field."""
    sent: list[tuple[Kind, Json]] = [
        ("slash_commands", bench.command("/alerts subscribe a&b #alerts")),
        ("events_api", payloads.event_callback(slack.world, JOINED, None)),
    ]
    kept = []
    for name in ("http", "socket"):
        async with bench.way(name) as address:
            for kind, payload in sent:
                assert (await slack.people.send(address, kind, payload)).taken
        found = bench.requests.accepted.values()
        kept.append([one.model_dump(exclude={"received_at"}) for one in found])
        bench.requests.accepted = {}

    assert len(kept[0]) == 2
    assert kept[0] == kept[1]


async def test_a_command_is_written_down(bench: Bench, slack: SlackStandIn, url: str) -> None:
    """The acknowledgement is empty, so that nothing is shown yet."""
    answer = await slack.command(url, "/monitors list #alerts", channel="C1", user="U1")

    assert (answer.taken, answer.body) == (True, None)
    (request,) = bench.requests.accepted.values()
    assert request.name == "monitors"
    assert request.text == "list <#C1|alerts>"
    assert slack.answers("C1", "U1") == []


async def test_a_repeated_command_is_one_request(
    bench: Bench, slack: SlackStandIn, url: str
) -> None:
    """The same payload again acts once; the same words typed again act again."""
    payload = bench.command("/alerts list")
    for _ in range(2):
        assert (await slack.people.send(url, "slash_commands", payload)).taken
    assert (bench.requests.offers, len(bench.requests.accepted)) == (2, 1)

    await slack.command(url, "/alerts list", channel="C1", user="U1")

    assert len(bench.requests.accepted) == 2


async def test_a_repeated_event_is_one_request(bench: Bench, slack: SlackStandIn, url: str) -> None:
    """An event that Slack sends three times acts once."""
    event = payloads.event_callback(slack.world, JOINED, "Ev1")
    for retry in (None, Retry(1), Retry(2)):
        assert (await slack.people.send(url, "events_api", event, retry)).taken

    assert (bench.requests.offers, list(bench.requests.accepted)) == (3, ["Ev1"])


async def test_nothing_is_acknowledged_before_it_is_kept(
    bench: Bench, slack: SlackStandIn, url: str
) -> None:
    """While the database is busy Slack waits."""
    bench.requests.open.clear()
    event = asyncio.create_task(slack.event(url, JOINED))
    command = asyncio.create_task(slack.command(url, "/alerts list", channel="C1", user="U1"))
    early, _ = await asyncio.wait([event, command], timeout=0.2)
    bench.requests.open.set()

    assert early == set()
    assert ((await event).taken, (await command).taken) == (True, True)
    assert len(bench.requests.accepted) == 2


async def test_without_the_database_an_event_comes_again(
    bench: Bench, slack: SlackStandIn, url: str
) -> None:
    """It is not acknowledged, and Slack repeats it until it is kept."""
    bench.requests.down = True
    coming = asyncio.create_task(slack.people.event_until_taken(url, JOINED, pauses_s=(0, 1, 1)))
    done, _ = await asyncio.wait([coming], timeout=0.2)
    bench.requests.down = False

    assert done == set()
    assert await coming >= 1
    assert len(bench.requests.accepted) == 1


async def test_without_the_database_a_command_says_so(
    bench: Bench, slack: SlackStandIn, url: str
) -> None:
    """The person reads at once that nothing was done."""
    bench.requests.down = True
    await slack.command(url, "/alerts list", channel="C1", user="U1")

    assert [one.text for one in slack.answers("C1", "U1")] == [BUSY]
    assert bench.requests.accepted == {}


async def test_a_command_of_another_name_is_answered(slack: SlackStandIn, url: str) -> None:
    """A name that is in the app and not in the settings is no silent failure."""
    await slack.command(url, "/alarms", channel="C1", user="U1")

    assert [one.text for one in slack.answers("C1", "U1")] == [UNKNOWN_COMMAND]


async def test_what_nobody_needs_is_acknowledged(
    bench: Bench, slack: SlackStandIn, url: str
) -> None:
    """A link that was opened and an event without a listener do not come again."""
    label = {"type": "plain_text", "text": "Go"}
    url_button = {"type": "button", "action_id": "open", "text": label, "url": "https://a.example"}
    message = slack.say("C1", "U1", "x", blocks=[{"type": "actions", "elements": [url_button]}])

    assert (await slack.action(url, message, "open", "U1")).taken
    assert (await slack.event(url, {"type": "message", "user": "U1"})).taken
    assert bench.requests.accepted == {}


@pytest.mark.parametrize("payload", [{}, {"event": "x"}, {"type": "event_callback", "event": []}])
async def test_an_odd_shape_harms_nothing(
    bench: Bench, slack: SlackStandIn, url: str, payload: Json
) -> None:
    """Whatever it is, what comes after it is taken."""
    sending = asyncio.create_task(slack.people.send(url, "events_api", payload))
    assert (await slack.event(url, JOINED)).taken
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)

    assert len(bench.requests.accepted) == 1
