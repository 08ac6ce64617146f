"""What we need of the memory of past events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from bot.core.ports.memory import StoredEvent


class Page(NamedTuple):
    """Some events, newest first; `before` is the row to go on from, None at the end."""

    events: Sequence[StoredEvent]
    before: int | None


class PastEvents(Protocol):
    """Hands out what arrived, to be read again."""

    async def page(self, source: str, *, since: datetime, before: int | None = None) -> Page:
        """Return routed events of a source, or with `*` of all, that came after a moment."""
        ...
