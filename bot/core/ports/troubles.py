"""What we need of the memory of troubles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from bot.core.notifications import Draft
from bot.core.troubles import Kind, Trouble

Notice = Callable[[Trouble], Draft | None]
"""What to say of a trouble, or None to say nothing."""


class Kinds(NamedTuple):
    """Some events that came alike: `type` is empty for bodies that cannot be read."""

    source: str
    type: str
    number: int
    newest_row: int


class Arrived(NamedTuple):
    """What came after row `after`, up to row `upto`."""

    after: int
    upto: int
    kinds: Sequence[Kinds] = ()


class Troubles(Protocol):
    """Remembers what operators should know. Methods raise `StoreUnavailableError`."""

    async def arrived(self) -> Arrived:
        """Return which types came since this was looked at last, some at a time."""
        ...

    async def note(self, arrived: Arrived, troubles: Sequence[tuple[Kind, Kinds]]) -> None:
        """Keep what is the matter with what came, and that it was looked at, at once."""
        ...

    async def tell(self, notice: Notice) -> Sequence[Trouble]:
        """Owe a notice of each trouble that was not told, at once; return these.

        `notice` is called inside the transaction. What comes again in the same period
        changes the message that tells of it.
        """
        ...
