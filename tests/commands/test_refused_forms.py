"""A form that cannot be done comes back with what was typed, and with the reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.core.errors import DeliveryError
from bot.core.forms import Form
from bot.core.reasons import Reason
from bot.slack.forms import view
from bot.slack.limits import view_problems
from tests.commands.counter import Counter, Values, untouched, words
from tests.store.making import TEAM

MODAL = "tocsin-1"

Opener = Callable[[Counter], Awaitable[tuple[Form, Values]]]


def form_of(shown: object) -> Form:
    """Return a form, which Slack must take."""
    assert isinstance(shown, Form)
    assert view_problems(view(shown)) == []
    return shown


async def subscribing(counter: Counter) -> tuple[Form, Values]:
    """Return the form of `/alerts subscribe` and what is typed into it."""
    asked = counter.request("command", "alerts", text="subscribe", view=MODAL)
    return form_of(await counter.run(asked)), {"filter": "severity>=error", "size": "full"}


async def editing(counter: Counter) -> tuple[Form, Values]:
    """Return the form of a subscription."""
    made = await counter.follow()
    shown = await counter.press("alerts.change", str(made.id), view=MODAL)
    return form_of(shown), {"filter": "type:scan.*", "thread": "flat"}


async def creating(counter: Counter) -> tuple[Form, Values]:
    """Return the form of a new monitor."""
    asked = counter.request("command", "monitors", text="create", view=MODAL)
    typed = {"query": "Acme raises money", "every": "6h", "processor": "base", "domains": ".gov"}
    return form_of(await counter.run(asked)), typed


async def changing(counter: Counter) -> tuple[Form, Values]:
    """Return the form of a monitor that runs."""
    made = await counter.monitor()
    shown = await counter.press("parallel.edit", made.id, view=MODAL)
    return form_of(shown), {"query": "Acme!", "every": "", "other": "36 hours"}


async def pausing(counter: Counter) -> tuple[Form, Values]:
    """Return the form that asks how to pause, as opened from an alert."""
    ts, made = await counter.alert(), await counter.monitor()
    shown = await counter.press("parallel.pause", made.id, message_ts=ts, view=MODAL)
    return form_of(shown), {"how": "slow"}


async def muting(counter: Counter) -> tuple[Form, Values]:
    """Return the form that asks what to mute."""
    shown = form_of(await counter.press("mute.until", message_ts=await counter.alert()))
    until = int((counter.clock() + timedelta(hours=30)).timestamp())
    return shown, {"what": shown.inputs[0].choices[-1].value, "until": str(until)}


FORMS: list[Opener] = [subscribing, editing, creating, changing, pausing, muting]


@pytest.mark.parametrize("opener", FORMS)
async def test_what_slack_does_not_tell_costs_no_typing(counter: Counter, opener: Opener) -> None:
    """The same form, with all that was typed and the reason on top; once more it is done."""
    shown, typed = await opener(counter)
    before = await counter.state()
    counter.directory.error = DeliveryError(Reason.SERVER, detail="internal_error")
    again = form_of(await counter.submit(shown, typed))
    counter.directory.error = None
    after = await counter.state()
    done = await counter.submit(again, {})

    assert words(again).startswith("Slack did not tell me what I need to know")
    assert untouched(again) == {**untouched(shown), **typed}
    assert (again.name, again.context, again.submit) == (shown.name, shown.context, shown.submit)
    assert again.lines[1:] == shown.lines
    assert after == before
    assert not isinstance(done, Form)
    assert await counter.state() != before


@pytest.mark.parametrize("opener", [changing, pausing])
async def test_who_may_not_reads_why_above_what_was_typed(counter: Counter, opener: Opener) -> None:
    """The names of those who may are names in the form, too."""
    shown, typed = await opener(counter)
    again = form_of(await counter.submit(shown, typed, user_id="U2"))

    assert next(one.target for one in again.lines[0].spans if one.style == "user") == "U1"
    assert untouched(again) == {**untouched(shown), **typed}


async def test_where_the_bot_is_not_the_line_to_type_stands_on_top(counter: Counter) -> None:
    """Invited meanwhile, it follows what was filled in before."""
    shown, typed = await subscribing(counter)
    counter.directory.channels["C1"] = counter.directory.channels["COUT"]
    again = form_of(await counter.submit(shown, typed))
    del counter.directory.channels["C1"]
    counter.directory.channels["C1"] = counter.directory.channels["C2"]
    await counter.submit(again, {})
    (made,) = await counter.store.subscriptions.list(TEAM, "C1")

    assert "/invite @Tocsin" in words(again)
    assert (made.size.word, made.filter.words()) == ("full", "severity>=error")


async def test_a_wrong_moment_is_said_at_its_field(counter: Counter) -> None:
    """What was chosen beside it stays."""
    shown, typed = await muting(counter)
    again = form_of(await counter.submit(shown, {**typed, "until": "1000000000"}))

    assert [one.wrong for one in again.inputs] == ["", "Choose a moment in the next 90 days."]
    assert again.lines == shown.lines
    assert untouched(again) == {**typed, "until": "1000000000"}


async def test_what_cannot_be_drawn_again_is_words(counter: Counter) -> None:
    """A subscription that is gone has no form any more."""
    shown, typed = await editing(counter)
    await counter.type("/alerts unsubscribe 1")

    told = await counter.submit(shown, typed)
    assert not isinstance(told, Form)
    assert words(told) == "There is no subscription 1 any more."
