"""The page over HTTP: who is let in, what can be done, and whether its proof is honest."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiohttp import ClientSession

from bot.playground.page import PageServer, Playground
from bot.playground.page.ledger import Ledger
from bot.playground.page.person import Person
from bot.playground.page.proof import prove
from bot.playground.page.samples import Samples
from bot.playground.page.state import Feed
from bot.playground.parallel import ParallelSim
from bot.playground.slack import SlackStandIn
from bot.playground.stage import Stage
from bot.plugins import discover
from bot.store.deliveries import history
from tests.playground.listener import Bot

OK, FORBIDDEN, NOT_FOUND, CONFLICT = 200, 403, 404, 409
PATIENCE_S = 25.0
VIEW = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "New watch"},
    "submit": {"type": "plain_text", "text": "Watch"},
    "blocks": [{"type": "divider"}],
    "id": "V1",
}


class Page(NamedTuple):
    """A page that is served, and a client for it."""

    playground: Playground
    url: str
    client: ClientSession

    async def do(self, deed: str, **question: Any) -> int:
        """Ask as the page itself does and return the status."""
        origin = {"Origin": self.url}
        async with self.client.post(
            f"{self.url}/do/{deed}", json=question, headers=origin
        ) as answer:
            await answer.read()
            return answer.status

    async def get(self, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        """Return status, text and headers."""
        async with self.client.get(self.url + path, headers=headers) as answer:
            return answer.status, await answer.text(), dict(answer.headers)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something in the workspace holds."""
        await self.playground.stage.slack.wait_for(holds, PATIENCE_S)


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """A page over a stage on which nothing is played; #ops hears all of Deck."""
    async with Stage(tmp_path) as stage:
        playground = Playground(stage, discover(), partial(history, limit=1_000))
        stage.slack.add_channel("C0OPS", "ops")
        async with PageServer(playground) as server, ClientSession() as client:
            page = Page(playground, server.url, client)
            await page.do("write", channel="C0OPS", text="/alerts subscribe deck type:*")
            await page.until(lambda: len(stage.slack.answers("C0OPS", "U0ANNA")) == 1)
            yield page
        await playground.firing.stop()


async def test_others_are_kept_out(page: Page) -> None:
    """Another host name, another origin, no origin and a form are all refused."""
    own, deed = {"Origin": page.url}, f"{page.url}/do/kill"
    tries = [
        page.client.post(deed, json={}, headers=own | {"Host": "evil.example"}),
        page.client.post(deed, json={}, headers={"Origin": "http://evil.example"}),
        page.client.post(deed, json={}),
        page.client.post(deed, data={"a": "b"}, headers=own),
        page.client.get(page.url, headers={"Host": "evil.example"}),
    ]

    assert [FORBIDDEN] * len(tries) == [(await one).status for one in tries]
    assert page.playground.stage.bot.running


async def test_the_page_is_whole_and_strict(page: Page) -> None:
    """Every file it names is served, and its policy allows nothing from elsewhere."""
    status, text, headers = await page.get("/")

    assert status == OK
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    for name in ("app.js", "style.css", "dom.js", "blocks.js"):
        assert (await page.get(f"/static/{name}"))[0] == OK
    assert (await page.get("/static/..%2fserver.py"))[0] == NOT_FOUND
    assert "innerHTML" not in "".join([(await page.get(f"/static/{one}"))[1] for one in SCRIPTS])
    assert "https://" not in text


SCRIPTS = (
    "app.js", "blocks.js", "dom.js", "inputs.js", "menu.js", "messages.js", "panel.js",
    "surface.js", "text.js", "views.js",
)  # fmt: skip


async def test_a_storm_is_said_once_and_proven(page: Page) -> None:
    """Twenty copies and a tampered one: one message, and the counters say so."""
    assert await page.do("fire", source="deck", type="task_run.failed", times=20) == OK
    assert await page.do("fire", source="deck", type="task_run.failed", tampered=True) == OK
    channel = page.playground.stage.slack.channels["C0OPS"]
    await page.until(lambda: bool(channel.messages))

    await page.playground.prove()
    proof = page.playground.proof
    assert (21, 20, 1) == (proof.sent, proof.acknowledged, proof.refused)
    assert (1, 1) == (proof.events, proof.messages)
    assert (0, 0) == (proof.lost, proof.repeated)


async def test_a_dead_bot_loses_nothing(page: Page) -> None:
    """A webhook that nobody took is sent again once the bot is back, and said once."""
    assert await page.do("kill") == OK
    assert await page.do("fire", source="deck", type="agent.updated") == OK
    assert await page.do("write", channel="C0OPS", text="/alerts list") == CONFLICT
    assert await page.do("start") == OK
    channel = page.playground.stage.slack.channels["C0OPS"]
    await page.until(lambda: len(channel.messages) == 1)

    told = [entry.text for entry in page.playground.journal.entries]
    assert "deck sent agent.updated: no answer" in told
    assert any(text.startswith("The bot is back after") for text in told)


async def test_slack_breaks_and_heals(page: Page) -> None:
    """While Slack cuts the line, a message is not repeated; the log tells of both."""
    assert await page.do("sabotage", mode="cut") == OK
    assert await page.do("fire", source="deck", type="agent.updated") == OK
    channel = page.playground.stage.slack.channels["C0OPS"]
    await page.until(lambda: bool(channel.messages))
    assert await page.do("heal") == OK

    page.playground.journal.follow()
    told = [entry.text for entry in page.playground.journal.entries]
    assert "Slack, to a post in #ops: taken, then the line was cut" in told
    assert "Slack works again" in told
    assert page.playground.breaker.mode == ""


@pytest.mark.parametrize(
    ("deed", "question"),
    [
        ("sabotage", {"mode": "melt"}),
        ("fire", {"source": "acme", "type": "x"}),
        ("fire", {"source": "deck", "type": "../../secrets"}),
        ("fire", {"source": "deck", "type": "agent.updated", "times": 10_000}),
        ("write", {"channel": "C404", "text": "hello"}),
        ("press", {"channel": "C0OPS", "ts": "1.2", "action_id": "a"}),
        ("submit", {"view": "V404"}),
        ("change", {"view": "V404", "block_id": "b"}),
        ("close", {"view": "V404"}),
        ("shortcut", {"channel": "C0OPS", "ts": "1.2", "callback_id": "alert_why"}),
    ],
)
async def test_what_is_not_there_is_refused(
    page: Page, deed: str, question: dict[str, Any]
) -> None:
    """A question about nothing gets a sentence, never a server error."""
    assert await page.do(deed, **question) == CONFLICT


async def test_buttons_and_modals_reach_the_bot(page: Page, bot: Bot) -> None:
    """Each deed sends what Slack would; a submitted modal closes."""
    slack = page.playground.stage.slack
    button = {"type": "button", "action_id": "ok", "text": {"type": "plain_text", "text": "OK"}}
    blocks = [{"type": "actions", "elements": [button]}]
    message = slack.say("C0OPS", slack.team.bot_user_id, "Sure?", blocks=blocks)
    slack.views["V1"] = {**VIEW, "blocks": blocks}
    page.playground.person = Person(slack, lambda: bot.url, page.playground.journal)
    told = []

    async def do(deed: str, **question: Any) -> None:
        assert await page.do(deed, **question) == OK
        told.append(bot.payload["type"])

    await do("press", channel="C0OPS", ts=message.ts, action_id="ok")
    await do("press", view="V1", action_id="ok")
    await do("submit", view="V1")
    await do("shortcut", channel="C0OPS", ts=message.ts, callback_id="alert_why")
    await do("shortcut", channel="C0OPS", callback_id="monitor_create")
    expected = ["block_actions", "block_actions", "view_submission", "message_action", "shortcut"]
    assert told == expected
    assert {} == slack.views
    assert await page.do("home") == OK
    assert b'"app_home_opened"' in bot.bodies[-1]


async def test_a_field_must_be_filled_in(page: Page, bot: Bot) -> None:
    """What Slack sees to be missing is said without asking the bot; what is there is kept."""
    slack = page.playground.stage.slack
    page.playground.person = Person(slack, lambda: bot.url, page.playground.journal)
    kind = {"type": "plain_text_input", "action_id": "change"}
    label = {"type": "plain_text", "text": "Query"}
    block = {"type": "input", "block_id": "q", "label": label, "element": kind}
    slack.views["V1"] = {**VIEW, "blocks": [block]}

    assert await page.do("submit", view="V1", values={"q": ""}) == OK
    assert (bot.bodies, list(slack.views)) == ([], ["V1"])
    assert await page.do("change", view="V1", values={"q": "Harbor"}, block_id="q") == OK
    assert bot.bodies == []
    assert await page.do("submit", view="V1", values={"nowhere": "x"}) == CONFLICT
    assert await page.do("submit", view="V1") == OK
    values = bot.payload["view"]["state"]["values"]
    assert values == {"q": {"change": {"type": "plain_text_input", "value": "Harbor"}}}


async def test_trouble_is_told(page: Page, bot: Bot) -> None:
    """An answer that Slack does not understand leaves the modal, with Slack's sentence."""
    slack, bot.answer = page.playground.stage.slack, "ok"
    page.playground.person = Person(slack, lambda: bot.url, page.playground.journal)
    slack.views["V1"] = VIEW

    assert await page.do("submit", view="V1") == CONFLICT
    assert list(slack.views) == ["V1"]


async def test_a_message_links_to_its_blocks(page: Page) -> None:
    """The JSON of a message is what Slack was sent, an ephemeral one's too."""
    answer = page.playground.stage.slack.answers("C0OPS", "U0ANNA")[0]

    status, text, _ = await page.get(f"/messages/C0OPS/{answer.ts}.json")
    assert status == OK
    assert '"type": "rich_text"' in text
    assert (await page.get("/messages/C0OPS/1.2.json"))[0] == NOT_FOUND


async def test_the_feed_tells_only_what_is_new(page: Page) -> None:
    """The first news are everything, then changes alone; what is gone is null."""
    feed, slack = Feed(page.playground), page.playground.stage.slack
    slack.views["V1"] = VIEW
    first = feed.news()
    page.playground.journal.note("Hello")
    del slack.views["V1"]

    second = feed.news()
    assert {"workspace", "channels", "proof", "samples", "view/V1"} <= set(first)
    assert second["view/V1"] is None
    assert ["Hello"] == [one["text"] for name, one in second.items() if name.startswith("log/")]
    assert {} == feed.news()


async def test_the_opening_fills_every_channel(page: Page) -> None:
    """Each source has its channel with a message, and the monitor has its thread."""
    await page.playground.programme.open()
    channels = page.playground.stage.slack.channels
    await page.until(lambda: all(one.messages for one in channels.values() if one.id != "C0OPS"))

    assert ["ops", "market-watch", "visibility", "data"] == [one.name for one in channels.values()]
    assert len(channels["C0MARKET"].messages) == 3


async def test_the_demo_ends_whole(tmp_path: Path) -> None:
    """Ctrl-C ends the page and the bot with 0, and nothing is said but the address."""
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo"),
        cwd=Path(__file__).parents[2],
        env={"TMPDIR": str(tmp_path), "PATH": os.defpath, "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert demo.stdout is not None
    address = (await demo.stdout.readline()).decode()
    assert address.startswith("Tocsin rings in a Slack of its own. Open http://127.0.0.1:")
    demo.send_signal(signal.SIGINT)
    rest = (await demo.stdout.read()).decode()  # until the bot has let go of its end, too

    assert await demo.wait() == 0
    assert "Traceback" not in rest
    assert "Ended; nothing is left behind." in rest
    assert [] == list(tmp_path.iterdir())


def test_every_sample_can_be_fired() -> None:
    """Each sample of each source is made an event that never was before."""
    sources = discover()
    samples = Samples(sources, ParallelSim())

    assert set(sources) == set(samples.types)
    for source, types in samples.types.items():
        for event_type in types:
            first, second = (samples.fresh(source, event_type) for _ in range(2))
            keys = Ledger(sources)
            keys.record(source, first.raw, first.id, OK)
            keys.record(source, second.raw, second.id, OK)
            assert len(keys.events) == 2, f"{source} {event_type}"


def test_samples_tell_of_one_object_until_it_ends() -> None:
    """A run that goes on keeps its id; one that ended, or begins again, is another."""
    samples = Samples(["deck"], ParallelSim())
    types = ("running", "completed", "running", "running")
    ids = [samples.fresh("deck", f"task_run.{one}").body["data"]["id"] for one in types]

    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


def told(state: str, *messages: dict[str, Any]) -> dict[str, Any]:
    """Return what the bot's records say of the event `deck e1`."""
    return {"source": "deck", "event": "e1", "state": state, "messages": list(messages)}


def owed(state: str, delivery: str = "d1") -> dict[str, Any]:
    """Return what they say of one message."""
    return {"delivery": delivery, "state": state, "channel": "C1", "in_thread": False}


@pytest.mark.parametrize(
    ("stories", "shown", "expected"),
    [
        ([], [], {"lost": 1}),
        ([told("dead")], [], {"lost": 1}),
        ([told("received")], [], {"under_way": 1}),
        ([told("routed")], [], {}),
        ([told("routed", owed("pending"))], [], {"under_way": 1}),
        ([told("routed", owed("skipped"))], [], {}),
        ([told("routed", owed("dead"))], [], {"lost": 1}),
        ([told("routed", owed("sent"))], [], {"lost": 1}),
        ([told("routed", owed("sent"))], ["d1"], {"messages": 1}),
        ([told("routed", owed("sent"))], ["d1", "d1"], {"messages": 2, "repeated": 1}),
        (
            [told("routed", owed("sent"), owed("sent", "d2"))],
            ["d1", "d2"],
            {"messages": 2, "repeated": 1},
        ),
    ],
)
def test_the_proof_is_honest(
    stories: list[dict[str, Any]], shown: list[str], expected: dict[str, int]
) -> None:
    """An acknowledged event that nobody knows, or that was said twice, is counted."""
    slack = SlackStandIn()
    slack.add_channel("C1", "alerts")
    for delivery in shown:
        metadata = {"event_type": "tocsin_delivery", "event_payload": {"delivery_id": delivery}}
        slack.say("C1", slack.team.bot_user_id, "Ding", metadata=metadata)
    proof = prove(Ledger({}), [("deck", "e1")], stories, slack)

    found = {name: getattr(proof, name) for name in ("lost", "repeated", "under_way", "messages")}
    assert dict.fromkeys(found, 0) | expected == found
