"""What things are called: names from outside made plain, and finding a thing by one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.core.events import Record, Subject
from bot.core.wording import clip

_MOST_NAME = 80
_LEAST_LETTERS = 4
_DIGIT = re.compile(r"\d")
_ZERO_WIDTH_JOINER = "\u200d"  # part of emoji; its like are only good for disguise


class Seen(Record):
    """A thing that events spoke of. `thing` is the id of what this is another name of."""

    source: str
    kind: str
    id: str
    name: str | None = None
    thing: str | None = None
    seen_at: datetime


def plain_name(text: str | None) -> str | None:
    """Return a name from outside on one line, clipped and without invisible characters."""
    if text is not None and text.isascii() and text.isprintable():
        return clip(text, _MOST_NAME) or None  # nearly every name there is
    kept = (
        " " if unicodedata.category(letter) == "Cc" else letter
        for letter in text or ""
        if letter == _ZERO_WIDTH_JOINER or unicodedata.category(letter) not in {"Cf", "Cs"}
    )
    return clip("".join(kept), _MOST_NAME) or None


def things(subjects: Sequence[Subject]) -> Iterator[tuple[Subject, str | None]]:
    """Yield each subject that may be listed, and the id of what it is another name of.

    Of several subjects of one kind and name the first is the thing itself, as a
    workspace by its id; the others are what people call it too, as by its slug.
    """
    first: dict[tuple[str, str | None], str] = {}
    for one in subjects:
        if one.personal:
            continue
        thing = first.setdefault((one.kind, one.name), one.id) if one.name else one.id
        yield one, None if thing == one.id else thing


def fitting(seen: Sequence[Seen], typed: str) -> Sequence[Seen]:
    """Return what somebody means by an id or a name: a whole one, else a part of one.

    A part of an id is four letters or more of its start, with or without its prefix, or of
    its end.
    """
    wanted = typed.casefold()
    own = [one for one in seen if one.thing is None]
    if whole := [one for one in seen if one.id == typed]:
        # A slug, which may change, means the thing that has it; a second id means itself.
        slug = whole[0].thing if whole[0].name == typed else None
        return [one for one in own if one.id == slug] or whole
    if named := [one for one in own if (one.name or "").casefold() == wanted]:
        return named
    if len(own) < len(seen) and looks_like_one(typed, seen):
        return ()  # where slugs are ids too, a word may be the whole of one not seen yet
    return [one for one in own if wanted in (one.name or "").casefold() or _is_part(typed, one.id)]


def looks_like_one(typed: str, seen: Sequence[Seen]) -> bool:
    """Return whether a word has the shape of the ids seen; if there are none, it has.

    That is their prefix, if all have one, and a digit, if all have one.
    """
    if not seen:
        return True
    starts = {_prefix(one.id) for one in seen}
    start = starts.pop() if len(starts) == 1 else ""
    digits = all(map(_DIGIT.search, (one.id for one in seen)))
    return (
        typed.startswith(start)
        and typed != start
        and not any(map(str.isspace, typed))
        and (not digits or _DIGIT.search(typed) is not None)
    )


def _prefix(whole: str) -> str:
    head, underscore, _ = whole.partition("_")
    return head + underscore if underscore else ""


def _is_part(typed: str, whole: str) -> bool:
    if len(typed) < _LEAST_LETTERS:
        return False
    _, _, bare = whole.rpartition("_")
    beyond_prefix = len(typed) > len(_prefix(whole))
    return (
        whole.endswith(typed)
        or bare.startswith(typed)
        or (whole.startswith(typed) and beyond_prefix)
    )
