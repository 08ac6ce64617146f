"""A monitor as we see it: what we remember beside what the API says."""

from __future__ import annotations

from datetime import datetime

from bot.core.events import Record
from bot.core.monitors import SLOWEST, Definition, KnownMonitor, Monitor, Pause
from bot.core.requests import Request

_PAUSED = {Pause.HOLD: "on hold", Pause.SLOW: "slowed", Pause.STOP: "stopped"}
_NOTHING = Definition(query="", frequency="", processor="")


class Sighting(Record):
    """What we remember of a monitor, and what the API says now.

    `gone` says that the API was asked and does not run it.
    """

    id: str
    known: KnownMonitor | None = None
    live: Monitor | None = None
    gone: bool = False

    @property
    def pause(self) -> Pause | None:
        """Return how it is paused."""
        return self.known.pause if self.known else None

    @property
    def ended(self) -> bool:
        """Return whether it does not run any more, for good or until it is made anew."""
        if self.live is not None:
            return not self.live.active
        return self.gone or (self.known is not None and self.known.cancelled)

    @property
    def running(self) -> Definition:
        """Return what it does now; empty words where nobody can tell."""
        remembered = self.known.definition if self.known else _NOTHING
        if self.live is not None:
            return Definition(
                query=self.live.query or remembered.query,
                frequency=self.live.frequency or remembered.frequency,
                processor=self.live.processor or remembered.processor,
            )
        if self.pause is Pause.SLOW:
            return remembered.model_copy(update={"frequency": SLOWEST})
        return remembered

    @property
    def state(self) -> str:
        """Return one or two words for people."""
        if self.ended and self.pause is not Pause.STOP:
            return "cancelled"
        if self.pause is not None:
            return _PAUSED[self.pause]
        return "running" if self.live or self.known else "not known to us"

    def record(self, request: Request, now: datetime) -> KnownMonitor:
        """Return what to remember of it: what it does now, or did before it was slowed."""
        if self.known is None:
            return KnownMonitor(
                id=self.id,
                team_id=request.team_id,
                channel_id=request.channel_id,
                definition=self.running,
                created_at=now,
            )
        if self.pause in {Pause.SLOW, Pause.STOP}:
            return self.known
        return self.known.model_copy(update={"definition": self.running})
