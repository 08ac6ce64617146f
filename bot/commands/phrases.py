"""Words for what a channel hears and for what a monitor does and costs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bot.commands.parse import clip
from bot.commands.wish import Wish
from bot.core.alerts import Severity, Size
from bot.core.monitors import Definition, monthly_cost
from bot.core.sources import Source
from bot.core.subscriptions import ANY_SOURCE, Filter, Subscription

_CENT = Decimal("0.01")


def followed(wish: Wish | Subscription, sources: Mapping[str, Source]) -> str:
    """Return what is followed, such as `Deck · task tsk_1`."""
    source = sources.get(wish.source)
    title = "every source" if wish.source == ANY_SOURCE else source.title if source else wish.source
    if wish.subject is None:
        return title
    if not wish.subject.id:
        return f"{title} · every {wish.subject.kind}"
    return f"{title} · {wish.subject.kind} {clip(wish.subject.id)}"


def heard(chosen: Filter) -> str:
    """Return in words what a filter lets through."""
    if "*" in chosen.types:
        what = "every event, of unknown types too"
    elif chosen.types:
        what = f"events of type {' or '.join(chosen.types)}"
    else:
        what = "the events that are on by default"
    if chosen.severity > Severity.INFO:
        what += f", from {chosen.severity.word} upward and whatever needs a person"
    conditions = " and ".join(f"{name} is {value}" for name, value in chosen.fields)
    return f"{what}, where {conditions}" if conditions else what


def told(size: Size) -> str:
    """Return how an alert is written, where that is not as usual."""
    return {Size.COMPACT: ", each in one line", Size.FULL: ", each in full"}.get(size, "")


def pace(definition: Definition) -> str:
    """Return how a monitor runs, such as `every 6h with the lite processor`."""
    if not definition.frequency:
        return "at a pace we do not know"
    return f"every {definition.frequency} with the {definition.processor} processor"


def cost(definition: Definition) -> str:
    """Return what a monitor costs a month, in words."""
    dollars = monthly_cost(definition.frequency, definition.processor)
    if dollars is None:
        return "at a cost we do not know"
    if dollars < _CENT:
        return f"less than {money(_CENT)} a month"
    return f"about {money(dollars)} a month"


def money(dollars: Decimal) -> str:
    """Return an amount with two decimals."""
    return f"${dollars.quantize(_CENT)}"
