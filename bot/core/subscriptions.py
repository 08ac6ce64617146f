"""Who hears what: subscriptions, and the recipients of an alert."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from bot.core.alerts import Alert, Size, Thread
from bot.core.events import Event, Record, Subject
from bot.core.filters import NO_FILTER, Expression
from bot.core.verdicts import admits

ANY_SOURCE = "*"


class Subscription(Record):
    """A channel's wish to hear of a source or of one of its subjects.

    `source` may be `*`; `subject` is None for everything of the source, and has an
    empty id for every subject of its kind. `held` says why nothing is sent now.
    """

    id: int = 0
    team_id: str
    channel_id: str
    source: str = ANY_SOURCE
    subject: Subject | None = None
    filter: Expression = NO_FILTER
    size: Size = Size.STANDARD
    thread: Thread = Thread.ONLY
    created_by: str = ""
    created_at: datetime | None = None
    held: str | None = None

    def words(self) -> str:
        """Return the filter and the options as a person would type them."""
        size = "" if self.size is Size.STANDARD else f"size:{self.size.word}"
        thread = "" if self.thread is Thread.ONLY else f"thread:{self.thread.word}"
        return " ".join(filter(None, (self.filter.words(), size, thread)))

    def covers(self, event: Event) -> bool:
        """Return whether an event is of the source and the subject, whatever the filter."""
        if self.source not in {ANY_SOURCE, event.source}:
            return False
        return self.subject is None or any(
            one.kind == self.subject.kind and self.subject.id in {"", one.id}
            for one in event.subjects
        )

    def admits(self, event: Event, alert: Alert, *, default: bool) -> bool:
        """Return whether this subscription wants the event."""
        return self.covers(event) and admits(self.filter, event, alert, default=default)


class Recipient(Record):
    """A channel that is owed an alert once, whatever number of subscriptions match."""

    team_id: str
    channel_id: str
    subscription_ids: tuple[int, ...]
    size: Size = Size.STANDARD
    thread: Thread = Thread.ONLY
    held: str | None = None


def recipients(
    event: Event, alert: Alert, candidates: Iterable[Subscription], *, default: bool
) -> tuple[Recipient, ...]:
    """Return who is owed this alert, one recipient a channel.

    A channel is held only if every subscription that matched is, and reads as much as
    the one that wants most.
    """
    matched: dict[tuple[str, str], list[Subscription]] = defaultdict(list)
    for one in candidates:
        if one.admits(event, alert, default=default):
            matched[one.team_id, one.channel_id].append(one)
    return tuple(
        Recipient(
            team_id=team_id,
            channel_id=channel_id,
            subscription_ids=tuple(sorted(one.id for one in ones)),
            size=max(one.size for one in ones),
            thread=max(one.thread for one in ones),
            held=ones[0].held if all(one.held for one in ones) else None,
        )
        for (team_id, channel_id), ones in matched.items()
    )
