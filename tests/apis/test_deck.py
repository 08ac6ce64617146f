"""Deck: reading what a run asks, answering it, and listing what there is."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.apis.listing import FRESH_S, MOST_PAGES
from bot.core.errors import ApiError
from bot.core.prompts import Blank
from bot.core.reasons import AMBIGUOUS, Reason
from bot.playground.deck import DeckSim
from bot.playground.deck.sim import MFA
from bot.playground.faults import EndlessCursor, ErrorBody, Reset, WrongType
from tests.apis.vendors import deck

SECRET = "canary-490213"


@pytest.fixture
async def sim() -> AsyncIterator[DeckSim]:
    """Run the simulated API."""
    async with DeckSim() as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """Share one session."""
    async with ClientSession() as one:
        yield one


async def test_a_run_that_asks(sim: DeckSim, session: ClientSession) -> None:
    """Kind, words and blanks come as Deck tells them, and the name of who asks."""
    run_id = sim.add_run()
    api = deck(sim, session)

    prompt = await api.prompt(run_id)

    assert prompt.waits
    assert (prompt.kind, prompt.message) == ("mfa", MFA["message"])
    assert prompt.blanks == (Blank(name="code", kind="string", label="Verification code"),)
    assert await api.agent(prompt.agent_id) == "Invoice fetcher"


async def test_choices_are_read_in_every_spelling(sim: DeckSim, session: ClientSession) -> None:
    """A list of texts and a list of objects are choices; nonsense among them is none."""
    third = {"value": 3, "label": "Third"}
    told: list[Any] = [{"id": "a1", "name": "Main"}, "a2", third, None, [], {}]
    field = {"name": "account_id", "type": "select", "label": "Account", "options": told}
    run_id = sim.add_run({"type": "account_selection", "message": "", "fields": [field]})

    (blank,) = (await deck(sim, session).prompt(run_id)).blanks

    assert blank.choices == (("a1", "Main"), ("a2", "a2"), ("3", "Third"))


async def test_the_mark_tells_questions_apart(sim: DeckSim, session: ClientSession) -> None:
    """The same question has the same mark, and one that is asked again has another."""
    run_id, api = sim.add_run(), deck(sim, session)
    first, same = await api.prompt(run_id), await api.prompt(run_id)
    sim.ask(run_id, MFA)

    again = await api.prompt(run_id)

    assert first.mark == same.mark
    assert first.mark != again.mark


async def test_an_answer_arrives_as_it_is(sim: DeckSim, session: ClientSession) -> None:
    """A code keeps its zeros, in one object under `input`, with a key that makes it once."""
    run_id, api = sim.add_run(), deck(sim, session)

    await api.answer(run_id, {"code": "001234"}, key="tocsin-1")

    assert sim.answered == [(run_id, {"code": "001234"})]
    assert sim.calls[-1].body == {"input": {"code": "001234"}}
    assert sim.calls[-1].headers["idempotency-key"] == "tocsin-1"
    assert not (await api.prompt(run_id)).waits


async def test_the_same_key_is_the_same_answer(sim: DeckSim, session: ClientSession) -> None:
    """What was lost on the way back is not answered twice, and other words are refused."""
    run_id, api = sim.add_run(), deck(sim, session)
    sim.fail("submit", Reset(after=True))

    with pytest.raises(ApiError) as lost:
        await api.answer(run_id, {"code": "1"}, key="k")
    await api.answer(run_id, {"code": "1"}, key="k")
    with pytest.raises(ApiError) as other:
        await api.answer(run_id, {"code": "2"}, key="k")

    assert lost.value.reason in AMBIGUOUS
    assert other.value.status == 409
    assert sim.answered == [(run_id, {"code": "1"})]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 410, 422, 429, 500, 503])
async def test_no_error_repeats_an_answer(
    sim: DeckSim, session: ClientSession, status: int
) -> None:
    """Whatever Deck writes into an error, words, code or field, what was answered is not told."""
    row = {"type": SECRET, "code": SECRET, "message": f"{SECRET} is wrong", "field": SECRET}
    sim.fail("submit", ErrorBody(status, {"errors": [row], "message": SECRET}))

    with pytest.raises(ApiError) as caught:
        await deck(sim, session).answer(sim.add_run(), {"code": SECRET}, key="k")

    told = [caught.value.text, caught.value.field, caught.value.ref_id, repr(caught.value)]
    assert SECRET not in str(told)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    ("named", "field"),
    [("input.code", "code"), ("code", "code"), ("input.other", None), ("input", None), (7, None)],
)
async def test_the_field_at_fault_is_one_of_ours(
    sim: DeckSim, session: ClientSession, named: Any, field: str | None
) -> None:
    """An error at a field that was sent names it; any other names none."""
    row = {"type": "request", "code": "input_invalid", "field": named, "message": "No."}
    sim.fail("submit", ErrorBody(422, {"errors": [row], "request_id": "req_1"}))

    with pytest.raises(ApiError) as caught:
        await deck(sim, session).answer(sim.add_run(), {"code": "1"}, key="k")

    assert (caught.value.field, caught.value.ref_id) == (field, "req_1")


@pytest.mark.parametrize("run_id", ["", "../agents", "a/b", "a?b", "a#b", "ä", "x" * 256, "a%2e"])
async def test_odd_ids_go_nowhere(sim: DeckSim, session: ClientSession, run_id: str) -> None:
    """What is no id never becomes part of an address."""
    api = deck(sim, session)

    with pytest.raises(ApiError) as reading:
        await api.prompt(run_id)
    with pytest.raises(ApiError) as answering:
        await api.answer(run_id, {"code": "1"}, key="k")

    assert {reading.value.reason, answering.value.reason} == {Reason.INVALID}
    assert sim.calls == []


@pytest.mark.parametrize("body", [{}, {"id": "trun_other", "status": "running"}, {"id": 5}, [], 3])
async def test_a_run_of_another_shape(sim: DeckSim, session: ClientSession, body: Any) -> None:
    """An answer that is not the run that was asked for is not taken for it."""
    sim.fail("retrieve_run", WrongType(body))

    with pytest.raises(ApiError) as caught:
        await deck(sim, session).prompt(sim.add_run())

    assert caught.value.reason is Reason.SERVER


async def test_an_agent_that_cannot_be_asked_for(sim: DeckSim, session: ClientSession) -> None:
    """Then its id has to do, and the next time its name is asked for again."""
    agent_id = sim.add("agent", "Invoice fetcher")
    sim.fail("retrieve_agent", ErrorBody(500))
    api = deck(sim, session)

    assert await api.agent(agent_id) == agent_id
    assert await api.agent(agent_id) == "Invoice fetcher"
    assert await api.agent(agent_id) == "Invoice fetcher"
    assert sim.count("retrieve_agent") == 2


async def test_lists_are_whole_and_fresh_for_minutes(sim: DeckSim, session: ClientSession) -> None:
    """Every page is read once, kept for five minutes, and then read anew."""
    now = [0.0]
    api = deck(sim, session, monotonic=lambda: now[0])
    for number in range(250):
        sim.add("agent", f"Agent {number}")

    agents = await api.list("agent")
    again = await api.list("agent")
    calls = sim.count("list_agents")
    now[0] = FRESH_S
    await api.list("agent")

    assert [one.name for one in agents] == [f"Agent {number}" for number in range(250)]
    assert agents == again
    assert (calls, sim.count("list_agents")) == (3, 6)
    assert {call.query["limit"][0] for call in sim.calls} == {"100"}


async def test_kinds_without_a_list(sim: DeckSim, session: ClientSession) -> None:
    """Agents, sources and tasks can be listed; of anything else nothing is asked."""
    api = deck(sim, session)
    sim.add("source", "Portal")
    sim.add("task", "Fetch")

    assert set(api.kinds) == {"agent", "source", "task"}
    assert [one.name for one in await api.list("source")] == ["Portal"]
    assert [one.name for one in await api.list("task")] == ["Fetch"]
    assert await api.list("connection") == ()
    assert sim.count("list_sources") + sim.count("list_tasks") == len(sim.calls)


async def test_a_cursor_that_goes_round(sim: DeckSim, session: ClientSession) -> None:
    """The same cursor again ends a list; so does too long a one."""
    sim.add("agent", "Only")
    sim.fail_always("list_agents", EndlessCursor())

    agents = await deck(sim, session).list("agent")

    assert [one.name for one in agents] == ["Only"]
    assert sim.count("list_agents") == 2


async def test_a_list_without_end(sim: DeckSim, session: ClientSession) -> None:
    """Ten pages are enough for anybody to choose from."""
    rows = [{"id": "agt_1", "name": "A"}, {"id": "agt_2"}, {"name": "no id"}, "odd"]
    pages = [WrongType({"data": rows, "next_cursor": f"c{n}"}) for n in range(MOST_PAGES + 5)]
    sim.fail("list_agents", *pages)

    agents = await deck(sim, session).list("agent")

    assert [(one.id, one.name) for one in agents] == [("agt_1", "A"), ("agt_2", None)]
    assert sim.count("list_agents") == MOST_PAGES
