"""Commit 2: format, match, owe. Then fetch the groups that were announced."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

from bot.core.alerts import Alert
from bot.core.errors import ApiError, StoreUnavailableError
from bot.core.events import Event, Group, Subject
from bot.core.ports import (
    Clock,
    DueGroup,
    GroupReader,
    GroupStore,
    Inbox,
    Router,
    StoredEvent,
    Told,
)
from bot.core.reasons import Reason
from bot.core.sources import Source

log: Any = structlog.get_logger(__name__)

BATCH = 32
MOST_STARTS = 3
WAY_S, MOST_WAYS = 0.005, 4
"""How long an event waits in a storm: fifty a second are routed, Slack takes fewer."""

GROUP_SCHEDULE_S = (2, 10, 30, 120, 600, 3600, 21600)
"""Seconds to wait after each reading that brought nothing; then we give up."""


_WHY = {
    Reason.NOT_FOUND: "its API knows no such monitor or group",
    Reason.INSTALLATION: "its API does not accept our key",
    Reason.PAYMENT: "the account has no credit",
    Reason.RATE_LIMITED: "its API has been asked too often",
    Reason.UNREACHABLE: "its API cannot be reached",
    Reason.TIMEOUT: "its API does not answer",
}
"""Our own words: a channel is no place for what an API says about a request."""


Named = Callable[[str, Sequence[Subject]], Awaitable[tuple[Subject, ...]]]
"""Returns the subjects of a source with the names that are known."""


class Notify:
    """Turns stored events into messages that are owed.

    `storm()` tells whether many senders wait for their answer.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        *,
        inbox: Inbox,
        router: Router,
        groups: GroupStore,
        readers: Mapping[str, GroupReader],
        clock: Clock,
        named: Named | None = None,
        storm: Callable[[], bool] = lambda: False,
    ) -> None:
        self._sources = sources
        self._named = named
        self._inbox = inbox
        self._router = router
        self._groups = groups
        self._readers = readers
        self._clock = clock
        self._storm = storm
        self._begun: Sequence[StoredEvent] = ()
        self._unread: Sequence[DueGroup] = ()

    async def route_some(self) -> int:
        """Route the oldest events and return how many were taken; 0 when none wait.

        Raises:
            StoreUnavailableError: the database cannot be written; nothing is lost.
        """
        begun, self._begun = self._begun or await self._inbox.claim(BATCH), ()
        try:
            await self._route(begun)
        except StoreUnavailableError:
            # Their start is counted and not to be counted again: a database that is
            # away makes no event a suspect.
            self._begun = begun
            raise
        return len(begun)

    async def _route(self, begun: Sequence[StoredEvent]) -> None:
        told = []
        for stored in begun:
            if (one := await self._told(stored)) is not None:
                told.append(one)
            await self._give_way()
        if not told:
            return
        for end in await self._router.route(told):
            if isinstance(end, BaseException):
                raise end

    async def _give_way(self) -> None:
        """Let senders that wait for their answer go first; in a storm for a while."""
        await asyncio.sleep(0)
        for _ in range(MOST_WAYS):
            if not self._storm():
                return
            await asyncio.sleep(WAY_S)

    async def _told(self, stored: StoredEvent) -> Told | None:
        """Return an event with what is to be said of it, or bury it."""
        if not stored.intact:
            await self._inbox.bury(stored.row, Reason.CORRUPT, "the stored body has changed")
            return None
        if stored.starts > MOST_STARTS:
            await self._inbox.bury(stored.row, Reason.POISON, f"begun {stored.starts - 1} times")
            return None
        source = self._sources.get(stored.webhook.source)
        event = _event(source, stored) if source else None
        if source is None or event is None:
            await self._inbox.bury(stored.row, Reason.UNKNOWN, "no reader finds the event again")
            return None
        if self._named is not None and (source.named or source.handler_for(event.type) is None):
            # What is said plainly has no words of its own for what an id is called.
            subjects = await self._named(event.source, event.subjects)
            event = event.model_copy(update={"subjects": subjects})
        return Told(stored.row, event, formatted(source, event), heard(source, event))

    async def read_groups(self, limit: int) -> int:
        """Read groups that are due and return how many were tried.

        Raises:
            StoreUnavailableError: the database cannot be written; nothing is lost.
        """
        due = self._unread or await self._groups.claim(self._clock(), limit)
        ends = await asyncio.gather(*map(self.read_group, due), return_exceptions=True)
        # Read again as soon as the database is back, and not only when the lease runs out.
        self._unread = [
            one
            for one, end in zip(due, ends, strict=True)
            if isinstance(end, StoreUnavailableError)
        ]
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        return len(due)

    async def read_group(self, due: DueGroup) -> None:
        """Fetch one group; what is new is owed, what is missing is asked for again."""
        event = due.event
        source = self._sources.get(event.source)
        reader = self._readers.get(event.source)
        if source is None or event.group is None:
            until = self._clock() + timedelta(seconds=GROUP_SCHEDULE_S[-1])
            await self._groups.postpone(due, until=until, detail="its source is not installed")
            return
        group, problem = await _fetch(reader, event)
        if group is not None and group.members:
            await self._groups.complete(due, formatted(source, event, group))
            return
        if reader is None or due.attempts > len(GROUP_SCHEDULE_S):
            gave_up = f"The details could not be fetched: {problem}."
            alert = formatted(source, event).model_copy(update={"notice": gave_up})
            await self._groups.give_up(due, alert, detail=problem)
            return
        wait = timedelta(seconds=GROUP_SCHEDULE_S[due.attempts - 1])
        await self._groups.postpone(due, until=self._clock() + wait, detail=problem)


async def _fetch(reader: GroupReader | None, event: Event) -> tuple[Group | None, str]:
    """Return the group, or why there is none."""
    if reader is None or event.group is None:
        return None, "no API key is set"
    try:
        group = await reader.read(event.group)
    except ApiError as error:
        # Without its text: what a vendor says of a request may quote a key or a question.
        why = {"reason": error.reason, "status": error.status, "ref_id": error.ref_id}
        log.info("group not readable", source=event.source, group=event.group.id, **why)
        return None, _WHY.get(error.reason, "its API fails")
    except Exception as error:
        log.exception("group reader failed", source=event.source)
        return None, f"reading them fails ({type(error).__name__})"
    return group, "" if group.members else "the group is empty"


def formatted(source: Source, event: Event, group: Group | None = None) -> Alert:
    """Return what to say; a handler that fails costs its words, never the alert."""
    try:
        return source.format(event, group)
    except Exception:
        log.exception("handler failed", source=source.name, type=event.type)
        return source.plain(event)


def heard(source: Source, event: Event) -> bool:
    """Return whether a plain subscription hears an event; one nobody can tell of is heard."""
    try:
        return source.default_for(event)
    except Exception:
        log.exception("handler failed", source=source.name, type=event.type)
        return True


def _event(source: Source, stored: StoredEvent) -> Event | None:
    """Read the stored body again, so that today's reader decides what it means."""
    try:
        events = source.read(stored.webhook)
    except Exception:
        log.exception("reader failed", source=source.name)
        return None
    return next((event for event in events if event.id == stored.key), None)
