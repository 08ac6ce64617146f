"""What a vendor's next release, or a stranger, may do to a payload."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]

RETYPED: tuple[Any, ...] = (
    None, "", "x", 0, -1, 10**300, 1.5, True, False, [], [1], {}, {"a": 1}, [{}], [None], [[[]]],
)  # fmt: skip


def paths(value: Any, at: Path = ()) -> Iterator[Path]:
    """Yield the path of every value inside a JSON value, containers too."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, inside in items:
        yield (*at, key)
        yield from paths(inside, (*at, key))


def mutants(value: Any) -> Iterator[Any]:
    """Yield the value with each part dropped, renamed, doubled, or of another type."""
    for path in paths(value):
        for other in RETYPED:
            yield replaced(value, path, other)
        yield without(value, path)
        yield renamed(value, path)


def replaced(value: Any, path: Path, other: Any) -> Any:
    """Return a copy in which the part at `path` is another."""
    mutant = copy.deepcopy(value)
    _parent(mutant, path)[path[-1]] = other
    return mutant


def without(value: Any, path: Path) -> Any:
    """Return a copy in which the part at `path` is missing."""
    mutant = copy.deepcopy(value)
    del _parent(mutant, path)[path[-1]]
    return mutant


def renamed(value: Any, path: Path) -> Any:
    """Return a copy in which the part at `path` has a new name, or stands there twice."""
    mutant = copy.deepcopy(value)
    parent, last = _parent(mutant, path), path[-1]
    if isinstance(parent, dict):
        parent[f"new_{last}"] = parent.pop(str(last))
    else:
        parent.append(parent[int(last)])
    return mutant


def strings(value: Any) -> Iterator[Path]:
    """Yield the path of every string inside a JSON value."""
    for path in paths(value):
        if isinstance(_part(value, path), str):
            yield path


def _parent(value: Any, path: Path) -> Any:
    return _part(value, path[:-1])


def _part(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value
