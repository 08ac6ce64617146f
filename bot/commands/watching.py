"""Words for what a monitor watches beside its query, and for a person's changes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal

from bot.commands.parse import clip
from bot.commands.phrases import cost, money, pace
from bot.core.monitors import PRICE_PER_RUN, Definition
from bot.core.output_fields import names_of

_MOST_NAMED = 10
_CENT = Decimal("0.01")


def options(definition: Definition) -> str:
    """Return in one sentence what was set beside query, pace and processor, or nothing."""
    parts = list(_parts(definition))
    return f"It {', '.join(parts)}." if parts else ""


def runs(definition: Definition) -> str:
    """Return how a monitor runs and what that costs."""
    return f"It runs {pace(definition)}, {cost(definition)}."


def cost_now(before: Definition, after: Definition) -> str:
    """Return what a change does to the monthly cost."""
    old, new = cost(before), cost(after)
    return f"It costs {new}, as before." if old == new else f"It costs {new} now; it was {old}."


def a_month(dollars: Decimal) -> str:
    """Return an amount a month, where it is too small for cents too."""
    small = dollars < _CENT
    return f"{'less than ' if small else ''}{money(max(dollars, _CENT))} a month"


def price_of_a_run(definition: Definition) -> str:
    """Return what one run costs, in words."""
    price = PRICE_PER_RUN.get(definition.processor)
    return "a price we do not know" if price is None else f"${price.normalize():f}"


def _parts(definition: Definition) -> Iterator[str]:
    if names := names_of(definition.output_schema):
        yield f"tells {_list(names)} of each finding"
    elif definition.output_schema is not None:
        yield "tells its findings in a form of their own"
    if definition.location:
        yield f"looks from {definition.location.upper()}"
    if definition.include_domains:
        yield f"looks only at {_list(definition.include_domains)}"
    elif definition.exclude_domains:
        yield f"leaves out {_list(definition.exclude_domains)}"
    if definition.backfill:
        yield "begins with a sample of the recent past"


def _list(names: Collection[str]) -> str:
    shown = ", ".join(clip(one) for one in list(names)[:_MOST_NAMED])
    rest = len(names) - _MOST_NAMED
    return f"{shown} and {rest} more" if rest > 0 else shown
