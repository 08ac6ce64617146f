"""Words for what a channel hears and for what a monitor does and costs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bot.commands.parse import clip
from bot.commands.wish import Wish
from bot.core.alerts import Size, Thread
from bot.core.filters import (
    NO_FILTER,
    SEVERITY,
    TYPE,
    AllOf,
    AnyOf,
    Expression,
    Not,
    Operator,
    Term,
    Text,
    type_keys,
)
from bot.core.monitors import Definition, monthly_cost
from bot.core.sources import Source
from bot.core.subscriptions import ANY_SOURCE, Subscription

_CENT = Decimal("0.01")
_EVERYTHING = Term(field=TYPE, operator=Operator.HAS, value="*")
_COMPARED = {
    Operator.HAS: "is",
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.BELOW: "is below",
    Operator.AT_MOST: "is at most",
    Operator.ABOVE: "is above",
    Operator.AT_LEAST: "is at least",
}


def followed(wish: Wish | Subscription, sources: Mapping[str, Source]) -> str:
    """Return what is followed, such as `Deck · task tsk_1`."""
    source = sources.get(wish.source)
    title = "every source" if wish.source == ANY_SOURCE else source.title if source else wish.source
    if wish.subject is None:
        return title
    if not wish.subject.id:
        return f"{title} · every {wish.subject.kind}"
    return f"{title} · {wish.subject.kind} {clip(wish.subject.name or wish.subject.id)}"


def heard(chosen: Expression) -> str:
    """Return in words what a filter lets through."""
    if chosen == NO_FILTER:
        return "the events that are on by default"
    if chosen == _EVERYTHING:
        return "every event, of unknown types too"
    if type_keys(chosen) is not None:
        what = "every event"
    elif _mentions(chosen, TYPE):
        what = "the events that are on by default, and those whose type is named,"
    else:
        what = "the events that are on by default,"
    person = "; what needs a person passes any severity" if _mentions(chosen, SEVERITY) else ""
    return f"{what} where {_condition(chosen)}{person}"


def told(size: Size, thread: Thread = Thread.ONLY) -> str:
    """Return how an alert is written and its news are told, where that is not as usual."""
    written = {Size.COMPACT: ", each in one line", Size.FULL: ", each in full"}.get(size, "")
    news = {
        Thread.BROADCAST: ", with later news shown in the channel too",
        Thread.FLAT: ", with later news in the channel instead of a thread",
    }
    return written + news.get(thread, "")


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


def _condition(one: Expression) -> str:
    match one:
        case Term():
            return f"{one.field} {_COMPARED[one.operator]} {clip(one.value)}"
        case Text():
            return f"“{clip(one.text)}” stands in it"
        case Not(negated=Term(operator=Operator.HAS | Operator.IS) as term):
            return f"{term.field} is not {clip(term.value)}"
        case Not():
            return f"not ({_condition(one.negated)})"
        case AllOf():
            inner = (_condition(part) for part in one.all_of)
            loose = (isinstance(part, AnyOf) for part in one.all_of)
            parts = (f"({words})" if so else words for words, so in zip(inner, loose, strict=True))
            return " and ".join(parts)
        case AnyOf():
            return " or ".join(map(_condition, one.any_of))


def _mentions(one: Expression, field: str) -> bool:
    """Return whether a term about a field stands anywhere in an expression."""
    match one:
        case Term():
            return one.field == field
        case Text():
            return False
        case Not():
            return _mentions(one.negated, field)
        case AllOf():
            return any(_mentions(part, field) for part in one.all_of)
        case AnyOf():
            return any(_mentions(part, field) for part in one.any_of)
