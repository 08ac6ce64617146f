"""Heard by HTTP or by Socket Mode, the real program does the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientError, ClientSession

from bot.playground import faults
from bot.playground.slack import SOCKET, payloads
from bot.playground.stage import Stage
from tests.system import talkative
from tests.system.scene import (
    USER,
    ask,
    count,
    heard,
    open_channel,
    posts,
    said,
    scan_failed,
    settled,
    until,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(params=["http", "socket"], scope="module", loop_scope="module")
async def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """Yield a stage whose bot hears Slack by the one way, and then one by the other."""
    folder = tmp_path_factory.mktemp("stage")
    async with Stage(folder, socket_mode=request.param == "socket") as one:
        yield one


@pytest_asyncio.fixture(loop_scope="module")
async def by_socket(tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a stage in Socket Mode that may be broken, with a talkative bot."""
    async with Stage(tmp_path, socket_mode=True, program=(talkative.__file__,)) as one:
        yield one


async def ready(stage: Stage) -> bool:
    """Return what /readyz says of Slack."""
    async with ClientSession() as session, session.get(f"{stage.bot.url}/readyz") as page:
        slack: bool = (await page.json())["slack"]
        return slack


async def reached(stage: Stage, *, slack: bool) -> None:
    """Wait until /readyz says so."""
    async with asyncio.timeout(10):
        while await ready(stage) != slack:
            await asyncio.sleep(0.05)


async def test_subscribe_hear_and_list(both: Stage) -> None:
    """Commands are carried out and answered; webhooks come by HTTP in either case."""
    await open_channel(both, "CHEAR", "surfacedby workspace hear")
    sent = scan_failed("hear.example", workspace="hear")
    assert await both.senders["surfacedby"].send(sent) == HTTPStatus.OK
    await heard(both, "CHEAR", "hear.example")

    assert "hear" in await ask(both, "CHEAR", "/alerts list")
    assert said(both, "CHEAR", "hear.example") == 1


async def test_create_once_although_repeated(both: Stage) -> None:
    """The same command three times at once makes one monitor and one answer."""
    await open_channel(both, "CMAKE", "deck")
    before = len(both.slack.answers("CMAKE", USER))
    slack = both.slack
    url = slack.response_urls.url(slack.response_urls.open("CMAKE", USER))
    place, who = slack.channels["CMAKE"], slack.users[USER]
    form = payloads.command_form(slack.world, "/monitors create Acme outages", place, who, url)
    sending = (slack.people.send(both.slack_url, "slash_commands", form) for _ in range(3))
    answers = await asyncio.gather(*sending)
    await slack.wait_for(lambda: len(slack.answers("CMAKE", USER)) > before)
    await settled(both)

    assert [one.taken for one in answers] == [True] * 3
    assert len(both.parallel.monitors) == 1
    assert len(slack.answers("CMAKE", USER)) == before + 1


async def test_an_invitation_is_greeted_once(both: Stage) -> None:
    """member_joined_channel brings the welcome, and its repetitions nothing."""
    slack = both.slack
    slack.add_channel("CJOIN", "joined")
    event = payloads.membership(slack.world, slack.channels["CJOIN"], USER, "member_joined_channel")
    for number in (None, 1, 2):
        answer = await slack.event(both.slack_url, event, event_id="EvJoin", retry_num=number)
        assert answer.taken
    await heard(both, "CJOIN", "Tocsin is in this channel now")
    await settled(both)

    assert len(posts(both, "CJOIN")) == 1
    assert count(both, "requests WHERE id = 'EvJoin'") == 1


async def test_a_command_is_carried_out_after_a_restart(both: Stage) -> None:
    """What was acknowledged before SIGTERM is done and answered by the next process."""
    await open_channel(both, "CSTOP", "deck")
    both.slack.fail_always("response_url", faults.ServerError(503))
    both.slack.fail_always("chat.postEphemeral", faults.ServerError(503))
    before = len(both.slack.answers("CSTOP", USER))
    answer = await both.slack.command(both.slack_url, "/alerts list", channel="CSTOP", user=USER)
    assert await both.bot.stop() == 0
    both.slack.heal()
    await both.bot.start()
    await both.slack.wait_for(lambda: len(both.slack.answers("CSTOP", USER)) > before, 30)

    assert answer.taken
    assert "Traceback" not in both.bot.log.read_text()


async def test_the_line_is_cut_and_mended(by_socket: Stage) -> None:
    """While Slack gives no connection the bot is not ready; then it hears again."""
    slack = by_socket.slack
    await open_channel(by_socket, "C1", "surfacedby workspace cut")
    slack.socket_mode.enabled = False
    slack.socket_mode.drop()
    await reached(by_socket, slack=False)
    sent = scan_failed("cut.example", workspace="cut")
    assert await by_socket.senders["surfacedby"].send(sent) == HTTPStatus.OK
    await heard(by_socket, "C1", "cut.example")
    slack.socket_mode.enabled = True
    await reached(by_socket, slack=True)

    assert "cut" in await ask(by_socket, "C1", "/alerts list")


async def test_a_command_acts_once_whatever_happens_to_the_line(by_socket: Stage) -> None:
    """Written down before the cut, carried out once, and answered by its response_url."""
    slack = by_socket.slack
    await open_channel(by_socket, "C1", "deck")
    before = len(slack.answers("C1", USER))
    slack.fail("envelope", faults.CloseWithoutAnswer(after=True))
    with pytest.raises(ClientError, match="dropped"):
        await slack.command(SOCKET, "/monitors create Acme", channel="C1", user=USER)
    await slack.wait_for(lambda: len(slack.answers("C1", USER)) > before)
    await settled(by_socket)

    assert len(by_socket.parallel.monitors) == 1
    assert len(slack.answers("C1", USER)) == before + 1


async def test_killed_between_delivery_and_acknowledgement(by_socket: Stage) -> None:
    """Slack repeats the event to the next process, and the channel is greeted once."""
    slack = by_socket.slack
    slack.add_channel("CKILL", "killed")
    event = payloads.membership(slack.world, slack.channels["CKILL"], USER, "member_joined_channel")
    slack.fail("envelope", faults.CloseWithoutAnswer(after=False))
    coming = asyncio.create_task(
        slack.people.event_until_taken(SOCKET, event, pauses_s=(1, 2, 3, 5, 8))
    )
    await slack.wait_for(lambda: slack.socket_mode.connections == [])
    await by_socket.bot.kill()
    await by_socket.bot.start()
    await coming
    await heard(by_socket, "CKILL", "Tocsin is in this channel now")
    await settled(by_socket)

    assert len(posts(by_socket, "CKILL")) == 1


async def test_the_http_door_is_shut_without_its_secret(by_socket: Stage) -> None:
    """In Socket Mode nothing that comes by HTTP can prove to be Slack's."""
    door = f"{by_socket.bot.url}/slack/events"
    by_socket.slack.add_channel("C1", "alerts")
    by_socket.slack.add_user(USER, "ada")
    signed = await by_socket.slack.command(door, "/alerts list", channel="C1", user=USER)
    body = b"token=x"
    unsigned = await by_socket.slack.send_raw(door, body, {})

    assert (signed.status, unsigned.status) == (401, 401)
    assert count(by_socket, "requests") == 0


async def test_ended_in_good_order_and_told_nothing(by_socket: Stage) -> None:
    """SIGTERM closes the line, and neither ticket nor token is in the log at any level."""
    slack = by_socket.slack
    await open_channel(by_socket, "C1", "deck")
    await slack.socket_mode.ask_to_reconnect("warning")
    await slack.wait_for(lambda: slack.socket_mode.opened == 2)
    slack.socket_mode.drop()
    slack.fail("apps.connections.open", faults.ServerError(500, "html"))
    await slack.wait_for(lambda: slack.socket_mode.opened == 3)
    assert await by_socket.bot.stop() == 0
    await until(lambda: slack.socket_mode.connections == [])
    log = by_socket.bot.log.read_text()

    assert log.count("Connected to Slack") == 3
    assert "Traceback" not in log
    secrets = {slack.app_token, slack.bot_token, *slack.socket_mode.tickets}
    assert {one for one in secrets | set(slack.response_urls.exchanges) if one in log} == set()
