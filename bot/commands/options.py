"""Cutting the words of `/monitors create` and `edit` into a query and its options."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise

from bot.commands.parse import Typed, Word, without_tokens
from bot.core.errors import CommandError
from bot.core.events import Record
from bot.core.monitors import PRICE_PER_RUN

DOMAINS, WITHOUT, QUERY = "domains", "without", "query"
OPTIONS = frozenset({"every", "processor", "fields", "location", DOMAINS, WITHOUT, "backfill"})
ELSEWHERE = frozenset({"core", "pro", "ultra"})
"""Processors that Parallel has, but not for monitors."""

_TIMES = {
    "minute", "hour", "day", "week", "month", "year",
    "minutes", "hourly", "daily", "weekly", "biweekly", "monthly",
}  # fmt: skip
_ENTRY = re.compile(r'(?:[“”„"][^“”„"]*[“”„"]|[^\s,])+')
_NAMED = re.compile(r"[^\W\d]\w*(:.+)?", re.DOTALL)
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_MOST_EVERY = 2


class Option(Record):
    """One option as typed: its keyword, and the words up to the next one."""

    name: str
    word: Word
    values: tuple[Word, ...] = ()

    def entries(self, typed: Typed) -> tuple[Word, ...]:
        """Return the values as a list, separated by commas or spaces; quotes hold together."""
        if not self.values:
            return ()
        start, end = self.values[0].start, self.values[-1].end
        return tuple(
            Word(text=without_tokens(found[0]), start=found.start(), end=found.end())
            for found in _ENTRY.finditer(typed.text, start, end)
        )


def cut(words: Sequence[Word], names: Collection[str]) -> tuple[list[Word], list[Option]]:
    """Return the words before the first keyword, and the options."""
    before = [None, *words][: len(words)]
    starts = [
        position
        for position, (word, last) in enumerate(zip(words, before, strict=True))
        if _is_keyword(word, names, last)
    ]
    options = [
        Option(name=words[at].plain.lower(), word=words[at], values=tuple(words[at + 1 : end]))
        for at, end in pairwise([*starts, len(words)])
    ]
    return list(words[: starts[0]] if starts else words), options


def cut_at_end(
    typed: Typed, words: Sequence[Word], names: Collection[str]
) -> tuple[list[Word], list[Option]]:
    """Return the words of a query without quotes, and the options that follow it.

    A query may contain the words of options, so they are options only at the end, and
    only before something that looks like a value.
    """
    query, options = cut(words, names)
    real: list[Option] = []
    while options and _looks_real(typed, options[-1]):
        real.insert(0, options.pop())
    for one in options:
        query += [one.word, *one.values]
    return query, real


def once_each(typed: Typed, options: Sequence[Option]) -> Sequence[Option]:
    """Return the options; raises `CommandError` if one is said twice."""
    seen: set[str] = set()
    for one in options:
        if one.name in seen:
            raise typed.wrong(one.word, "is said twice.")
        seen.add(one.name)
    return options


def only_value(typed: Typed, option: Option, example: str) -> Word:
    """Return the one word of an option; raises `CommandError` for none or several."""
    if not option.values:
        raise typed.wrong(option.word, f"needs a value, such as {example}.")
    if len(option.values) > 1:
        raise typed.wrong(option.values[1], "is one word too many.")
    return option.values[0]


def unexpected(typed: Typed, word: Word, why: str, names: Collection[str]) -> CommandError:
    """Return the error for a word that begins no option."""
    return typed.wrong(word, f"{why}; the options are {', '.join(sorted(names))}.")


def _is_keyword(word: Word, names: Collection[str], last: Word | None) -> bool:
    """Return whether a word begins an option; after a comma it is an entry of a list."""
    listed = last is not None and last.text.endswith(",")
    return not word.quoted and not listed and word.plain.lower() in names


def _looks_real(typed: Typed, option: Option) -> bool:
    if any(one.quoted for one in option.values):
        return False
    values = [one.plain.lower() for one in option.values]
    if option.name in _LOOKS:
        return _LOOKS[option.name](values)
    entries = [one.text for one in option.entries(typed)]
    if option.name in {DOMAINS, WITHOUT}:
        return bool(entries) and all("." in one for one in entries)
    listed = any(letter in one for one in values for letter in ",:")
    return listed and all(_NAMED.fullmatch(one) for one in entries)


def _is_time(values: list[str]) -> bool:
    return 0 < len(values) <= _MOST_EVERY and (values[0][0].isdigit() or values[0] in _TIMES)


_LOOKS: dict[str, Callable[[list[str]], bool]] = {
    "every": _is_time,
    "processor": lambda values: len(values) == 1 and values[0] in {*PRICE_PER_RUN, *ELSEWHERE},
    "location": lambda values: len(values) == 1 and _COUNTRY.fullmatch(values[0]) is not None,
    "backfill": lambda values: not values,
}
