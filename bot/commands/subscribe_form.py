"""The form of a subscription: to make one, or to change one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from bot.commands.deeds import Values
from bot.commands.filter_grammar import Chosen, read_filter
from bot.commands.parse import read
from bot.core.alerts import Size, Thread
from bot.core.answers import Button, Line
from bot.core.errors import CommandError
from bot.core.events import Subject
from bot.core.forms import Choice, Form, Input, Kind
from bot.core.sources import Source
from bot.core.subscriptions import ANY_SOURCE, Subscription

SUBSCRIBE, EDIT = "alerts.subscribe", "alerts.edit"
SOURCE, FILTER, SIZE, THREAD, CHANNEL = "source", "filter", "size", "thread", "channel"
TRY = "alerts.try"
_ALL = "*"
_MOST_VALUE = 150  # characters that Slack keeps of a choice

_HINT = "For example: severity>=warning type:scan.* NOT domain:example.org. Empty: the usual ones."
_SIZES = (
    Choice(value=Size.COMPACT.word, label="Compact", about="One line each"),
    Choice(value=Size.STANDARD.word, label="Standard", about="What matters, and what to do"),
    Choice(value=Size.FULL.word, label="Full", about="Everything that is known"),
)
_THREADS = (
    Choice(value=Thread.ONLY.word, label="In the thread", about="Later news does not disturb"),
    Choice(value=Thread.BROADCAST.word, label="In the thread and the channel"),
    Choice(value=Thread.FLAT.word, label="In the channel", about="Without a thread"),
)


def what(source: str) -> str:
    """Return the name of the input that offers what a source has.

    Each source has its own, because Slack keeps an answer under the name of its input.
    """
    return f"what-{source}"


def value_of(kind: str, subject_id: str) -> str:
    """Return the choice of a kind or of one thing."""
    return json.dumps([kind, subject_id])


def subject_of(values: Values) -> Subject | None:
    """Return the chosen thing; None for everything of the source."""
    value = str(values.get(what(source_of(values)), "") or _ALL)
    if value == _ALL:
        return None
    kind, subject_id = json.loads(value)
    return Subject(kind=kind, id=subject_id)


def source_of(values: Values) -> str:
    """Return the chosen source."""
    return str(values.get(SOURCE) or ANY_SOURCE)


def chosen(values: Values, sources: Mapping[str, Source]) -> Chosen:
    """Return filter, size and thread.

    Raises:
        CommandError: the filter cannot be read.
    """
    typed = read("", str(values.get(FILTER, "")))
    found = read_filter(typed, 0, sources)
    sizes = {one.word: one for one in Size}
    threads = {one.word: one for one in Thread}
    return found._replace(
        size=found.size if found.size is not None else sizes.get(str(values.get(SIZE))),
        thread=found.thread if found.thread is not None else threads.get(str(values.get(THREAD))),
    )


def mistakes(values: Values, sources: Mapping[str, Source]) -> Mapping[str, str]:
    """Return what is wrong with the answers, by input."""
    try:
        chosen(values, sources)
    except CommandError as error:
        return {FILTER: str(error)}
    return {}


def form(
    values: Values,
    sources: Mapping[str, Source],
    things: Sequence[Choice],
    *,
    after: tuple[Line, ...] = (),
    asks_channel: bool = False,
) -> Form:
    """Return the form of a new subscription; `things` are what the source has."""
    source = source_of(values)
    every = Choice(value=_ALL, label="Every source")
    titles = (Choice(value=one.name, label=one.title) for one in sources.values())
    inputs = [
        Input(name=SOURCE, label="From", kind=Kind.ONE, choices=(every, *titles), value=source,
              tells=True),
    ]  # fmt: skip
    if source != ANY_SOURCE:
        everything = Choice(value=_ALL, label=f"Everything of {sources[source].title}")
        fitting = [one for one in things if len(one.value) <= _MOST_VALUE]
        inputs.append(
            Input(name=what(source), label="About", kind=Kind.ONE,
                  choices=(everything, *fitting), value=values.get(what(source)) or _ALL)
        )  # fmt: skip
    if asks_channel:
        inputs.append(
            Input(name=CHANNEL, label="Tell which channel", kind=Kind.CHANNEL,
                  value=values.get(CHANNEL, ""))
        )  # fmt: skip
    return Form(
        name=SUBSCRIBE,
        title="Subscribe a channel" if asks_channel else "Subscribe this channel",
        inputs=(*inputs, *_how(values)),
        after=after,
        buttons=_BUTTONS,
        submit="Subscribe",
    )


def edit_form(values: Values, found: Subscription, *, after: tuple[Line, ...] = ()) -> Form:
    """Return the form of a subscription that there is."""
    return Form(
        name=EDIT,
        title=f"Subscription {found.id}"[:24],
        inputs=_how(values),
        after=after,
        buttons=_BUTTONS,
        submit="Save",
        context=str(found.id),
    )


def values_of(found: Subscription) -> Values:
    """Return what the form of a subscription begins with."""
    return {FILTER: found.filter.words(), SIZE: found.size.word, THREAD: found.thread.word}


_BUTTONS = (Button(label="Try it on the last 7 days", act=TRY),)


def _how(values: Values) -> tuple[Input, ...]:
    return (
        Input(name=FILTER, label="Only if", value=values.get(FILTER, ""), needed=False, hint=_HINT,
              most=1_000),
        Input(name=SIZE, label="Size", kind=Kind.RADIO, choices=_SIZES,
              value=values.get(SIZE) or Size.STANDARD.word),
        Input(name=THREAD, label="Later news of the same", kind=Kind.RADIO, choices=_THREADS,
              value=values.get(THREAD) or Thread.ONLY.word),
    )  # fmt: skip
