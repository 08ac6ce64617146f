"""Buttons, forms and shortcuts by both ways: written down first, then acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.answers import Button
from bot.core.forms import Form, Input
from bot.core.requests import Request
from bot.playground import faults
from bot.playground.slack import SlackStandIn
from bot.playground.slack.message import Json, Message
from bot.slack.bolt import BUSY
from bot.slack.buttons import buttons
from bot.slack.forms import view, working
from bot.slack.modals import Modals, name_of
from tests.slack.test_both_ways import Bench

Connection = tuple[AsyncWebClient, ClientSession]
FORM = Form(
    name="wish",
    title="A wish",
    inputs=(Input(name="what", label="What?"),),
    submit="Wish",
    context="7",
)
EXPIRED = {"ok": False, "error": "expired_trigger_id"}
ACK = (Button(label="Acknowledge", act="ack", value="7"),)


def opening(request: Request) -> str | None:
    """Open a modal for a command without words and for one button."""
    opens = (request.kind, request.text) == ("command", "") or request.name == "ask"
    return "A wish" if opens else None


def mistakes(request: Request) -> Mapping[str, str]:
    """Refuse what is bad."""
    return {"what": "Not that."} if request.values.get("what") == "bad" else {}


@pytest.fixture
def bench(slack: SlackStandIn, connection: Connection) -> Bench:
    """A bot that has a form."""
    return Bench(slack, connection, opening=opening, mistakes=mistakes)


@pytest.fixture(params=["http", "socket"])
async def url(request: pytest.FixtureRequest, bench: Bench) -> AsyncIterator[str]:
    """The bot's address, by the one way and then by the other."""
    async with bench.way(request.param) as address:
        yield address


def message(slack: SlackStandIn, *acts: Button, **more: Any) -> Message:
    """Let the bot say something with buttons."""
    return slack.say("C1", "U0BOT", "Alert", blocks=buttons(acts or ACK), **more)


def open_view(slack: SlackStandIn, form: Form = FORM) -> Json:
    """Let the person have a modal open."""
    slack.views["V1"] = {**view(form, channel_id="C1"), "id": "V1", "hash": "h1"}
    return slack.views["V1"]


async def test_a_press_is_written_down(bench: Bench, slack: SlackStandIn, url: str) -> None:
    """Where, on what message, by whom, and what for."""
    said = message(slack)
    answer = await slack.people.action(url, said, "ack", "U1")
    (request,) = bench.requests.accepted.values()

    assert (answer.taken, answer.body) == (True, None)
    assert (request.kind, request.name, request.text) == ("press", "ack", "7")
    assert (request.channel_id, request.message_ts, request.user_id) == ("C1", said.ts, "U1")
    assert request.response_url


async def test_without_the_database_a_press_is_refused(
    bench: Bench, slack: SlackStandIn, url: str
) -> None:
    """Slack shows the person that the button did nothing, so they press again."""
    bench.requests.down = True
    taken = False
    with suppress(TimeoutError):  # a websocket stays silent, where HTTP answers 503
        taken = (await slack.people.action(url, message(slack), "ack", "U1")).taken

    assert not taken


async def test_a_form_with_a_mistake_stays_open(
    bench: Bench, slack: SlackStandIn, url: str
) -> None:
    """The mistake stands at its input, and nothing is written down."""
    open_view(slack)
    answer = await slack.people.submit(url, "V1", {"what": {"change": {"value": "bad"}}}, "U1")

    assert answer.body == {"response_action": "errors", "errors": {"what": "Not that."}}
    assert bench.requests.accepted == {}


async def test_a_form_is_written_down(bench: Bench, slack: SlackStandIn, url: str) -> None:
    """With its answers, its context and the channel it belongs to; then it says it works."""
    open_view(slack)
    answer = await slack.people.submit(url, "V1", {"what": {"change": {"value": "good"}}}, "U1")
    (request,) = bench.requests.accepted.values()

    assert (request.kind, request.name, request.values) == ("form", "wish", {"what": "good"})
    assert (request.context, request.channel_id, request.view) == ("7", "C1", "V1")
    assert isinstance(answer.body, dict)
    assert answer.body["view"]["blocks"] == view(working("A wish"))["blocks"]


async def test_without_the_database_a_form_keeps_what_was_typed(
    bench: Bench, slack: SlackStandIn, url: str
) -> None:
    """The person reads at an input that nothing was done."""
    bench.requests.down = True
    open_view(slack)
    answer = await slack.people.submit(url, "V1", {"what": {"change": {"value": "good"}}}, "U1")

    assert answer.body == {"response_action": "errors", "errors": {"what": BUSY}}


async def test_a_command_opens_its_modal_at_once(
    bench: Bench, slack: SlackStandIn, url: str
) -> None:
    """Slack's leave ends before a slow database may have answered, so nobody waits for it."""
    bench.requests.open.clear()
    typing = asyncio.create_task(slack.command(url, "/alerts", channel="C1", user="U1"))
    await slack.wait_for(lambda: len(slack.views) == 1, 2)
    assert not typing.done()
    bench.requests.open.set()
    answer = await typing
    (request,) = bench.requests.accepted.values()
    (shown,) = slack.views.values()

    assert answer.taken
    assert request.view == name_of(request.id) == shown["external_id"]


async def test_a_modal_that_cannot_be_opened_costs_nothing_else(
    bench: Bench, slack: SlackStandIn, url: str
) -> None:
    """The request is written down and acknowledged all the same."""
    slack.fail("views.open", faults.ErrorBody(200, EXPIRED))
    answer = await slack.command(url, "/alerts", channel="C1", user="U1")

    assert answer.taken
    assert len(bench.requests.accepted) == 1


async def test_without_the_database_the_modal_says_so(
    bench: Bench, slack: SlackStandIn, url: str
) -> None:
    """It does not say “one moment” for ever."""
    bench.requests.down = True
    await slack.command(url, "/alerts", channel="C1", user="U1")

    await slack.wait_for(lambda: any(BUSY in str(one) for one in slack.views.values()), 3)


async def test_a_shortcut_is_written_down(bench: Bench, slack: SlackStandIn, url: str) -> None:
    """On which message, also in a thread."""
    parent = message(slack)
    reply = message(slack, thread_ts=parent.ts)
    answer = await slack.people.shortcut(url, "alert_why", reply, "U1")
    (request,) = bench.requests.accepted.values()

    assert answer.taken
    assert (request.kind, request.name) == ("shortcut", "alert_why")
    assert (request.message_ts, request.thread_ts) == (reply.ts, parent.ts)


async def test_a_link_button_is_only_acknowledged(
    bench: Bench, slack: SlackStandIn, url: str
) -> None:
    """Slack opens the address itself."""
    said = message(slack, Button(label="Open", act="open", url="https://a.example/"))

    assert (await slack.people.action(url, said, "open", "U1")).taken
    assert bench.requests.accepted == {}


async def test_a_modal_is_filled(slack: SlackStandIn, connection: Connection) -> None:
    """By our own name of it, or by Slack's id."""
    modals = Modals(connection[0])
    await modals.open("tocsin-1", slack.world.new_trigger(), "A wish")
    (opened,) = slack.views.values()

    for name in ("tocsin-1", opened["id"]):
        assert await modals.show(name, FORM, channel_id="C1")
    (shown,) = slack.views.values()
    assert shown["callback_id"] == "wish"


async def test_filling_waits_for_the_opening(slack: SlackStandIn, connection: Connection) -> None:
    """An answer that is quicker than Slack does not find its modal gone."""
    modals = Modals(connection[0])
    slack.fail("views.open", faults.Delay(0.3))
    opening = asyncio.create_task(modals.open("tocsin-1", slack.world.new_trigger(), "A wish"))
    await asyncio.sleep(0)

    assert await modals.show("tocsin-1", FORM, channel_id="C1")
    await opening


async def test_a_closed_modal_is_not_filled(connection: Connection) -> None:
    """Then the answer goes elsewhere."""
    assert not await Modals(connection[0]).show("V9", FORM, channel_id="C1")
