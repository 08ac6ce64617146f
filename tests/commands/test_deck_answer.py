"""Answering Deck: a form for what it asks, one answer, and nothing of it kept."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import ClientSession
from typing_extensions import override

from bot.apis.deck import Deck
from bot.core.errors import DeliveryError, StoreUnavailableError
from bot.core.forms import Form, Home, Kind, Reply
from bot.core.marks import Posted
from bot.core.ports import Responder
from bot.core.reasons import Reason
from bot.core.requests import Request
from bot.playground.deck import DeckSim
from bot.playground.deck.sim import MFA
from bot.playground.faults import ErrorBody, Fault, Hang, RateLimited, Reset, ServerError, Text200
from bot.slack.forms import view
from bot.worker.serving import Serving
from tests.apis.vendors import deck
from tests.commands.counter import Counter, words
from tests.store.making import TEAM

CODE = "canary 004917"
AMBIGUOUS: tuple[Fault, ...] = (
    Reset(after=True),
    Hang(after=True),
    ServerError(502, "html", after=True),
    Text200(after=True),
)
LOST: tuple[Fault, ...] = (Reset(after=False), Hang(after=False), ServerError(500), Text200())


@pytest.fixture
async def sim() -> AsyncIterator[DeckSim]:
    """Run the simulated API."""
    async with DeckSim() as running:
        yield running


@pytest.fixture
async def desk(counter: Counter, sim: DeckSim) -> AsyncIterator[Counter]:
    """Yield a counter with a key to Deck."""
    async with ClientSession() as session:
        counter.deck = deck(sim, session, timeout_s=0.5)
        yield counter


async def alert_of(desk: Counter, sim: DeckSim, interaction: Mapping[str, Any] = MFA) -> Posted:
    """Have an alert stand in C1 that a run of Deck asks, and return it."""
    run_id = sim.add_run(interaction)
    await desk.follow(source="deck")
    await desk.arrive(
        {
            "id": f"evt_{run_id}",
            "object": "event",
            "type": "task_run.interaction_required",
            "created_at": "2026-11-20T09:00:00Z",
            "data": sim.runs[run_id],
        },
        source="deck",
    )
    found = await desk.store.messages.find(TEAM, "C1", await desk.say())
    assert found is not None
    return found


async def press(desk: Counter, posted: Posted, **more: Any) -> Reply | None:
    """Press the Answer button of an alert."""
    (action,) = posted.alert.actions
    return await desk.press(action.name, action.value, message_ts=posted.ts, **more)


async def form_of(desk: Counter, posted: Posted, **more: Any) -> Form:
    """Press the button and return the form."""
    shown = await press(desk, posted, **more)
    assert isinstance(shown, Form)
    return shown


async def marks(desk: Counter, posted: Posted) -> list[tuple[str, str]]:
    """Return who did what, as the alert shows it."""
    found = await desk.store.messages.find(TEAM, "C1", posted.ts)
    assert found is not None
    return [(one.by, one.words) for one in found.marks]


async def test_the_form_asks_what_deck_asks(desk: Counter, sim: DeckSim) -> None:
    """Its title names the agent, its words are Deck's, and a code is said to be seen by nobody."""
    shown = await form_of(desk, await alert_of(desk, sim))

    (blank,) = shown.inputs
    assert shown.title == "Answer Invoice fetcher"
    assert "needs a one-time code" in words(shown)
    assert str(MFA["message"]) in words(shown)
    assert (blank.label, blank.kind, blank.needed) == ("Verification code", Kind.LINE, True)
    assert "you alone" in blank.hint


async def test_every_kind_of_field(desk: Counter, sim: DeckSim) -> None:
    """Text, secret, choice and yes or no have an input each; unknown kinds are text by name."""
    fields = [
        {"name": "answer", "type": "string", "label": "Your answer"},
        {"name": "pw", "type": "password", "label": "Password"},
        {"name": "account", "type": "select", "label": "Account", "options": ["Main", "Other"]},
        {"name": "remember", "type": "boolean", "label": "Remember this device"},
        {"name": "face_scan", "type": "hologram"},
        {"name": "answer", "type": "string", "label": "There twice"},
    ]
    posted = await alert_of(desk, sim, {"type": "other_thing", "message": "", "fields": fields})

    shown = await form_of(desk, posted)

    assert [one.kind for one in shown.inputs] == [
        Kind.LINE, Kind.LINE, Kind.ONE, Kind.RADIO, Kind.LINE, Kind.LINE,
    ]  # fmt: skip
    assert len({one.name for one in shown.inputs}) == len(fields)
    assert "needs other thing" in words(shown)
    assert "you alone" in shown.inputs[1].hint
    assert shown.inputs[4].label == "face_scan"
    assert "hologram" in shown.inputs[4].hint


async def test_values_of_every_kind_arrive(desk: Counter, sim: DeckSim) -> None:
    """A choice arrives as Deck's value, yes as true, and text with its zeros."""
    fields = [
        {"name": "code", "type": "string", "label": "Code"},
        {"name": "account", "type": "select", "options": [{"value": "acc_2", "label": "Other"}]},
        {"name": "remember", "type": "boolean", "label": "Remember"},
    ]
    posted = await alert_of(desk, sim, {"type": "mfa", "message": "", "fields": fields})
    shown = await form_of(desk, posted)

    filled = {"blank-0": "0042", "blank-1": "0", "blank-2": "yes"}
    told = await desk.submit(shown, filled)

    ((_, given),) = sim.answered
    assert given == {"code": "0042", "account": "acc_2", "remember": True}
    assert "Deck has the answer" in words(told)


async def test_the_alert_shows_who_answered(desk: Counter, sim: DeckSim) -> None:
    """After a success the message says that it was answered, and by whom."""
    posted = await alert_of(desk, sim)

    await desk.submit(await form_of(desk, posted), {"blank-0": CODE}, user_id="U2")

    assert await marks(desk, posted) == [("U2", "answered this")]


@pytest.mark.parametrize("typed", ["", "   "])
async def test_a_blank_is_not_left_blank(desk: Counter, sim: DeckSim, typed: str) -> None:
    """That can be seen before anything is asked."""
    shown = await form_of(desk, await alert_of(desk, sim))

    request = desk.filled(shown, {"blank-0": typed})

    assert set(desk.commands.mistakes(request)) == {"blank-0"}


async def test_guests_can_neither_ask_nor_answer(desk: Counter, sim: DeckSim) -> None:
    """A guest who presses is told why not, and so is one who got hold of the form."""
    posted = await alert_of(desk, sim)
    shown = await form_of(desk, posted)

    pressed = await press(desk, posted, user_id="UGUEST")
    submitted = await desk.submit(shown, {"blank-0": CODE}, user_id="UGUEST")

    assert "Guests" in words(pressed)
    assert "Guests" in words(submitted)
    assert sim.count("submit") == 0


async def test_a_double_click_answers_once(desk: Counter, sim: DeckSim) -> None:
    """Two forms of one question: the first is sent, the second is told who was faster."""
    posted = await alert_of(desk, sim)
    first, second = await form_of(desk, posted), await form_of(desk, posted)

    await desk.submit(first, {"blank-0": "1"})
    told = await desk.submit(second, {"blank-0": "2"}, user_id="U2")
    pressed = await press(desk, posted, user_id="U2")

    assert sim.answered == [(sim.answered[0][0], {"code": "1"})]
    assert "@U1 answered this" in words(told)
    assert "goes on" in words(pressed)
    assert await marks(desk, posted) == [("U1", "answered this")]


async def test_at_the_same_moment(desk: Counter, sim: DeckSim) -> None:
    """Two who submit at once: the database decides, and one answer is sent."""
    posted = await alert_of(desk, sim)
    first, second = await form_of(desk, posted), await form_of(desk, posted)

    told = await asyncio.gather(
        desk.submit(first, {"blank-0": "1"}), desk.submit(second, {"blank-0": "2"}, user_id="U2")
    )

    assert sim.count("submit") == 1
    assert sum("Deck has the answer" in words(one) for one in told) == 1


async def test_a_wrong_code_can_be_followed_by_another(desk: Counter, sim: DeckSim) -> None:
    """Deck asks again, which is another question: it can be answered, too."""
    sim.wrong.add("1")
    posted = await alert_of(desk, sim)
    await desk.submit(await form_of(desk, posted), {"blank-0": "1"})

    await desk.submit(await form_of(desk, posted), {"blank-0": "2"}, user_id="U2")

    assert [given for _, given in sim.answered] == [{"code": "1"}, {"code": "2"}]
    assert await marks(desk, posted) == [("U2", "answered this")]


async def test_a_question_that_changed(desk: Counter, sim: DeckSim) -> None:
    """What was typed for another question is not sent; the new one is shown instead."""
    posted = await alert_of(desk, sim)
    shown = await form_of(desk, posted)
    fields = [{"name": "answer", "type": "string", "label": "First school"}]
    sim.ask(posted.alert.actions[0].value, {"type": "security_question", "fields": fields})

    told = await desk.submit(shown, {"blank-0": CODE})

    assert isinstance(told, Form)
    assert "something else" in words(told)
    assert told.inputs[0].label == "First school"
    assert CODE not in told.model_dump_json()
    assert sim.answered == []


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("running", "answered already"),
        ("completed", "done"),
        ("canceled", "canceled"),
        ("failed", "failed"),
        ("review_required", "review required"),
    ],
)
async def test_a_run_that_does_not_wait(
    desk: Counter, sim: DeckSim, status: str, said: str
) -> None:
    """Whoever comes too late is told what became of the run, at the button and at the form."""
    posted = await alert_of(desk, sim)
    shown = await form_of(desk, posted)
    sim.move(posted.alert.actions[0].value, status)

    assert said in words(await press(desk, posted))
    assert said in words(await desk.submit(shown, {"blank-0": CODE}))
    assert sim.count("submit") == 0


async def test_a_question_that_ran_out(desk: Counter, sim: DeckSim) -> None:
    """When nobody answered in time, that is what is said, and what to do."""
    posted = await alert_of(desk, sim)
    shown = await form_of(desk, posted)
    sim.time_out(posted.alert.actions[0].value)

    assert "in time" in words(await press(desk, posted))
    assert "in time" in words(await desk.submit(shown, {"blank-0": CODE}))


@pytest.mark.parametrize("fault", AMBIGUOUS, ids=str)
async def test_a_success_that_was_lost_is_found(desk: Counter, sim: DeckSim, fault: Fault) -> None:
    """Deck is asked whether it has the answer, and nothing is sent again."""
    posted = await alert_of(desk, sim)
    shown = await form_of(desk, posted)
    sim.fail("submit", fault)

    told = await desk.submit(shown, {"blank-0": CODE})

    assert "Deck has the answer" in words(told)
    assert sim.count("submit") == 1
    assert await marks(desk, posted) == [("U1", "answered this")]


@pytest.mark.parametrize("fault", LOST, ids=str)
async def test_an_answer_that_perhaps_arrived(desk: Counter, sim: DeckSim, fault: Fault) -> None:
    """When Deck still asks, that is told; nobody can send for a minute, and then anybody can."""
    posted = await alert_of(desk, sim)
    shown = await form_of(desk, posted)
    sim.fail("submit", fault)

    told = await desk.submit(shown, {"blank-0": CODE})
    at_once = await press(desk, posted, user_id="U2")
    desk.clock.now += timedelta(seconds=61)
    await desk.submit(await form_of(desk, posted), {"blank-0": CODE})

    assert "still asks" in words(told)
    assert "try again in" in words(at_once)
    assert sim.count("submit") == 2
    assert len(sim.answered) == 1


async def test_an_answer_of_which_nothing_can_be_learnt(desk: Counter, sim: DeckSim) -> None:
    """When Deck cannot be asked either, that is told, and nothing is sent again."""
    shown = await form_of(desk, await alert_of(desk, sim))
    sim.fail("submit", Reset(after=True))
    sim.fail("retrieve_run", ErrorBody(200, dict(next(iter(sim.runs.values())))), ServerError(503))

    told = await desk.submit(shown, {"blank-0": CODE})

    assert "not known" in words(told)
    assert sim.count("submit") == 1


async def test_a_request_that_is_done_again_never_sends(desk: Counter, sim: DeckSim) -> None:
    """After a success and a crash, the same request tells of the success again."""
    posted = await alert_of(desk, sim)
    request = desk.filled(await form_of(desk, posted), {"blank-0": CODE})

    first = await desk.run(request)
    second = await desk.run(request.model_copy(update={"attempts": 2}))

    assert words(first) == words(second)
    assert sim.count("submit") == 1


@pytest.mark.parametrize("carried_out", [True, False])
async def test_a_crash_while_it_is_sent(desk: Counter, sim: DeckSim, carried_out: bool) -> None:
    """The mark was written first: the next try looks, and says how it stands."""
    posted = await alert_of(desk, sim)
    request = desk.filled(await form_of(desk, posted), {"blank-0": CODE})
    async with ClientSession() as session:
        await _die_after_begin(desk, sim, session, request)
    if carried_out:
        sim.move(posted.alert.actions[0].value, "running")

    told = await desk.run(request.model_copy(update={"attempts": 2}))

    assert ("Deck has the answer" if carried_out else "interrupted") in words(told)
    assert sim.count("submit") == 0
    assert bool(await marks(desk, posted)) is carried_out


async def _die_after_begin(
    desk: Counter, sim: DeckSim, session: ClientSession, request: Request
) -> None:
    """End as if the process died when the mark was written and nothing was sent."""
    api = desk.deck

    class Dying(Deck):
        """Deck up to the moment of the answer."""

        @override
        async def answer(self, run_id: str, values: Mapping[str, str | bool], *, key: str) -> None:
            """Die."""
            raise KeyboardInterrupt

    desk.deck = Dying(sim.api_key, sim.base_url, session=session)
    with pytest.raises(KeyboardInterrupt):
        await desk.run(request)
    desk.deck = api


@pytest.mark.parametrize(
    "fault", [ErrorBody(401), ErrorBody(403), RateLimited("7"), ErrorBody(402)]
)
async def test_a_refusal_leaves_the_way_free(desk: Counter, sim: DeckSim, fault: Fault) -> None:
    """What was surely not taken can be sent at once by whoever presses next."""
    posted = await alert_of(desk, sim)
    shown = await form_of(desk, posted)
    sim.fail("submit", fault)

    told = await desk.submit(shown, {"blank-0": CODE})
    await desk.submit(await form_of(desk, posted), {"blank-0": CODE}, user_id="U2")

    assert words(told).startswith("Deck ")
    assert isinstance(told, Form)
    assert (told.name, told.context) == (shown.name, shown.context)
    assert CODE not in told.model_dump_json()
    assert len(sim.answered) == 1


async def test_what_deck_does_not_take_is_said_at_its_field(desk: Counter, sim: DeckSim) -> None:
    """The form comes back with the mistake at its input, and empty."""
    posted = await alert_of(desk, sim)
    shown = await form_of(desk, posted)
    row = {"type": "request", "code": "input_invalid", "field": "input.code", "message": CODE}
    sim.fail("submit", ErrorBody(422, {"errors": [row]}))

    told = await desk.submit(shown, {"blank-0": CODE})

    assert isinstance(told, Form)
    assert told.inputs[0].wrong == "Deck does not take this."
    assert told.inputs[0].value == ""
    assert CODE not in told.model_dump_json()
    await desk.submit(told, {"blank-0": "7"})
    assert sim.answered[0][1] == {"code": "7"}


async def test_too_late_between_look_and_answer(desk: Counter, sim: DeckSim) -> None:
    """A conflict is explained by what the run does now."""
    posted = await alert_of(desk, sim)
    shown = await form_of(desk, posted)
    before = dict(sim.runs[posted.alert.actions[0].value])
    sim.move(posted.alert.actions[0].value, "canceled")
    sim.fail("retrieve_run", ErrorBody(200, before))

    told = await desk.submit(shown, {"blank-0": CODE})

    assert "canceled" in words(told)
    assert sim.count("submit") == 1


@pytest.mark.parametrize("count", [0, 21])
async def test_questions_that_no_form_can_ask(desk: Counter, sim: DeckSim, count: int) -> None:
    """Without a field, or with too many, Deck's console is where to answer."""
    fields = [{"name": f"f{number}", "type": "string"} for number in range(count)]
    posted = await alert_of(desk, sim, {"type": "mfa", "message": "", "fields": fields})

    assert "console" in words(await press(desk, posted))


async def test_hostile_words_of_a_question(desk: Counter, sim: DeckSim) -> None:
    """Words from outside are clipped, and a form stays one that Slack takes."""
    long = "<!channel> " + "x" * 20_000
    field = {"name": long, "type": long, "label": long, "options": [long, {"value": long}]}
    text = {"name": long, "type": long, "label": ""}
    posted = await alert_of(
        desk, sim, {"type": long, "message": long, "fields": [field, text, text]}
    )

    shown = await form_of(desk, posted)

    rendered = str(view(shown))
    assert len(rendered) < 9_000
    assert len(shown.context) < 1_000


@pytest.mark.parametrize("context", ["", "{}", "not json", '{"run_id": 5}'])
async def test_a_form_of_another_release(desk: Counter, sim: DeckSim, context: str) -> None:
    """A form that does not say what it answers is not sent."""
    shown = await form_of(desk, await alert_of(desk, sim))

    told = await desk.submit(shown.model_copy(update={"context": context}), {"blank-0": CODE})

    assert "too old" in words(told)
    assert sim.count("submit") == 0


async def test_without_a_key_there_is_nothing_to_press(counter: Counter) -> None:
    """The button is of Deck's API alone."""
    assert "do not know this button" in words(await counter.press("deck.answer", "trun_1"))


class _Told:
    """A responder that keeps what it was given; Slack may be away."""

    def __init__(self, *, away: bool) -> None:
        self.replies: list[str] = []
        self._away = away

    async def respond(self, request: Request, reply: Reply | Home) -> bool:
        """Keep it."""
        self.replies.append(reply.model_dump_json())
        if self._away:
            raise DeliveryError(Reason.UNREACHABLE)
        return True


@pytest.mark.parametrize(
    "trouble",
    [
        (None, False),
        (None, True),
        (Reset(after=True), True),
        (ErrorBody(422, {"errors": [{"field": "code", "message": CODE}]}), False),
        (ErrorBody(422, {"errors": [{"field": "code", "message": CODE}]}), True),
    ],
    ids=str,
)
async def test_nothing_of_an_answer_is_kept(
    desk: Counter,
    sim: DeckSim,
    trouble: tuple[Fault | None, bool],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After the deed, told or not, neither database, log nor what people read has it."""
    fault, away = trouble
    caplog.set_level(logging.DEBUG)
    posted = await alert_of(desk, sim)
    request = desk.filled(await form_of(desk, posted), {"blank-0": CODE})
    if fault is not None:
        sim.fail("submit", fault)
    told = _Told(away=away)
    serving = Serving(desk.store.requests, desk.run, cast("Responder", told), desk.clock)
    await desk.store.requests.accept(request)
    await desk.store.writer.run(lambda connection: None)
    assert CODE.encode() in _files(tmp_path)

    await serving.serve_some()
    await serving.stop()
    _checkpoint(tmp_path / "tocsin.db")

    assert sim.calls[-1].operation in {"submit", "retrieve_run", "retrieve_agent"}
    assert sim.count("submit") == 1
    assert len(told.replies) == 1
    assert CODE.encode() not in _files(tmp_path)
    assert CODE not in caplog.text + "".join(told.replies)


def _checkpoint(database: Path) -> None:
    """Write the log of the database back and cut it off."""
    connection = sqlite3.connect(database)
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert busy == 0
    connection.close()


def _files(folder: Path) -> bytes:
    """Return every byte of the database's files."""
    return b"".join(one.read_bytes() for one in folder.iterdir() if one.is_file())


async def test_the_database_is_away(desk: Counter, sim: DeckSim) -> None:
    """Without a mark nothing is sent."""
    posted = await alert_of(desk, sim)
    request = desk.filled(await form_of(desk, posted), {"blank-0": CODE})
    await desk.store.writer.stop()

    with pytest.raises(StoreUnavailableError):
        await desk.run(request)

    assert sim.count("submit") == 0
