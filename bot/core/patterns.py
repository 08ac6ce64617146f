"""Globs over dotted event types, such as `task_run.*`."""

from __future__ import annotations

from fnmatch import fnmatchcase


def matches(pattern: str, event_type: str) -> bool:
    """Return whether a type fits a glob; `*` also crosses dots."""
    return pattern == event_type or fnmatchcase(event_type, pattern)


def specificity(pattern: str) -> tuple[bool, int]:
    """Return a key that orders patterns from the vaguest to the most exact."""
    return _before_wildcard(pattern) == pattern, len(pattern)


def index_key(pattern: str) -> str:
    """Return the key under which a pattern is found by `chain`.

    An exact type is its own key; a glob's is its longest plain dotted prefix and
    `.*`, so `scan.*ed` is found under `scan.*` and then compared as a whole.
    """
    plain = _before_wildcard(pattern)
    if plain == pattern:
        return pattern
    head, dot, _ = plain.rpartition(".")
    return f"{head}.*" if dot else "*"


def chain(event_type: str) -> tuple[str, ...]:
    """Return every index key that can match a type: `a.b.c`, `a.b.*`, `a.*`, `*`."""
    parts = event_type.split(".")
    prefixes = (".".join(parts[:count]) + ".*" for count in range(len(parts) - 1, 0, -1))
    return (event_type, *prefixes, "*")


def _before_wildcard(pattern: str) -> str:
    for position, letter in enumerate(pattern):
        if letter in "*?[":
            return pattern[:position]
    return pattern
