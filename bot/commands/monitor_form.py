"""The form of a web monitor: to make one, or to change one that runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from bot.commands.deeds import Values
from bot.commands.options import Option
from bot.commands.parse import read
from bot.commands.phrases import money
from bot.commands.values import MOST_QUERY, read_option
from bot.commands.watching import runs
from bot.core.answers import line
from bot.core.errors import CommandError
from bot.core.forms import Choice, Form, Input, Kind
from bot.core.monitors import PRICE_PER_RUN, Definition, monthly_cost, parse_frequency

CREATE, EDIT = "monitor.create", "monitor.edit"
QUERY, EVERY, OTHER, PROCESSOR, CHANNEL = "query", "every", "other", "processor", "channel"
_WORDS = ("fields", "location", "domains", "without")
_BACKFILL = "backfill"
_NO_QUERY = "What shall it watch?"
_EVERY = {
    "1h": "Every hour", "3h": "Every 3 hours", "6h": "Every 6 hours", "12h": "Every 12 hours",
    "1d": "Every day", "2d": "Every 2 days", "1w": "Every week", "2w": "Every 2 weeks",
    "30d": "Every 30 days",
}  # fmt: skip
_CENT = Decimal("0.01")
_FIRST = Definition(query="")
_LABELS = {
    "fields": ("Tell of each finding", "company, amount:number"),
    "location": ("Look from", "us"),
    "domains": ("Look only at", "example.com, .gov"),
    "without": ("Leave out", "example.org"),
}


def form(
    name: str,
    values: Values,
    *,
    context: str = "",
    asks_channel: bool = False,
) -> Form:
    """Return the form with what was typed, and what it costs."""
    new = name == CREATE
    inputs = [*_main(values), *_more(values, new=new)]
    if asks_channel:
        inputs.append(
            Input(name=CHANNEL, label="Tell which channel", kind=Kind.CHANNEL,
                  value=values.get(CHANNEL, ""))
        )  # fmt: skip
    return Form(
        name=name,
        title="New web monitor" if new else "Edit web monitor",
        inputs=tuple(inputs),
        after=(line(costs(values)),),
        submit="Create" if new else "Save",
        context=context,
    )


def values_of(definition: Definition) -> Values:
    """Return what the form of a monitor that runs begins with."""
    frequency = definition.frequency
    usual = frequency in _EVERY
    return {
        QUERY: definition.query,
        EVERY: frequency if usual else "",
        OTHER: "" if usual else frequency,
        PROCESSOR: definition.processor,
        "location": definition.location or "",
        "domains": ", ".join(definition.include_domains),
        "without": ", ".join(definition.exclude_domains),
    }


def mistakes(values: Values) -> Mapping[str, str]:
    """Return what is wrong with the answers, by input; reads nothing but them."""
    found = {}
    for name in _given(values):
        try:
            _read(name, values)
        except CommandError as error:
            found[name] = str(error)
    if not str(values.get(QUERY, "")).strip():
        found[QUERY] = _NO_QUERY
    if values.get("domains") and values.get("without") and not found:
        found["without"] = "Leave out does nothing beside Look only at; fill in one of them."
    return found


def wanted(values: Values) -> dict[str, Any]:
    """Return the fields of a definition that the answers set.

    Raises:
        CommandError: an answer is not possible; `mistakes` says which.
    """
    found: dict[str, Any] = {}
    for name in _given(values):
        found |= _read(name, values)
    return found


def changed(values: Values, before: Definition) -> dict[str, Any]:
    """Return what the answers change of a monitor; what was emptied is taken away."""
    empty = {"location": None, "include_domains": (), "exclude_domains": ()}
    found = {**empty, **wanted(values)}
    return {name: value for name, value in found.items() if getattr(before, name) != value}


def costs(values: Values) -> str:
    """Return how it would run and what that costs a month, as far as it can be told."""
    try:
        chosen = wanted({name: values.get(name, "") for name in (EVERY, OTHER, PROCESSOR)})
    except CommandError:
        return "The cost a month stands here when the answers above make sense."
    return runs(Definition(query="", **chosen))


def _main(values: Values) -> Iterator[Input]:
    yield Input(
        name=QUERY, label="What shall it watch?", kind=Kind.TEXT, most=MOST_QUERY,
        value=values.get(QUERY, ""), placeholder="Acme raises money, or changes its chief",
    )  # fmt: skip
    yield Input(
        name=EVERY, label="How often", kind=Kind.ONE, choices=tuple(map(_pace, _EVERY)),
        value=values.get(EVERY, _FIRST.frequency), needed=not values.get(OTHER), tells=True,
        placeholder="At another pace",
    )  # fmt: skip
    yield Input(
        name=OTHER, label="At another pace", value=values.get(OTHER, ""), needed=False,
        tells=True, most=40, hint="For example 36h, 5 days or weekly; it counts before the list.",
    )  # fmt: skip
    yield Input(
        name=PROCESSOR, label="How deep", kind=Kind.RADIO, tells=True,
        choices=tuple(
            Choice(value=name, label=name, about=f"${price.normalize():f} a run")
            for name, price in PRICE_PER_RUN.items()
        ),
        value=values.get(PROCESSOR) or _FIRST.processor,
    )  # fmt: skip


def _more(values: Values, *, new: bool) -> Iterator[Input]:
    for name in _WORDS:
        if name == "fields" and not new:
            continue  # Parallel lets nobody change them
        label, example = _LABELS[name]
        yield Input(
            name=name, label=label, value=values.get(name, ""), needed=False, placeholder=example
        )
    if new:
        yield Input(
            name=_BACKFILL, label="Begin with", kind=Kind.SOME, needed=False,
            choices=(Choice(value=_BACKFILL, label="A sample of the recent past"),),
            value=values.get(_BACKFILL, ()),
        )  # fmt: skip


def _pace(frequency: str) -> Choice:
    each = ((name, monthly_cost(frequency, name)) for name in PRICE_PER_RUN)
    costs_each = " · ".join(f"{name} {_cents(dollars)}" for name, dollars in each if dollars)
    return Choice(value=frequency, label=_EVERY[frequency], about=f"{costs_each} a month")


def _cents(dollars: Decimal) -> str:
    return money(dollars) if dollars >= _CENT else f"under {money(_CENT)}"


def _given(values: Values) -> list[str]:
    """Return the names of the answers that say something."""
    names = [QUERY, OTHER, PROCESSOR, *_WORDS, _BACKFILL]
    if not values.get(OTHER):
        names.append(EVERY)
    return [name for name in names if values.get(name)]


def _query(value: str) -> str:
    """Return a query as it is: in a field of its own, quotes and line breaks belong to it."""
    if not value:
        raise CommandError(_NO_QUERY)
    if len(value) > MOST_QUERY:
        raise CommandError(f"The query is too long; {MOST_QUERY:,} characters are the most.")
    return value


def _read(name: str, values: Values) -> dict[str, Any]:
    """Return what one answer sets, read as the same words of a command are."""
    value = values[name]
    if name in {EVERY, OTHER}:
        return {"frequency": parse_frequency(str(value))}
    if name == QUERY:
        return {"query": _query(str(value).strip())}
    said = "" if name == _BACKFILL else str(value)
    typed = read("/monitors", f"create {name} {said}")
    option = Option(name=name, word=typed.words[1], values=typed.words[2:])
    return read_option(typed, option)
