"""Who hears what: subscriptions, their filters, and the recipients of an alert."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from bot.core.alerts import Alert, Severity, Size
from bot.core.events import Event, Record, Subject
from bot.core.patterns import matches

ANY_SOURCE = "*"


class Filter(Record):
    """What a subscription lets through; empty means what handlers mark as default.

    `types` are globs of which one must match; `fields` are pairs that must all be
    equal, ignoring case, to the event's normalised fields.
    """

    types: tuple[str, ...] = ()
    severity: Severity = Severity.INFO
    fields: tuple[tuple[str, str], ...] = ()

    def admits(self, event: Event, alert: Alert, *, default: bool) -> bool:
        """Return whether an event passes; `default` is its handler's mark."""
        if self.types:
            if not any(matches(glob, event.type) for glob in self.types):
                return False
        elif not default:
            return False
        if alert.severity < self.severity and not alert.action:
            return False
        return all(_equal(event.fields.get(name), wanted) for name, wanted in self.fields)

    def words(self) -> str:
        """Return the filter as a person would type it."""
        parts = [f"type:{glob}" for glob in self.types]
        if self.severity > Severity.INFO:
            parts.append(f"severity>={self.severity.word}")
        parts.extend(f"{name}:{value}" for name, value in self.fields)
        return " ".join(parts)


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
    filter: Filter = Filter()
    size: Size = Size.STANDARD
    created_by: str = ""
    created_at: datetime | None = None
    held: str | None = None

    def words(self) -> str:
        """Return filter and size as a person would type them."""
        size = "" if self.size is Size.STANDARD else f"size:{self.size.word}"
        return " ".join(filter(None, (self.filter.words(), size)))

    def admits(self, event: Event, alert: Alert, *, default: bool) -> bool:
        """Return whether this subscription wants the event."""
        if self.source not in {ANY_SOURCE, event.source}:
            return False
        if self.subject is not None and not any(
            one.kind == self.subject.kind and self.subject.id in {"", one.id}
            for one in event.subjects
        ):
            return False
        return self.filter.admits(event, alert, default=default)


class Recipient(Record):
    """A channel that is owed an alert once, whatever number of subscriptions match."""

    team_id: str
    channel_id: str
    subscription_ids: tuple[int, ...]
    size: Size = Size.STANDARD
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
            held=ones[0].held if all(one.held for one in ones) else None,
        )
        for (team_id, channel_id), ones in matched.items()
    )


def _equal(value: str | float | bool | None, wanted: str) -> bool:
    return value is not None and str(value).casefold() == wanted.casefold()
