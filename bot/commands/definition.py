"""What a monitor shall watch, from the words after `/monitors create`."""

from __future__ import annotations

from bot.commands.parse import Typed, Word, without_tokens
from bot.core.errors import CommandError
from bot.core.monitors import PRICE_PER_RUN, Definition, parse_frequency

MOST_QUERY = 2000
_EVERY = "every"
_PROCESSOR = "processor"
_ELSEWHERE = {"core", "pro", "ultra"}
"""Processors that Parallel has, but not for monitors."""
_TIMES = {
    "minute", "hour", "day", "week", "month", "year",
    "minutes", "hourly", "daily", "weekly", "biweekly", "monthly",
}  # fmt: skip


def definition(typed: Typed) -> Definition:
    """Return what `create QUERY [every 6h] [processor base]` asks for.

    The options stand at the end. A query without quotes may contain their words, so
    `every` and `processor` are options only before something that looks like a value.

    Raises:
        CommandError: a value is not possible, or there is no query.
    """
    words = list(typed.words[1:])
    options: dict[str, str] = {}
    while (taken := _option(typed, words)) is not None:
        name, value, count = taken
        if name in options:
            raise typed.wrong(words[-count], "is said twice.")
        options[name] = value
        del words[-count:]
    return Definition(query=_query(typed, words), **options)


def _option(typed: Typed, words: list[Word]) -> tuple[str, str, int] | None:
    """Return the option at the end: its name, its value, and how many words it takes."""
    for count in (2, 3):
        if len(words) < count or any(word.quoted for word in words[-count:]):
            continue
        head, *rest = (word.plain.lower() for word in words[-count:])
        if head == _EVERY and (rest[0][0].isdigit() or rest[0] in _TIMES):
            return "frequency", _frequency(typed, words[1 - count], " ".join(rest)), count
        if head == _PROCESSOR and count == 2 and rest[0] in {*PRICE_PER_RUN, *_ELSEWHERE}:  # noqa: PLR2004
            return "processor", _processor(typed, words[-1]), count
    return None


def _frequency(typed: Typed, word: Word, value: str) -> str:
    try:
        return parse_frequency(value)
    except CommandError as error:
        raise CommandError(str(error), shown=typed.wrong(word, "").shown) from error


def _processor(typed: Typed, word: Word) -> str:
    name = word.plain.lower()
    if name not in PRICE_PER_RUN:
        raise typed.wrong(word, f"does not run monitors; try {' or '.join(PRICE_PER_RUN)}.")
    return name


def _query(typed: Typed, words: list[Word]) -> str:
    if words and words[0].quoted and len(words) > 1:
        raise typed.wrong(words[1], "is not understood after the quoted query.")
    query = without_tokens(typed.between(words[0], words[-1])).strip() if words else ""
    if not query:
        raise CommandError("What shall it watch? Type /monitors create and then a question.")
    if len(query) > MOST_QUERY:
        raise CommandError(f"The query is too long; {MOST_QUERY:,} characters are the most.")
    return query
