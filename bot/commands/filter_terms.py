"""What the terms of a filter mean: names that are known, values that can be compared."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, TypeVar

from bot.commands.filter_mistakes import EXAMPLES, FilterError
from bot.core.alerts import Severity, Size, Thread
from bot.core.filters import (
    RESERVED,
    SEVERITY,
    SOURCE,
    Operator,
    Term,
    Text,
    number,
    plain,
    term,
)

if TYPE_CHECKING:
    from lark import Token

MOST_OF_A_VALUE = 255
MOST_TERMS = 40

_OPERATORS = {"≤": Operator.AT_MOST, "≥": Operator.AT_LEAST}
_EQUALITY = (Operator.HAS, Operator.IS, Operator.IS_NOT)
_OPTIONS = {"size": Size, "thread": Thread}
_NOT_YET = {"mention"}

Choice = TypeVar("Choice", Severity, Size, Thread)


class Terms:
    """Makes terms from their tokens, and keeps the options that stand among them.

    `sources` are the names that `source:` may have; without them, any.
    Every method raises `FilterError`.
    """

    def __init__(self, sources: Collection[str]) -> None:
        self._sources = sources
        self._count = 0
        self.size: Size | None = None
        self.thread: Thread | None = None

    def text(self, token: Token) -> Text:
        """Return a quoted text."""
        self._counted(token, token)
        return Text(text=_value(token, token))

    def term(self, name: Token, operator: Token, value: Token) -> Term | None:
        """Return a comparison; None for an option, which is kept."""
        low, words = name.lower(), _value(name, value)
        compare = _OPERATORS.get(operator) or Operator(operator)
        if low in _OPTIONS:
            self._set_option(low, compare, name, value, words)
            return None
        self._counted(name, value)
        if low in _NOT_YET:
            raise wrong(name, value, f"is not a filter; {EXAMPLES}.")
        field = low if low in RESERVED else str(name)
        if field == SEVERITY:
            words = _choice(Severity, words, name, value).word
        else:
            self._check(field, compare, operator, value, words)
        return term(field, compare, words)

    def _check(
        self, field: str, compare: Operator, operator: Token, value: Token, words: str
    ) -> None:
        if compare in _EQUALITY:
            if field == SOURCE and self._sources and "*" not in words:
                self._check_source(value, words)
        elif field in RESERVED:
            raise wrong(operator, operator, f"does not go with {field}, which is no number.")
        elif number(words) is None:
            raise wrong(value, value, f"is no number; {compare} compares numbers.")

    def _check_source(self, value: Token, words: str) -> None:
        if words.lower() not in self._sources:
            known = ", ".join(sorted(self._sources))
            raise wrong(value, value, f"is not a source; there are: {known}.")

    def _set_option(
        self, option: str, compare: Operator, name: Token, value: Token, words: str
    ) -> None:
        if compare not in {Operator.HAS, Operator.IS}:
            raise wrong(name, value, f"is not understood; type {option}:value.")
        if option == "size":
            self.size = _choice(Size, words, name, value)
        else:
            self.thread = _choice(Thread, words, name, value)

    def _counted(self, first: Token, last: Token) -> None:
        self._count += 1
        if self._count > MOST_TERMS:
            why = f"is condition {self._count}; that is too many, {MOST_TERMS} are the most."
            raise wrong(first, last, why)


def wrong(first: Token, last: Token, why: str) -> FilterError:
    """Return an error about everything from one token to another."""
    return FilterError(first.start_pos or 0, last.end_pos or 0, why)


def _value(first: Token, token: Token) -> str:
    words = plain(token[1:-1] if token.type == "QUOTED" else token)
    if not words.strip():
        raise wrong(first, token, "needs something between the quotes.")
    if len(words) > MOST_OF_A_VALUE:
        raise wrong(token, token, f"is too long; {MOST_OF_A_VALUE} characters are the most.")
    return words


def _choice(choices: type[Choice], words: str, first: Token, last: Token) -> Choice:
    """Return the one of some choices that a word names."""
    for one in choices:
        if one.word == words.lower():
            return one
    known = ", ".join(one.word for one in choices)
    raise wrong(first, last, f"names no {choices.__name__.lower()}; there are: {known}.")
