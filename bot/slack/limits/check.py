"""One check under way: what was found so far, and the rules of plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

MAX_ID = 255
MAX_URL = 3_000
_TEXT_KEYS = frozenset({"type", "text", "emoji", "verbatim"})

Item = Mapping[str, Any]


class Problem(NamedTuple):
    """One refusal: the error name Slack would answer, the place, and what is wrong there."""

    error: str
    where: str
    what: str


class Check:
    """One check under way: what was found, how much text there is, what has the focus."""

    __slots__ = ("focused", "found", "text_length")

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.text_length = 0
        self.focused = False

    def refuse(self, where: str, what: str, error: str = "invalid_blocks") -> None:
        """Note that Slack would answer `error` because of `what` at `where`."""
        self.found.append(Problem(error, where, what))

    def words(self, where: str, value: object, most: int) -> None:
        """Refuse anything but a string of 1 to `most` characters."""
        if not isinstance(value, str):
            self.refuse(where, "missing" if value is None else "must be a string")
            return
        self.text_length += len(value)
        if not value:
            self.refuse(where, "empty")
        elif len(value) > most:
            self.refuse(where, too_long(len(value), most))

    def text(self, where: str, value: object, most: int, *, plain: bool = False) -> None:
        """Refuse anything but a text object of 1 to `most` characters."""
        if not isinstance(value, Mapping):
            self.refuse(where, "must be a text object")
            return
        kind = value.get("type")
        if kind != "plain_text" and (plain or kind != "mrkdwn"):
            self.refuse(where, "must be plain_text" if plain else "must be plain_text or mrkdwn")
        if not value.keys() <= _TEXT_KEYS:
            self.refuse(where, _unknown_keys(value, _TEXT_KEYS))
        self.words(where, value.get("text"), most)

    def url(
        self, where: str, value: object, *, schemes: tuple[str, ...] = ("http", "https")
    ) -> None:
        """Refuse anything but an address of one of `schemes`."""
        self.words(where, value, MAX_URL)
        if isinstance(value, str) and value.partition(":")[0].lower() not in schemes:
            self.refuse(where, f"must be an address of {', '.join(schemes)}")

    def choice(self, where: str, value: object, *allowed: object) -> None:
        """Refuse anything but one of `allowed`."""
        if value not in allowed:
            self.refuse(where, f"must be one of {', '.join(map(str, allowed))}")

    def items(
        self, where: str, value: object, most: int | None = None
    ) -> Iterator[tuple[str, Item]]:
        """Yield path and item of a list of 1 to `most` objects; refuse the rest."""
        if not isinstance(value, list | tuple) or not value:
            self.refuse(where, "must be a list of at least 1")
            return
        if most is not None and len(value) > most:
            self.refuse(where, f"{len(value):,} items, at most {most:,}")
        for index, item in enumerate(value):
            if isinstance(item, Mapping):
                yield f"{where}[{index}]", item
            else:
                self.refuse(f"{where}[{index}]", "must be an object")

    def kind(self, where: str, item: object, kinds: Mapping[str, Kind]) -> None:
        """Check `item` by the rule of its type."""
        if not isinstance(item, Mapping):
            self.refuse(where, "must be an object")
            return
        name = item.get("type")
        kind = kinds.get(name) if isinstance(name, str) else None
        if kind is None:
            self.refuse(where, f"unknown type {name!r} here")
            return
        if not item.keys() <= kind.keys:
            self.refuse(where, _unknown_keys(item, kind.keys))
        kind.rule(self, item, where)

    def known(self, where: str, item: Item, keys: str) -> None:
        """Refuse an object with other than these keys, which are separated by blanks."""
        known = frozenset(keys.split())
        if not item.keys() <= known:
            self.refuse(where, _unknown_keys(item, known))

    def focus(self, where: str) -> None:
        """Refuse a second element that takes the focus."""
        if self.focused:
            self.refuse(where, "only one element may take the focus")
        self.focused = True

    def unique(self, where: str, item: Item, key: str, seen: set[str]) -> None:
        """Refuse an id that is no short string or was seen before."""
        value = item.get(key)
        if value is None:  # Slack makes one up
            return
        if not isinstance(value, str) or not 1 <= len(value) <= MAX_ID:
            self.refuse(f"{where}.{key}", f"must be a string of 1 to {MAX_ID} characters")
        elif value in seen:
            self.refuse(f"{where}.{key}", f"{value!r} is used twice")
        else:
            seen.add(value)


class Kind(NamedTuple):
    """A kind of block or element: its rule and the keys it may have."""

    rule: Callable[[Check, Item, str], None]
    keys: frozenset[str]


def kind(rule: Callable[[Check, Item, str], None], keys: str = "") -> Kind:
    """Return the kind with `rule` and, beside its type, `keys` separated by blanks."""
    return Kind(rule, frozenset(["type", *keys.split()]))


def too_long(length: int, most: int) -> str:
    """Return what is wrong with a text of `length` characters."""
    return f"{length:,} characters, at most {most:,}"


def _unknown_keys(item: Item, known: frozenset[str]) -> str:
    return f"unknown: {', '.join(sorted(map(str, item.keys() - known)))}"
