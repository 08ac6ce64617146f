"""Words for values: what a vendor's JSON looks like to a person."""

from __future__ import annotations

from itertools import pairwise

_DEEPEST = 3
_MOST_NAME = 60
_MINUTE = 60
_UNITS = (("d", 86_400), ("h", 3_600), ("min", _MINUTE), ("s", 1))
_MOST_SECONDS = 10 * 365 * 86_400
_ELLIPSIS = "…"


def clip(text: str, most: int) -> str:
    """Return a text on one line in at most `most` characters, cut between words."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    head, _, _ = cut.rpartition(" ")
    # Text without spaces, such as an address or Chinese, is cut where it has to be.
    return (head if len(head) > most // 2 else cut).rstrip(" ,;") + _ELLIPSIS


def words(value: object, *, depth: int = 0) -> str:
    """Return a JSON value in words: lists by commas, objects as `name: value`."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, list | dict):
        return str(value)
    if depth == _DEEPEST:
        return _ELLIPSIS
    if isinstance(value, dict):
        return ", ".join(f"{name}: {words(one, depth=depth + 1)}" for name, one in value.items())
    separator = "; " if any(isinstance(one, list | dict) for one in value) else ", "
    return separator.join(words(one, depth=depth + 1) for one in value)


def count(number: int, noun: str) -> str:
    """Return a number and its noun, `1 file` or `1,200 files`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def duration(seconds: float | None) -> str:
    """Return a length of time in its two largest units; "" for none or nonsense."""
    if seconds is None or not 0 <= seconds < _MOST_SECONDS:
        return ""
    if seconds < _MINUTE:
        return f"{seconds:.3g} s"
    whole = round(seconds)
    for (long, size), (short, smaller) in pairwise(_UNITS):
        if whole >= size:
            rest = whole % size // smaller
            return f"{whole // size:,} {long}" + (f" {rest} {short}" if rest else "")
    return f"{whole} s"


def humanised(name: str) -> str:
    """Return a vendor's identifier as words, such as `visibility drop`."""
    return clip(name.replace("_", " ").replace("-", " "), _MOST_NAME)
