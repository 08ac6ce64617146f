"""What a channel wishes to hear, from the words after `/alerts subscribe`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.commands.parse import Typed, Word
from bot.core.alerts import Severity, Size
from bot.core.events import Record, Subject
from bot.core.sources import Source
from bot.core.subscriptions import ANY_SOURCE, Filter

_EVERYTHING = {ANY_SOURCE, "all"}
_FILTER = re.compile(r"(?:type:|severity>=|[A-Za-z_][\w.-]*:).*", re.DOTALL)
_SEVERITY = "severity>="
_TYPE = "type:"
_SIZE = "size:"
_NOT_YET = {"mention"}
_MOST_LETTERS = 255
_MOST_FILTERS = 20


class Wish(Record):
    """A subscription before it has a channel."""

    source: str = ANY_SOURCE
    subject: Subject | None = None
    filter: Filter = Filter()
    size: Size = Size.STANDARD


def wish(typed: Typed, sources: Mapping[str, Source]) -> Wish:
    """Return what `subscribe [source] [kind id] [filters]` asks for.

    Raises:
        CommandError: a word fits nowhere; the error points at it.
    """
    words = typed.words[1:]
    for word in words:
        if len(word.text) > _MOST_LETTERS:
            raise typed.wrong(word, f"is too long; {_MOST_LETTERS} characters are the most.")
    count = next((at for at, word in enumerate(words) if _is_filter(word)), len(words))
    source = _source(typed, words[0], sources) if count else ANY_SOURCE
    sizes = [word for word in words[count:] if word.plain.lower().startswith(_SIZE)]
    filters = [word for word in words[count:] if word not in sizes]
    return Wish(
        source=source,
        subject=_subject(typed, words[1:count], sources.get(source)),
        filter=_filter(typed, filters),
        size=_size(typed, sizes[-1]) if sizes else Size.STANDARD,
    )


def _is_filter(word: Word) -> bool:
    return not word.quoted and _FILTER.fullmatch(word.plain) is not None


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


def _filter(typed: Typed, words: Sequence[Word]) -> Filter:
    if len(words) > _MOST_FILTERS:
        raise typed.wrong(words[_MOST_FILTERS], f"is filter {_MOST_FILTERS + 1}; that is too many.")
    types: list[str] = []
    fields: list[tuple[str, str]] = []
    severity = Severity.INFO
    for word in words:
        name, _, value = word.plain.partition(":")
        if word.plain.lower().startswith(_SEVERITY):
            severity = _severity(typed, word)
        elif not _is_filter(word) or not value.strip() or name.lower() in _NOT_YET:
            raise typed.wrong(
                word, "is not a filter; try type:scan.*, severity>=warning or verb:failed."
            )
        elif word.plain.startswith(_TYPE):
            types.append(value)
        else:
            fields.append((name, value))
    return Filter(types=tuple(types), severity=severity, fields=tuple(fields))


def _severity(typed: Typed, word: Word) -> Severity:
    name = word.plain[len(_SEVERITY) :].lower()
    for severity in Severity:
        if severity.word == name:
            return severity
    choice = ", ".join(one.word for one in Severity)
    raise typed.wrong(word, f"names no severity; there are: {choice}.")


def _size(typed: Typed, word: Word) -> Size:
    name = word.plain[len(_SIZE) :].lower()
    for size in Size:
        if size.word == name:
            return size
    choice = ", ".join(one.word for one in Size)
    raise typed.wrong(word, f"names no size; there are: {choice}.")
