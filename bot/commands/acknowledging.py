"""Acknowledging an alert: somebody has seen it and looks after it."""

from __future__ import annotations

from bot.commands.deeds import Deeds
from bot.commands.following import Following
from bot.commands.pointing import Pointing
from bot.core.answers import Answer, answer, line, user, when
from bot.core.errors import CommandError
from bot.core.marks import ACKNOWLEDGED, Mark
from bot.core.ports import Clock, MessageStore
from bot.core.requests import Request

PRESS = "ack"
SHORTCUT = "alert_ack"


class Acknowledging:
    """Shows on an alert who looks after it: whoever came first."""

    def __init__(
        self, messages: MessageStore, pointing: Pointing, following: Following, clock: Clock
    ) -> None:
        self._messages = messages
        self._pointing = pointing
        self._following = following
        self._clock = clock

    def deeds(self) -> Deeds:
        """Return what can be done here."""
        return Deeds(presses={PRESS: self.acknowledge}, shortcuts={SHORTCUT: self.acknowledge})

    async def acknowledge(self, request: Request) -> Answer | None:
        """Mark the alert; the message shows it, so only who came too late is told."""
        await self._following.check_person(request)
        posted = await self._pointing.at(request)
        if posted.event_row is None:
            raise CommandError("There is nothing to acknowledge here.")
        mark = await self._messages.mark(
            posted.row,
            Mark(
                kind=ACKNOWLEDGED,
                by=request.user_id,
                words="acknowledged this",
                at=self._clock(),
            ),
        )
        if mark.by == request.user_id:
            return None
        return answer(line(user(mark.by), " acknowledged this already, ", when(mark.at), "."))
