"""What a channel wishes to hear, from the words after `/alerts subscribe`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.commands.filter_grammar import read_filter
from bot.commands.parse import Typed, Word
from bot.core.alerts import Size, Thread
from bot.core.events import Record, Subject
from bot.core.filters import NO_FILTER, Expression
from bot.core.sources import Source
from bot.core.subscriptions import ANY_SOURCE

_EVERYTHING = {ANY_SOURCE, "all"}
_FILTER = re.compile(r"\(|NOT(?![\w.-])|[A-Za-z_][\w.-]*\s*([:=<>≥≤]|!=)")
_MOST_LETTERS = 255
_PLACE_OF_ID = 2


class Wish(Record):
    """A subscription before it has a channel."""

    source: str = ANY_SOURCE
    subject: Subject | None = None
    filter: Expression = NO_FILTER
    size: Size = Size.STANDARD
    thread: Thread = Thread.ONLY


def wish(typed: Typed, sources: Mapping[str, Source], *, first: int = 1) -> Wish:
    """Return what `subscribe [source] [kind id] [filter]` asks for.

    `first` is the place of the word at which the source, or what follows it, is expected.

    Raises:
        CommandError: a word fits nowhere; the error points at it.
    """
    words = typed.words[first:]
    count = next((at for at in range(len(words)) if _begins_filter(typed, words, at)), len(words))
    for word in words[:count]:
        if len(word.text) > _MOST_LETTERS:
            raise typed.wrong(word, f"is too long; {_MOST_LETTERS} characters are the most.")
    source = _source(typed, words[0], sources) if count else ANY_SOURCE
    subject = _subject(typed, words[1:count], sources.get(source))
    start = words[count].start if count < len(words) else len(typed.text)
    chosen = read_filter(typed, start, sources)
    return Wish(
        source=source,
        subject=subject,
        filter=chosen.filter,
        size=Size.STANDARD if chosen.size is None else chosen.size,
        thread=Thread.ONLY if chosen.thread is None else chosen.thread,
    )


def _begins_filter(typed: Typed, words: Sequence[Word], at: int) -> bool:
    """Return whether a filter begins with a word; what is quoted in place of an id is one."""
    if words[at].quoted:
        return at != _PLACE_OF_ID
    return _FILTER.match(typed.text, words[at].start) is not None


def _source(typed: Typed, word: Word, sources: Mapping[str, Source]) -> str:
    name = word.plain.lower()
    if name in _EVERYTHING:
        return ANY_SOURCE
    if name not in sources:
        known = ", ".join(sorted(sources)) or "none"
        raise typed.wrong(word, f"is not a source; there are: {known} (or * for every one).")
    return name


def _subject(typed: Typed, words: Sequence[Word], source: Source | None) -> Subject | None:
    if not words:
        return None
    kind = words[0].plain.lower()
    kinds = source.kinds if source else ()
    if kind not in kinds:
        choice = (
            f"{source.title} has: {', '.join(kinds)}." if source and kinds else "Name a source."
        )
        raise typed.wrong(words[0], f"is nothing that can be followed here. {choice}")
    if len(words) > 2:  # noqa: PLR2004 - a kind and an id
        raise typed.wrong(words[2], "is one word too many; quote an id that has spaces.")
    return Subject(kind=kind, id=words[1].plain if len(words) > 1 else "")
