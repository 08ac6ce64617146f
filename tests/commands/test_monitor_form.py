"""Web monitors by form and button: made once, changed only where it was changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from bot.commands import monitor_form
from bot.commands.phrases import cost
from bot.commands.running import PAUSE
from bot.core.errors import ApiError
from bot.core.forms import Form, Kind
from bot.core.monitors import PRICE_PER_RUN, Definition, Monitor, Origin, Pause
from bot.core.reasons import Reason
from bot.slack.forms import view
from bot.slack.limits import view_problems
from tests.commands.counter import Counter, untouched, words
from tests.commands.fakes import FakeMonitorApi
from tests.store.making import TEAM

MODAL = "tocsin-1"
FREQUENCIES = [*("1h", "6h", "1d", "2w", "30d"), *("5h", "36h", "3d", "3w")]
DOMAINS = ("example.com", ".gov", "example.org/news", "a-b.example")


class Refusing(FakeMonitorApi):
    """Parallel that refuses the next create or change as it is told to."""

    def __init__(self, error: ApiError) -> None:
        super().__init__()
        self.error = error

    @override
    async def create(self, definition: Definition, origin: Origin) -> Monitor:
        """Refuse."""
        raise self.error

    @override
    async def update(
        self, monitor_id: str, definition: Definition, names: Collection[str]
    ) -> Monitor:
        """Refuse."""
        raise self.error


PIECES = ["Acme", "raises", "“money”", '"chief"', "every", "6h", "processor", "none", "x:y"]
queries = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map(" ".join) | st.sampled_from(
    ["two  spaces", "two\nlines", "it\u2019s \u2013 new", "a <https://x.example|link>"]
)
definitions = st.builds(
    Definition,
    query=queries,
    frequency=st.sampled_from(FREQUENCIES),
    processor=st.sampled_from([*PRICE_PER_RUN]),
    location=st.none() | st.sampled_from(["us", "de"]),
    include_domains=st.just(()),
    exclude_domains=st.lists(st.sampled_from(DOMAINS), unique=True).map(tuple),
    backfill=st.booleans(),
    metadata=st.just({"kept": "as it is"}),
) | st.builds(
    Definition,
    query=queries,
    include_domains=st.lists(st.sampled_from(DOMAINS), unique=True, min_size=1).map(tuple),
)


@given(definition=definitions)
def test_what_a_form_shows_it_says_again(definition: Definition) -> None:
    """Saved without a change nothing changes: what cannot be filled in is not touched."""
    values = monitor_form.values_of(definition)

    assert monitor_form.mistakes(values) == {}
    assert monitor_form.changed(values, definition) == {}


@given(before=definitions, after=definitions)
def test_what_was_changed_is_what_changes(before: Definition, after: Definition) -> None:
    """The fields that differ, and no others; what was emptied is taken away."""
    values = monitor_form.values_of(after)
    changes = monitor_form.changed(values, before)
    fields = ("query", "frequency", "processor", "location", "include_domains", "exclude_domains")

    assert set(changes) == {one for one in fields if getattr(before, one) != getattr(after, one)}
    assert all(getattr(after, name) == value for name, value in changes.items())


async def opened(counter: Counter, text: str = "create", **more: Any) -> Form:
    """Type a command that opens a form, and return the form."""
    shown = await counter.run(counter.request("command", "monitors", text=text, view=MODAL, **more))
    assert isinstance(shown, Form)
    assert view_problems(view(shown)) == []
    return shown


FILLED: dict[str, str | tuple[str, ...]] = {
    "query": "Acme raises money, or says “never”",
    "every": "",
    "other": "36 hours",
    "processor": "base",
    "fields": "company, amount:number",
    "location": "US",
    "domains": "Example.com, .gov",
    "backfill": ("backfill",),
}


async def test_what_is_filled_in_is_made(counter: Counter) -> None:
    """Every field, as the command would have it; the channel follows and the cost is told."""
    told = words(await counter.submit(await opened(counter), FILLED))
    (made,) = counter.api.monitors.values()
    (follows,) = await counter.store.subscriptions.list(TEAM, "C1")
    known = await counter.store.monitors.get(made.id)

    assert made.query == "Acme raises money, or says “never”"
    assert (made.frequency, made.processor, made.location) == ("36h", "base", "us")
    assert (made.include_domains, made.backfill) == (("example.com", ".gov"), True)
    assert made.output_schema is not None
    assert [*made.output_schema["properties"]] == ["company", "amount"]
    assert follows.subject is not None
    assert follows.subject.id == made.id
    assert known is not None
    assert known.created_by == "U1"
    assert cost(made) in told


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, cost(Definition(query=""))),
        ({"every": "6h"}, cost(Definition(query="", frequency="6h"))),
        ({"other": "3 days"}, cost(Definition(query="", frequency="3d"))),
        (
            {"every": "1h", "processor": "base"},
            cost(Definition(query="", frequency="1h", processor="base")),
        ),
        ({"other": "sometimes"}, "The cost a month stands here when"),
    ],
)
@pytest.mark.parametrize("name", ["monitor.create", "monitor.edit"])
async def test_the_cost_follows_the_answers(
    counter: Counter, name: str, values: dict[str, str], said: str
) -> None:
    """With each change of pace or processor, in either form; what was typed stays."""
    typed = {"query": "Acme", "domains": "not a domain", **values}
    for field in ("every", "other", "processor"):
        shown = await counter.press(f"{name}:{field}", values=typed, context="m1", view=MODAL)
        assert isinstance(shown, Form)
        assert said in words(shown)
        assert (shown.name, shown.context) == (name, "m1")
        assert untouched(shown)["domains"] == "not a domain"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("query", "", "What shall it watch?"),
        ("query", "  \n ", "What shall it watch?"),
        ("query", "x" * 2_001, "too long"),
        ("other", "sometimes", "is not a frequency"),
        ("other", "31 days", "is not possible"),
        ("processor", "ultra", "does not run monitors"),
        ("fields", "company, amount:date", "has no type that I know"),
        ("fields", "1st", "is no name for a field"),
        ("location", "uk", "the United Kingdom is gb"),
        ("location", "us de", "one word too many"),
        ("domains", "example", "is not a domain"),
        ("without", "http://", "is not a domain"),
    ],
)
async def test_every_mistake_stands_at_its_field(
    counter: Counter, name: str, value: str, said: str
) -> None:
    """And at no other, before anything is sent."""
    request = counter.filled(await opened(counter), {"query": "Acme", name: value})
    mistakes = counter.commands.mistakes(request)

    assert [*mistakes] == [name]
    assert said in mistakes[name]


async def test_several_mistakes_are_told_together(counter: Counter) -> None:
    """Each at its field; and that two lists of domains make no sense is told alone."""
    shown = await opened(counter)
    several = {"query": "", "other": "x", "location": "usa", "domains": "x"}
    both = {"query": "Acme", "domains": "a.example", "without": "b.example"}

    assert {*counter.commands.mistakes(counter.filled(shown, several))} == {*several}
    assert {*counter.commands.mistakes(counter.filled(shown, both))} == {"without"}


@pytest.mark.parametrize(
    ("field", "at"),
    [
        ("query", "query"), ("every", "every"), ("processor", "processor"),
        ("fields", "fields"), ("location", "location"), ("domains", "domains"),
        ("without", "without"), ("backfill", "backfill"), (None, None), ("metadata", None),
    ],
)  # fmt: skip
async def test_what_the_api_refuses_stands_at_its_field(
    counter: Counter, field: str | None, at: str | None
) -> None:
    """Or on top where it names none; everything that was typed stays."""
    counter.api = Refusing(
        ApiError(
            "Parallel refuses this.", reason=Reason.INVALID, status=422, ref_id="r", field=field
        )
    )
    again = await counter.submit(await opened(counter), FILLED)
    assert isinstance(again, Form)
    wrong = {one.name: one.wrong for one in again.inputs if one.wrong}

    assert wrong == ({at: "Parallel refuses this. (Reference r.)"} if at else {})
    assert ("Parallel refuses this. (Reference r.)" in words(again)) is True
    assert bool(again.lines) is (at is None)
    assert {name: untouched(again)[name] for name in FILLED} == FILLED
    assert view_problems(view(again)) == []


@pytest.mark.parametrize("reason", [Reason.RATE_LIMITED, Reason.PAYMENT, Reason.INSTALLATION])
async def test_other_refusals_stand_on_top(counter: Counter, reason: Reason) -> None:
    """What was typed stays, to be submitted again; nothing was made."""
    counter.api.errors["create"], counter.api.carried_out = [reason], False
    again = await counter.submit(await opened(counter), FILLED)
    assert isinstance(again, Form)
    made = await counter.submit(again, {})

    assert "(Reference ref-7.)" in words(again)
    assert {name: untouched(again)[name] for name in FILLED} == FILLED
    assert words(made).startswith("This channel now hears of")
    assert len(counter.api.monitors) == 1


@pytest.mark.parametrize("carried_out", [True, False])
async def test_no_answer_makes_one_monitor(counter: Counter, *, carried_out: bool) -> None:
    """Carried out or not, it is looked for before it is asked for again."""
    counter.api.errors["create"] = [Reason.TIMEOUT]
    counter.api.carried_out = carried_out
    await counter.submit(await opened(counter), {"query": "Acme"})

    assert len(counter.api.monitors) == 1


async def test_the_same_submission_makes_one_monitor(counter: Counter) -> None:
    """Done again after a crash, it finds what it made."""
    request = counter.filled(await opened(counter), {"query": "Acme"})
    await counter.run(request)
    again = await counter.run(request.model_copy(update={"attempts": 2}))

    assert words(again).startswith("This channel now hears of Acme")
    assert len(counter.api.monitors) == 1
    assert len(await counter.store.subscriptions.list(TEAM)) == 1


@pytest.mark.parametrize("way", ["shortcut", "button"])
async def test_without_a_channel_one_is_asked_for(counter: Counter, way: str) -> None:
    """From anywhere and from the Home tab; also after an error and a change of pace."""
    ask = (
        counter.shortcut("monitor_create", channel_id="")
        if way == "shortcut"
        else counter.press("parallel.create", channel_id="", view=MODAL)
    )
    shown = await ask
    assert isinstance(shown, Form)
    values = {**untouched(shown), "query": "Acme", "channel": "C2"}
    priced = await counter.press("monitor.create:every", values=values, channel_id="", view=MODAL)
    counter.api.errors["create"], counter.api.carried_out = [Reason.RATE_LIMITED], False
    failed = await counter.submit(priced, values, channel_id="")
    told = words(await counter.submit(failed, {}, channel_id=""))
    (follows,) = await counter.store.subscriptions.list(TEAM)

    for one in (shown, priced, failed):
        assert isinstance(one, Form)
        assert [each.name for each in one.inputs if each.kind is Kind.CHANNEL] == ["channel"]
    assert follows.channel_id == "C2"
    assert told.startswith("#C2 now hears of Acme.")
    assert f"leave it to others there with /alerts unsubscribe {follows.id}" in told
    assert "This channel" not in told


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({}, None),
        ({"query": "Acme news"}, {"query"}),
        ({"every": "", "other": "3d"}, {"frequency"}),
        ({"location": ""}, {"location"}),
        ({"processor": "base", "domains": "", "without": "b.example"},
         {"processor", "include_domains", "exclude_domains"}),
    ],
)  # fmt: skip
async def test_only_what_was_changed_is_sent(
    counter: Counter, values: dict[str, str], names: set[str] | None
) -> None:
    """Nothing at all where nothing was changed."""
    told = await counter.type("/monitors create “Acme” every 6h location us domains a.example")
    (made,) = counter.api.monitors
    saved = await counter.submit(await opened(counter, f"edit {made[-12:]}"), values)

    assert "now hears" in told
    assert counter.api.updates == ([names] if names else [])
    assert ("is like that already" in words(saved)) is (names is None)


async def test_what_parallel_refuses_of_a_change(counter: Counter) -> None:
    """At its field, with what was typed."""
    made = await counter.monitor()
    shown = await opened(counter, f"edit {made.id}")
    refusing = Refusing(
        ApiError("No such place.", reason=Reason.INVALID, status=422, field="location")
    )
    refusing.monitors = counter.api.monitors
    counter.api = refusing
    again = await counter.submit(shown, {"location": "zz", "query": "Acme!"})
    assert isinstance(again, Form)

    assert {one.name: one.wrong for one in again.inputs if one.wrong} == {
        "location": "No such place."
    }
    assert (again.name, again.context) == ("monitor.edit", made.id)
    assert untouched(again)["query"] == "Acme!"


@pytest.mark.parametrize(
    ("how", "state"),
    [("hold", (Pause.HOLD, True)), ("slow", (Pause.SLOW, True)), ("stop", (Pause.STOP, False))],
)
async def test_pausing_asks_how(counter: Counter, how: str, state: tuple[Pause, bool]) -> None:
    """Each way with what it costs; it is paused so, and resumes by button."""
    made = await counter.monitor()
    shown = await counter.press("parallel.pause", made.id, view=MODAL)
    assert isinstance(shown, Form)
    (ways,) = shown.inputs
    await counter.submit(shown, {"how": how})
    known = await counter.store.monitors.get(made.id)
    live = counter.api.monitors[made.id]
    resumed = words(await counter.press("parallel.resume", made.id))

    assert [one.value for one in ways.choices] == ["hold", "slow", "stop"]
    assert cost(made.definition) in ways.choices[0].about
    assert view_problems(view(shown)) == []
    assert known is not None
    assert (known.pause, live.active) == state
    assert ("runs again as a new monitor" if how == "stop" else "speaks again") in resumed
    (after,) = [one for one in counter.api.monitors.values() if one.active]
    assert after.frequency == "6h"


async def test_run_twice_within_a_minute_runs_once(counter: Counter) -> None:
    """Whoever asks second is told who was first; a minute later it runs again."""
    made = await counter.monitor()
    first = words(await counter.press("parallel.run", made.id))
    second = words(await counter.press("parallel.run", made.id, user_id="UADMIN"))
    counter.clock.forward(PAUSE.total_seconds())
    third = words(await counter.press("parallel.run", made.id))

    assert "runs once now" in first
    assert "does not run again at once: @U1 started it" in second
    assert "runs once now" in third
    assert counter.api.triggered == [made.id, made.id]


async def test_cancelled_by_button_for_good(counter: Counter) -> None:
    """The button has asked; pressed twice it stays cancelled."""
    made = await counter.monitor()
    for _ in range(2):
        told = words(await counter.press("parallel.cancel", made.id))
        assert "is cancelled for good" in told
    refused = words(await counter.press("parallel.resume", made.id))

    assert "cancelled for good" in refused
    assert counter.api.calls.count("cancel") == 1


@pytest.mark.parametrize("act", ["run", "pause", "resume", "cancel", "edit"])
async def test_a_button_of_what_is_gone(counter: Counter, act: str) -> None:
    """Of an old message: a sentence, whatever the button is about."""
    told = words(await counter.press(f"parallel.{act}", "monitor_gone", view=MODAL))

    assert told
    assert counter.api.triggered == []
