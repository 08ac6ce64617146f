"""A monitor as we see it: what we remember beside what the API says."""

from __future__ import annotations

from datetime import datetime

from bot.core.events import Record
from bot.core.monitors import SLOWEST, Definition, KnownMonitor, Monitor, Pause
from bot.core.requests import Request

_PAUSED = {Pause.HOLD: "on hold", Pause.SLOW: "slowed", Pause.STOP: "stopped"}
_ALWAYS_TOLD = ("query", "frequency", "processor")
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
    def created_by(self) -> str:
        """Return who made it, or nothing if nobody knows."""
        return self.known.created_by if self.known else ""

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
            told = self.live.definition
            lost = {name for name in _ALWAYS_TOLD if not getattr(told, name)}
            return told.model_copy(update={name: getattr(remembered, name) for name in lost})
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
        if self.pause is Pause.STOP:
            return self.known
        does = self.running
        if self.pause is Pause.SLOW:
            does = does.model_copy(update={"frequency": self.known.definition.frequency})
        return self.known.model_copy(update={"definition": does})
