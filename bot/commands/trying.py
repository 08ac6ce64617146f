"""`/alerts try`: what a subscription would have heard in the last days."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.commands.parse import clip
from bot.commands.retelling import said
from bot.core.answers import Answer, answer, bold, code, line, when
from bot.core.events import Event, Record, Subject, is_counted
from bot.core.filters import Expression
from bot.core.ports import Clock, StoredEvent
from bot.core.ports.past import PastEvents
from bot.core.sources import Source
from bot.core.subscriptions import Subscription

DAYS = 7
MOST_EVENTS = 20_000
MOST_SHOWN = 5
_AT_ONCE = 100


class Heard(Record):
    """An event that would have been said."""

    title: str
    occurred_at: datetime


class Trial(Record):
    """How many events there were, how many would have been said, and the newest of those.

    `cut` says that there were more events than are tried.
    """

    total: int = 0
    heard: int = 0
    newest: tuple[Heard, ...] = ()
    cut: bool = False


class Trying:
    """Asks the stored events whether a subscription wants them; it changes nothing."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        past: PastEvents,
        clock: Clock,
        *,
        most_events: int = MOST_EVENTS,
    ) -> None:
        self._sources = sources
        self._past = past
        self._clock = clock
        self._most_events = most_events
        # Each trial keeps a thread busy for seconds; two would only take longer.
        self._one = asyncio.Lock()

    async def count(self, source: str, subject: Subject | None, expression: Expression) -> Trial:
        """Return what a subscription would have heard in the last seven days.

        Bodies are read by today's readers and said by today's handlers. Tests are left
        out, and so is what cannot be read any more.

        Raises:
            StoreUnavailableError: the database cannot be read.
        """
        wanted = Subscription(
            team_id="", channel_id="", source=source, subject=subject, filter=expression
        )
        async with self._one:
            return await self._count(wanted)

    async def _count(self, wanted: Subscription) -> Trial:
        since = self._clock() - timedelta(days=DAYS)
        trial, before, more = Trial(), None, True
        while more and not trial.cut:
            page = await self._past.page(wanted.source, since=since, before=before)
            before = page.before
            more = before is not None
            for start in range(0, len(page.events), _AT_ONCE):
                stored = page.events[start : start + _AT_ONCE]
                trial = await asyncio.to_thread(self._go_on, trial, stored, wanted)
        return trial

    def _go_on(self, trial: Trial, stored: Sequence[StoredEvent], wanted: Subscription) -> Trial:
        """Return a trial with some older events added."""
        total, heard, newest = trial.total, trial.heard, list(trial.newest)
        for source, event in self._events(stored):
            if total == self._most_events:
                return trial.model_copy(
                    update={"total": total, "heard": heard, "newest": tuple(newest), "cut": True}
                )
            total += 1
            alert, default = said(source, event)
            if wanted.admits(event, alert, default=default):
                heard += 1
                newest.append(Heard(title=alert.title, occurred_at=event.occurred_at))
        newest.sort(key=lambda one: one.occurred_at, reverse=True)
        return Trial(total=total, heard=heard, newest=tuple(newest[:MOST_SHOWN]))

    def _events(self, stored: Sequence[StoredEvent]) -> Iterator[tuple[Source, Event]]:
        """Yield what today's readers find in stored bodies; each body is read once."""
        bodies: dict[tuple[str, bytes], dict[str, Event]] = {}
        for one in stored:
            source = self._sources.get(one.webhook.source)
            if source is None or not one.intact:
                continue
            body = (source.name, one.webhook.body)
            if body not in bodies:
                bodies[body] = _read(source, one)
            event = bodies[body].get(one.key)
            if event is not None and is_counted(event):
                yield source, event


def outcome(trial: Trial, command: str = "") -> Answer:
    """Return a trial in words, with the command that would make it a subscription."""
    events = "event" if trial.total == 1 else "events"
    lines = [
        line(
            f"Of {trial.total:,} {events} of the last {DAYS} days, ",
            bold(f"{trial.heard:,}"),
            " would have been said here.",
        )
    ]
    if trial.cut:
        lines.append(line(f"There were more; only the newest {trial.total:,} were tried."))
    if trial.newest:
        lines.append(line("The newest:"))
    lines += [
        line(bold(clip(one.title)), ", ", when(one.occurred_at), bullet=True)
        for one in trial.newest
    ]
    to_hear = (" To hear them: ", code(command)) if command else ()
    lines.append(line("What is muted or on hold here is counted as if it were not."))
    return answer(*lines, line("Nothing was posted.", *to_hear))


def _read(source: Source, stored: StoredEvent) -> dict[str, Event]:
    """Return what today's reader finds in a body; nothing if it fails."""
    try:
        return {event.id: event for event in source.read(stored.webhook)}
    except Exception:
        return {}
