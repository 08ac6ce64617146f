"""What a filter decides about an event, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from operator import ge, gt, le, lt
from typing import NamedTuple

from bot.core.alerts import Alert, Severity
from bot.core.events import Event, Record
from bot.core.filters import (
    SEVERITY,
    SOURCE,
    SUBJECT,
    TYPE,
    AllOf,
    Expression,
    Not,
    Operator,
    Term,
    Text,
    number,
    plain,
)
from bot.core.patterns import matches

_Value = str | int | float | bool

_ORDER = {Operator.BELOW: lt, Operator.AT_MOST: le, Operator.ABOVE: gt, Operator.AT_LEAST: ge}
_SEVERITIES = {one.word: one for one in Severity}
_MOST_SHOWN = 80


class Verdict(NamedTuple):
    """Whether an expression holds, and whether a term of it named the event's type.

    `because` are the terms that decided: all that held, or the fewest that did not.
    """

    holds: bool
    named: bool
    because: tuple[tuple[Term | Text, bool], ...]


class Cause(Record):
    """A term that decided, and what the event had there."""

    asked: str
    found: str

    @property
    def text(self) -> str:
        """Return the cause as a line, such as `severity>=warning: this was info`."""
        return f"{self.asked}: {self.found}"


def judge(one: Expression, event: Event, alert: Alert, *, sign: bool = True) -> Verdict:
    """Return what an expression, or with `sign` False its negation, says of an event.

    An alert that needs a person passes every term about severity, negated or not. A type
    is named by a term that asks for it and holds.
    """
    if isinstance(one, Term | Text):
        return _leaf(one, event, alert, sign)
    if isinstance(one, Not):
        return judge(one.negated, event, alert, sign=not sign)
    every = isinstance(one, AllOf)
    parts = one.all_of if isinstance(one, AllOf) else one.any_of
    found = [judge(part, event, alert, sign=sign) for part in parts]
    if every is sign:
        failed = [verdict for verdict in found if not verdict.holds]
        if failed:
            return Verdict(False, False, min((each.because for each in failed), key=len))
        return _together(True, found)
    held = [verdict for verdict in found if verdict.holds]
    return _together(bool(held), held or found)


def admits(one: Expression, event: Event, alert: Alert, *, default: bool) -> bool:
    """Return whether a filter lets an event through; `default` is its handler's mark."""
    verdict = judge(one, event, alert)
    return verdict.holds and (default or verdict.named)


def explain(
    one: Expression, event: Event, alert: Alert, *, default: bool
) -> tuple[bool, tuple[Cause, ...]]:
    """Return whether a filter lets an event through, and what decided that.

    What passes no matter what, such as everything without a filter, has no cause.
    """
    verdict = judge(one, event, alert)
    if verdict.holds and not (default or verdict.named):
        asked = "on by default, or named by type"
        return False, (Cause(asked=asked, found=f"{event.type} is neither"),)
    causes = (_cause(leaf, sign, event, alert) for leaf, sign in verdict.because)
    return verdict.holds, tuple(dict.fromkeys(causes))


def _together(holds: bool, found: Iterable[Verdict]) -> Verdict:
    ones = list(found)
    because = tuple(leaf for one in ones for leaf in one.because)
    return Verdict(holds, any(one.named for one in ones), because)


def _leaf(one: Term | Text, event: Event, alert: Alert, sign: bool) -> Verdict:
    if isinstance(one, Text):
        return Verdict(_stands_in(one.text, event, alert) is sign, False, ((one, sign),))
    if one.field == SEVERITY and alert.action:
        return Verdict(True, False, ((one, sign),))
    holds = _holds(one, event, alert) is sign
    asks = (one.operator is not Operator.IS_NOT) is sign
    return Verdict(holds, holds and asks and one.field == TYPE, ((one, sign),))


def _holds(one: Term, event: Event, alert: Alert) -> bool:
    if one.field == SEVERITY:
        return _severity_holds(one, alert.severity)
    values = _values(one.field, event)
    if one.operator is Operator.IS_NOT:
        return not any(_equal(value, one) for value in values)
    return any(_fits(value, one) for value in values)


def _severity_holds(one: Term, severity: Severity) -> bool:
    wanted = _SEVERITIES.get(one.value)
    if wanted is None:
        return False
    if one.operator is Operator.IS_NOT:
        return severity != wanted
    compare = _ORDER.get(one.operator)
    return compare(severity, wanted) if compare else severity == wanted


def _fits(value: _Value, one: Term) -> bool:
    if compare := _ORDER.get(one.operator):
        have, wanted = _as_number(value), number(one.value)
        return have is not None and wanted is not None and compare(have, wanted)
    if one.operator is Operator.HAS:
        if one.field == TYPE:
            return matches(one.value, str(value))
        return _equal(value, one) or fnmatchcase(_folded(value), _glob(one.value))
    return _equal(value, one)


def _equal(value: _Value, one: Term) -> bool:
    if one.field == TYPE:
        return value == one.value
    if _folded(value) == _folded(one.value):
        return True
    # The texts of two equal numbers may differ; an id such as 007 is text and no number.
    return isinstance(value, int | float) and _as_number(value) == number(one.value) is not None


def _as_number(value: _Value) -> float | None:
    if isinstance(value, bool):
        return None
    return number(value) if isinstance(value, str) else value


def _values(field: str, event: Event) -> Iterator[_Value]:
    """Yield what an event has under a name: the subjects of a kind go by the kind."""
    if field == TYPE:
        yield event.type
    elif field == SOURCE:
        yield event.source
    else:
        if field != SUBJECT and field in event.fields:
            yield event.fields[field]
        for subject in event.subjects:
            if field in {SUBJECT, subject.kind}:
                yield subject.id
                if subject.name:
                    yield subject.name


def _stands_in(text: str, event: Event, alert: Alert) -> bool:
    wanted = _folded(text)
    places: list[_Value] = [alert.title, alert.text, *(one.value for one in alert.fields)]
    return any(wanted in _folded(place) for place in (*places, *event.fields.values()))


def _folded(value: _Value) -> str:
    return plain(str(value)).casefold()


@lru_cache(maxsize=1_024)
def _glob(value: str) -> str:
    """Return a value as a pattern in which the star alone is special."""
    return _folded(value).replace("[", "[[]").replace("?", "[?]")


def _cause(leaf: Term | Text, sign: bool, event: Event, alert: Alert) -> Cause:
    asked = leaf.words() if sign else f"NOT {leaf.words()}"
    if isinstance(leaf, Text):
        found = "found in it" if _stands_in(leaf.text, event, alert) else "not found in it"
        return Cause(asked=asked, found=found)
    if leaf.field == SEVERITY:
        needed = ", and it needs a person" if alert.action else ""
        return Cause(asked=asked, found=f"this was {alert.severity.word}{needed}")
    values = ", ".join(dict.fromkeys(map(str, _values(leaf.field, event))))
    if len(values) > _MOST_SHOWN:
        values = f"{values[: _MOST_SHOWN - 1]}…"
    return Cause(asked=asked, found=f"this was {values}" if values else "this had none")
