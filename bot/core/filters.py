"""Filters: which events a subscription wants, as an expression that can be stored and read.

Expressions are made by `term`, `all_of`, `any_of` and `negated`, which bring every one into
one form, so that two ways of typing the same wish are equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from bot.core.events import Record
from bot.core.patterns import index_key

TYPE, SEVERITY, SOURCE, SUBJECT = "type", "severity", "source", "subject"
RESERVED = (TYPE, SOURCE, SUBJECT, SEVERITY)
"""The names that mean something of every event, in the order in which they are written."""

QUOTES = '"“”„'
_BARE = re.compile(rf"[^\s(){QUOTES}<>=!:≥≤][^\s(){QUOTES}]*")
_PLAIN = str.maketrans(
    {
        "\N{EM DASH}": "-",
        "\N{EN DASH}": "-",
        "\N{MINUS SIGN}": "-",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    }
)
_WILD = frozenset("*?[")
_NUMBER = re.compile(r"[+-]?[0-9]{1,300}(\.[0-9]{1,300})?", re.ASCII)


class Operator(StrEnum):
    """How a term compares; `HAS` also takes `*` for any letters."""

    HAS = ":"
    IS = "="
    IS_NOT = "!="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


class Term(Record):
    """One comparison, such as `verb:failed`."""

    field: str
    operator: Operator
    value: str

    def words(self) -> str:
        """Return the term as a person would type it."""
        value = self.value if _BARE.fullmatch(self.value) else f'"{self.value}"'
        return f"{self.field}{self.operator}{value}"


class Text(Record):
    """Words that must stand in the alert or in the event's fields."""

    text: str

    def words(self) -> str:
        """Return the text as a person would type it."""
        return f'"{self.text}"'


class Not(Record):
    """What its part does not let through."""

    negated: Expression

    def words(self) -> str:
        """Return the part after a NOT."""
        return f"NOT {_grouped(self.negated, AllOf, AnyOf)}"


class AllOf(Record):
    """What every part lets through; without parts, everything."""

    all_of: tuple[Expression, ...]

    def words(self) -> str:
        """Return the parts side by side."""
        return " ".join(_grouped(part, AnyOf) for part in self.all_of)


class AnyOf(Record):
    """What some part lets through."""

    any_of: tuple[Expression, ...]

    def words(self) -> str:
        """Return the parts with OR between them."""
        return " OR ".join(part.words() for part in self.any_of)


Expression = Term | Text | Not | AllOf | AnyOf

NO_FILTER = AllOf.model_construct(all_of=())
"""Hears what handlers mark as on by default. Validating it would build the models at import."""


def term(field: str, operator: Operator, value: str) -> Term:
    """Return a comparison in its one form: what means the same is written the same."""
    if field == SEVERITY and operator is Operator.HAS:
        operator = Operator.IS
    if field == TYPE and operator is Operator.IS and is_whole(value):
        operator = Operator.HAS
    return Term(field=field, operator=operator, value=value)


def is_whole(pattern: str) -> bool:
    """Return whether a pattern of types fits one type alone."""
    return not _WILD & set(pattern)


def all_of(parts: Iterable[Expression]) -> Expression:
    """Return what lets through what every part does, in its one form."""
    known = _in_order(_flat(parts, AllOf))
    return known[0] if len(known) == 1 else AllOf(all_of=known)


def any_of(parts: Iterable[Expression]) -> Expression:
    """Return what lets through what some part does, in its one form.

    Raises:
        ValueError: there are no parts; nothing would pass.
    """
    known = _in_order(_flat(parts, AnyOf))
    if not known:
        raise ValueError("a choice needs parts")
    return known[0] if len(known) == 1 else AnyOf(any_of=known)


def negated(part: Expression) -> Expression:
    """Return what lets through what the part does not, in its one form."""
    return part.negated if isinstance(part, Not) else Not(negated=part)


def plain(text: str) -> str:
    """Return a text with the dashes and apostrophes of keyboards instead of typographers."""
    return text.translate(_PLAIN)


def number(text: str) -> float | None:
    """Return the decimal number that a text is, or None."""
    return float(text) if _NUMBER.fullmatch(text) else None


def type_keys(one: Expression, *, sign: bool = True) -> frozenset[str] | None:
    """Return keys of `patterns.chain` of which every event that passes has one.

    None if events of any type may pass. `sign` False asks about the negated expression.
    """
    match one:
        case Not():
            return type_keys(one.negated, sign=not sign)
        case AllOf() | AnyOf():
            parts = one.all_of if isinstance(one, AllOf) else one.any_of
            found = [type_keys(part, sign=sign) for part in parts]
            known = [keys for keys in found if keys is not None]
            if isinstance(one, AllOf) is sign:
                return min(known, key=_breadth, default=None)
            return frozenset().union(*known) if len(known) == len(found) else None
        case Term(field="type", operator=Operator.HAS) if sign:
            return frozenset({index_key(one.value)})
        case Term(field="type", operator=operator) if operator is (
            Operator.IS if sign else Operator.IS_NOT
        ):
            return frozenset({one.value})
    return None


def _breadth(keys: frozenset[str]) -> tuple[tuple[bool, int], int]:
    """Return a measure of how many types some keys find; the exact ones find fewest."""
    return max(((key.endswith("*"), -len(key)) for key in keys), default=(False, 0)), len(keys)


def _grouped(part: Expression, *loose: type[Record]) -> str:
    """Return the words of a part, in parentheses where they would fall apart."""
    words = part.words()
    return f"({words})" if isinstance(part, loose) else words


def _flat(parts: Iterable[Expression], kind: type[AllOf] | type[AnyOf]) -> Iterator[Expression]:
    for part in parts:
        if isinstance(part, kind):
            yield from part.all_of if isinstance(part, AllOf) else part.any_of
        else:
            yield part


def _in_order(parts: Iterable[Expression]) -> tuple[Expression, ...]:
    """Return each part once: types first, then what is known of all events, then the rest."""
    return tuple(sorted(dict.fromkeys(parts), key=_place))


def _place(part: Expression) -> tuple[int, int, str]:
    kind = (Term, Text, AllOf, AnyOf, Not).index(type(part))
    reserved = isinstance(part, Term) and part.field in RESERVED
    field = RESERVED.index(part.field) if isinstance(part, Term) and reserved else len(RESERVED)
    return kind, field, part.words()
