"""What we need of the memory of names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.core.events import Record, Subject
from bot.core.names import Seen


class Census(Record):
    """How many things of a kind have been seen, and the newest of them."""

    source: str
    kind: str
    count: int
    newest: tuple[Seen, ...] = ()


class Names(Protocol):
    """Remembers what things are called. Methods raise `StoreUnavailableError`."""

    async def learn(self, source: str, subjects: Sequence[Subject]) -> None:
        """Keep what a look-up told; only what is new or has changed is written."""
        ...

    async def seen(self, source: str, kind: str) -> Sequence[Seen]:
        """Return what has been seen of a kind, the newest first."""
        ...

    async def named(self, source: str, subjects: Sequence[Subject]) -> tuple[Subject, ...]:
        """Return the subjects with the names that are known."""
        ...

    async def census(self) -> Sequence[Census]:
        """Return how many things of each kind have been seen."""
        ...
