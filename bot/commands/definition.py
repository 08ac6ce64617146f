"""What a monitor shall watch, from the words after `/monitors create` and `edit`."""

from __future__ import annotations

from typing import Any

from bot.commands.options import (
    DOMAINS,
    OPTIONS,
    QUERY,
    WITHOUT,
    Option,
    cut,
    cut_at_end,
    once_each,
    unexpected,
)
from bot.commands.parse import Typed, Word
from bot.commands.values import query_of, read_option
from bot.core.errors import CommandError
from bot.core.monitors import Definition


def definition(typed: Typed) -> Definition:
    """Return what `create QUERY [every 6h] [processor base] …` asks for.

    Raises:
        CommandError: a value is not possible, or there is no query.
    """
    words = list(typed.words[1:])
    if words and words[0].quoted:
        query, options = _after_quotes(typed, words)
    else:
        query, options = cut_at_end(typed, words, OPTIONS)
    found: dict[str, Any] = {}
    for option in once_each(typed, options):
        found |= read_option(typed, option)
        if option.name in {DOMAINS, WITHOUT} and len({DOMAINS, WITHOUT} & _names(options)) > 1:
            raise typed.wrong(option.word, "does nothing beside the other: name one of them.")
    return Definition(query=query_of(typed, query), **found)


def changes(typed: Typed) -> dict[str, Any]:
    """Return the fields that `edit ID …` asks to change; `none` takes one away.

    Raises:
        CommandError: a value is not possible, or nothing is to change.
    """
    names = OPTIONS | {QUERY}
    before, options = cut(typed.words[2:], names)
    if before:
        raise unexpected(typed, before[0], "is not understood", names)
    if not options:
        raise CommandError(
            "What shall change? Type for example /monitors edit ID every 6h processor base, "
            "or query and the new question."
        )
    found: dict[str, Any] = {}
    for option in once_each(typed, options):
        found |= read_option(typed, option, clearing=True)
    return found


def _after_quotes(typed: Typed, words: list[Word]) -> tuple[list[Word], list[Option]]:
    """Return a quoted query and what must be options, because it ends with its quotes."""
    rest, options = cut(words[1:], OPTIONS)
    if rest:
        raise unexpected(typed, rest[0], "is not understood after the quoted query", OPTIONS)
    return words[:1], options


def _names(options: list[Option]) -> set[str]:
    return {one.name for one in options}
