"""Subscriptions by form and button: made, tried, changed and ended, each once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from bot.commands import subscribe_form
from bot.commands.trying import Trying, outcome
from bot.core.events import Subject
from bot.core.forms import Form, Kind
from bot.core.ports import Channel
from bot.core.subscriptions import Subscription
from bot.slack.forms import view
from bot.slack.limits import view_problems
from tests.commands.counter import Counter, untouched, words
from tests.commands.counter import scan_failed as scan
from tests.core.expressions import expressions
from tests.handlers.cases import SOURCES
from tests.store.making import TEAM, filtered

MODAL = "tocsin-1"


async def opened(counter: Counter, text: str = "subscribe", **more: Any) -> Form:
    """Type a command that opens a form, and return the form."""
    shown = await counter.run(counter.request("command", "alerts", text=text, view=MODAL, **more))
    assert isinstance(shown, Form)
    assert view_problems(view(shown)) == []
    return shown


async def chosen(counter: Counter, source: str, **more: Any) -> Form:
    """Choose a source in the open form, and return it as it is drawn then."""
    shown = await opened(counter)
    values = {**untouched(shown), "source": source, **more}
    drawn = await counter.press("alerts.subscribe:source", values=values, view=MODAL)
    assert isinstance(drawn, Form)
    assert view_problems(view(drawn)) == []
    return drawn


async def followed(counter: Counter, channel: str | None = None) -> list[Subscription]:
    """Return the subscriptions of our workspace."""
    return list(await counter.store.subscriptions.list(TEAM, channel))


async def test_a_source_brings_what_it_has(counter: Counter) -> None:
    """Every source has an input of its own, with each kind and what was seen, and none for all."""
    await counter.arrive(scan("acme.example"))
    every = await opened(counter)
    deck = await chosen(counter, "deck")
    ours = await chosen(counter, "surfacedby", size="compact")
    (about,) = [one for one in ours.inputs if one.name == subscribe_form.what("surfacedby")]
    labels = [one.label for one in about.choices]
    sizes = {one.name: one.value for one in ours.inputs}

    assert [one.name for one in every.inputs] == ["source", "filter", "size", "thread"]
    assert subscribe_form.what("deck") in [one.name for one in deck.inputs]
    assert labels[:3] == ["Everything of SurfacedBy", "Every workspace", "Every domain"]
    assert "domain acme.example" in labels
    assert sizes["size"] == "compact"


async def test_many_things_fit_in_the_list(counter: Counter) -> None:
    """Of a hundred and more, as many as Slack shows; long ids are left out."""
    for number in range(120):
        await counter.arrive(scan(f"site-{number}.example"))
    await counter.arrive(scan("x" * 200))
    shown = await chosen(counter, "surfacedby")
    choices = shown.inputs[1].choices

    assert len(choices) <= 100
    assert "domain site-119.example" in [one.label for one in choices]
    assert not any("xxxx" in one.label for one in choices)


TRIALS = [
    ("*", "", ""),
    ("surfacedby", "", "severity>=error"),
    ("surfacedby", subscribe_form.value_of("domain", "acme.example"), "type:*"),
    ("surfacedby", subscribe_form.value_of("domain", ""), 'NOT "acme"'),
    ("deck", "", "type:*"),
]


@pytest.mark.parametrize(("source", "thing", "typed"), TRIALS)
async def test_try_counts_as_the_command_does(
    counter: Counter, source: str, thing: str, typed: str
) -> None:
    """In the form, below what was filled in, which stays; nothing is made."""
    for site in ("acme.example", "other.example", "third.example"):
        await counter.arrive(scan(site))
    values = {"source": source, subscribe_form.what(source): thing, "filter": typed}
    shown = await counter.press("alerts.try", values={**values, "size": "full"}, view=MODAL)
    trying = Trying(SOURCES, counter.store.week, counter.clock)
    subject = subscribe_form.subject_of(values)
    trial = await trying.count(source, subject, filtered(typed))

    assert isinstance(shown, Form)
    assert shown.after == outcome(trial).lines
    assert untouched(shown)["filter"] == typed
    assert untouched(shown)["size"] == "full"
    assert await followed(counter) == []


async def test_a_mistake_is_said_at_the_filter(counter: Counter) -> None:
    """With the words of the command: when it is submitted, and when it is tried."""
    shown = await opened(counter)
    asked = counter.filled(shown, {"filter": "severity>=loud"})
    mistakes = counter.commands.mistakes(asked)
    tried = await counter.press("alerts.try", values=asked.values, view=MODAL)
    told = await counter.type("/alerts subscribe * severity>=loud")

    assert list(mistakes) == ["filter"]
    assert told.startswith(mistakes["filter"])
    assert isinstance(tried, Form)
    assert {one.name: one.wrong for one in tried.inputs if one.wrong} == dict(mistakes)
    assert untouched(tried)["filter"] == "severity>=loud"


async def test_a_submitted_form_follows_once(counter: Counter) -> None:
    """What was filled in is what is heard; the same once more is said to be there already."""
    shown = await chosen(counter, "surfacedby")
    thing = subscribe_form.value_of("domain", "acme.example")
    values = {
        subscribe_form.what("surfacedby"): thing,
        "filter": "severity>=error",
        "size": "full",
        "thread": "broadcast",
    }
    request = counter.filled(shown, values)
    first = await counter.run(request)
    repeated = await counter.run(request.model_copy(update={"attempts": 2}))
    another = await counter.submit(shown, values)
    (made,) = await followed(counter)

    assert words(first).startswith("This channel now hears SurfacedBy · domain acme.example")
    assert words(repeated) == words(first)
    assert "already hears" in words(another)
    assert (made.channel_id, made.created_by, made.source) == ("C1", "U1", "surfacedby")
    assert made.subject is not None
    assert (made.subject.kind, made.subject.id) == ("domain", "acme.example")
    assert (made.size.word, made.thread.word) == ("full", "broadcast")
    assert made.filter == filtered("severity>=error")


async def test_from_home_a_channel_is_asked_for(counter: Counter) -> None:
    """And that channel follows, by its name; what was typed stays while a source is chosen."""
    shown = await counter.press("alerts.open", view=MODAL, channel_id="")
    assert isinstance(shown, Form)
    asked = [one for one in shown.inputs if one.kind is Kind.CHANNEL]
    values = {**untouched(shown), "source": "deck", "channel": "C2"}
    drawn = await counter.press("alerts.subscribe:source", values=values, view=MODAL, channel_id="")
    told = await counter.submit(drawn, {"channel": "C2"}, channel_id="")

    assert len(asked) == 1
    assert words(told).startswith("#C2 now hears Deck")
    assert "Stop it there with /alerts unsubscribe 1." in words(told)
    assert [one.channel_id for one in await followed(counter)] == ["C2"]


@pytest.mark.parametrize(
    ("channel", "more", "said"),
    [
        ("COUT", {}, "/invite @Tocsin"),
        ("CNOWHERE", {}, "/invite @Tocsin"),
        ("COLD", {}, "archived"),
        ("C2", {"user_id": "UGUEST"}, "Guests"),
        ("C2", {"user_id": "USTRANGER"}, "people of other workspaces"),
    ],
)
async def test_where_it_cannot_be(
    counter: Counter, channel: str, more: dict[str, str], said: str
) -> None:
    """Where we are not, the line to type is told; nothing is made."""
    shown = await counter.press("alerts.open", view=MODAL, channel_id="")
    told = await counter.submit(shown, {"channel": channel}, channel_id="", **more)

    assert said in words(told)
    assert "this channel" not in words(told).lower()
    assert isinstance(told, Form)
    assert untouched(told)["channel"] == channel
    assert await followed(counter) == []


async def test_edited_by_form(counter: Counter) -> None:
    """It begins as it is, saves what was changed, and is the same subscription."""
    made = await counter.follow(words="severity>=error")
    shown = await opened(counter, f"edit #{made.id}")
    before = untouched(shown)
    told = await counter.submit(shown, {"filter": "type:scan.*", "thread": "flat"})
    (after,) = await followed(counter)

    assert before == {"filter": "severity>=error", "size": "standard", "thread": "only"}
    assert words(told).startswith(f"Subscription {made.id} now hears SurfacedBy")
    assert (after.id, after.filter, after.thread.word) == (made.id, filtered("type:scan.*"), "flat")
    assert after.created_by == "U1"


async def test_saved_as_it_was_it_is_as_it_was(counter: Counter) -> None:
    """Opening and saving changes nothing."""
    made = await counter.follow(words='severity>=error OR (type:scan.* NOT "acme inc")')
    await counter.submit(await opened(counter, f"edit {made.id}"), {})

    assert await followed(counter) == [made]


@given(expression=expressions)
def test_every_filter_survives_the_form(expression: Any) -> None:
    """What is shown of a filter reads as the same filter."""
    made = Subscription(team_id="T", channel_id="C", source="*", filter=expression)
    values = subscribe_form.values_of(made)
    if len(str(values["filter"])) <= 1_000:
        assert subscribe_form.chosen(values, {}).filter == expression


async def test_edited_to_be_like_another(counter: Counter) -> None:
    """Of two that are alike one is refused, and both stay."""
    await counter.follow(words="severity>=error")
    second = await counter.follow(words="severity>=warning")
    told = await counter.submit(
        await opened(counter, f"edit {second.id}"), {"filter": "severity>=error"}
    )

    assert words(told) == "Subscription 1 of this channel hears that already."
    assert len(await followed(counter)) == 2


async def test_tried_while_it_is_edited(counter: Counter) -> None:
    """For what the subscription is about, with the filter that is typed now."""
    made = await counter.follow(subject=Subject(kind="domain", id="acme.example"))
    for site in ("acme.example", "other.example"):
        await counter.arrive(scan(site))
    shown = await counter.press(
        "alerts.try", values={"filter": "type:*"}, context=str(made.id), view=MODAL
    )

    assert isinstance(shown, Form)
    assert shown.name == "alerts.edit"
    assert "Of 2 events of the last 7 days, 1 would have been said here." in words(shown)


async def test_stopped_by_button_once(counter: Counter) -> None:
    """Twice is told and is no error; from elsewhere the channel is named."""
    made = await counter.follow()
    first = await counter.press("alerts.stop", str(made.id))
    again = await counter.press("alerts.stop", str(made.id))
    other = await counter.follow("C2")
    home = await counter.press("alerts.stop", str(other.id), channel_id="")

    assert words(first) == "This channel no longer hears SurfacedBy (1)."
    assert words(again) == "It was stopped already."
    assert words(home) == "#C2 no longer hears SurfacedBy (2)."
    assert await followed(counter) == []


DEEDS = ["open", "save", "try", "stop"]


@pytest.mark.parametrize("deed", DEEDS)
async def test_who_left_the_channel_is_refused(counter: Counter, deed: str) -> None:
    """A form or a page that was opened before shows and changes nothing any more."""
    made = await counter.follow("G1", words="type:secret.plan")
    counter.directory.rooms["U1"] = {"C1"}
    number = str(made.id)
    values = {"filter": "type:*"}
    match deed:
        case "open":
            told = await counter.press("alerts.change", number, view=MODAL)
        case "save":
            more = {"context": number, "values": values}
            told = await counter.run(counter.request("form", "alerts.edit", **more))
        case "try":
            told = await counter.press("alerts.try", context=number, values=values, view=MODAL)
        case _:
            told = await counter.press("alerts.stop", number)
    said = words(told)

    assert said == "You are not in the channel of that subscription any more."
    assert await followed(counter) == [made]


@pytest.mark.parametrize("number", ["7", "x", "9" * 19, "9" * 30, "9" * 5_000, "²", "-1"])
async def test_a_number_that_is_none(counter: Counter, number: str) -> None:
    """Typed or pressed: a sentence, and no failure of the program."""
    request = counter.request("command", "alerts", text=f"edit {number}", view=MODAL)
    typed = await counter.run(request)
    pressed = await counter.press("alerts.stop", number)

    assert "There is no subscription" in words(typed)
    assert len(words(typed)) < 200
    assert words(pressed) == "It was stopped already."


async def test_where_no_form_opened_words_are_answered(counter: Counter) -> None:
    """Without leave to open a form the command says how to type it."""
    counter.directory.channels["C9"] = Channel(id="C9", name="nine", member=True)

    assert "/alerts subscribe" in await counter.type("/alerts subscribe", channel_id="C9")
