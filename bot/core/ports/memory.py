"""What we need of the database.

Every method raises `StoreUnavailableError` when the database does not answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from bot.core.alerts import Alert
from bot.core.events import Envelope, Event, Record, Webhook
from bot.core.forms import Reply
from bot.core.monitors import KnownMonitor, Run
from bot.core.notifications import Deferral, Draft, Lane, Notification
from bot.core.reasons import Reason
from bot.core.requests import Request
from bot.core.subscriptions import Subscription
from bot.core.verify import Proof


class Accepted(NamedTuple):
    """What became of a webhook: how many events are new, known, or in conflict.

    `tests` are new, too: what a source's test button sent, which no statistics count.
    """

    new: int = 0
    duplicates: int = 0
    conflicts: int = 0
    tests: int = 0


class Inbox(Protocol):
    """Remembers what arrived."""

    async def accept(
        self,
        webhook: Webhook,
        proof: Proof,
        events: Sequence[Envelope | Event],
        *,
        unreadable: str | None,
    ) -> Accepted:
        """Store a verified webhook durably. `unreadable` says why there are no events."""
        ...

    async def claim(self, limit: int) -> Sequence[StoredEvent]:
        """Return events to route, oldest first, counting this start of each."""
        ...

    async def bury(self, event_row: int, reason: Reason, detail: str) -> None:
        """End an event that cannot be routed."""
        ...


class StoredEvent(NamedTuple):
    """An event to route: which event of which webhook, and how often it was begun."""

    row: int
    key: str
    type: str
    webhook: Webhook
    starts: int
    intact: bool


class Told(NamedTuple):
    """An event with what is said of it; `default` is whether a plain subscription hears it."""

    row: int
    event: Event
    alert: Alert
    default: bool


class Router(Protocol):
    """Writes commit 2: events are routed and their messages are owed, at once."""

    async def route(self, told: Sequence[Told]) -> Sequence[int | BaseException]:
        """Match subscriptions, owe one message a channel, and return how many for each.

        An event with a group is also put on the list of groups to read, due now. What
        fails comes back as the error: `StoreUnavailableError` if nothing could be written.
        """
        ...


class DueGroup(Record):
    """A group to read: the event that announced it, and how often it was tried."""

    row: int
    event: Event
    attempts: int
    card: str


class GroupStore(Protocol):
    """Remembers which groups are to be read."""

    async def claim(self, now: datetime, limit: int) -> Sequence[DueGroup]:
        """Return groups that are due; each try is counted and leased before it begins."""
        ...

    async def next_due(self) -> datetime | None:
        """Return when the next group is due, or None."""
        ...

    async def complete(self, group: DueGroup, alert: Alert) -> int:
        """Update the group's message in every channel, add new replies, count both."""
        ...

    async def postpone(self, group: DueGroup, *, until: datetime, detail: str) -> None:
        """Try to read a group again later; its message goes out pending meanwhile."""
        ...

    async def give_up(self, group: DueGroup, alert: Alert, *, detail: str) -> None:
        """Stop reading a group and say so in its message."""
        ...


class Outbox(Protocol):
    """Remembers what is owed to channels.

    Every settlement is fenced by the attempt of the claim: it returns False, and
    changes nothing, when somebody else has settled or claimed the row since.
    """

    async def recover(self) -> int:
        """Turn what was being sent when the process died into `unknown`."""
        ...

    async def lanes(self) -> Sequence[Lane]:
        """Return every lane that has something to send or to edit."""
        ...

    async def claim(self, lane: Lane, now: datetime, *, edits: bool = True) -> Notification | None:
        """Return the lane's next work, or None while there is none or it is blocked.

        A post comes back `sending`, with one attempt more, which is durable; a look-up
        comes back `unknown`; an edit, only when wanted and nothing else is due, `sent`.
        """
        ...

    async def next_due(self, lane: Lane, now: datetime) -> datetime | None:
        """Return when the lane is to be looked at again, or None if it is empty."""
        ...

    async def sent(self, claimed: Notification, ts: str) -> bool:
        """Settle a post, or a look-up that found it."""
        ...

    async def shown(self, edited: Notification) -> bool:
        """Settle an edit: Slack has this revision now."""
        ...

    async def defer(self, claimed: Notification, deferral: Deferral) -> bool:
        """Put claimed work back for later, and block its lane or workspace if so asked."""
        ...

    async def end(self, claimed: Notification, reason: Reason, detail: str) -> bool:
        """Give up on a message and on its unsent replies; an edit is only forgotten."""
        ...

    async def hold_channel(
        self, claimed: Notification, reason: Reason, detail: str, notices: Sequence[Draft]
    ) -> bool:
        """Keep back all that is owed to a channel; owe the notices the first time only."""
        ...

    async def hurry(self) -> int:
        """Let what waits because Slack was away wait no longer; return how much it is."""
        ...

    async def release_channel(self, team_id: str, channel_id: str) -> int:
        """Let a channel be spoken to again; return how many messages were waiting."""
        ...

    async def enqueue(self, drafts: Sequence[Draft]) -> int:
        """Owe messages that no event asked for; a known key with other words is edited."""
        ...


class SubscriptionStore(Protocol):
    """Remembers who follows what."""

    async def add(
        self, subscription: Subscription, *, request_id: str, since: datetime | None = None
    ) -> tuple[Subscription, bool]:
        """Store a subscription; one equal to another request's is returned with False.

        `since` routes again what the source sent after that moment and nobody heard.
        """
        ...

    async def list(self, team_id: str, channel_id: str | None = None) -> Sequence[Subscription]:
        """Return the subscriptions of a channel or of the workspace."""
        ...

    async def get(self, team_id: str, subscription_id: int) -> Subscription | None:
        """Return one subscription of a workspace."""
        ...

    async def change(self, wanted: Subscription) -> Subscription | None:
        """Give a subscription another filter and other options; None if it is gone.

        Where its channel has another one with this very wish, that one is returned.
        """
        ...

    async def remove(self, team_id: str, subscription_id: int) -> bool:
        """Forget a subscription; False if there is none."""
        ...

    async def last_said(self, ones: Sequence[Subscription]) -> Mapping[int, datetime]:
        """Return when each was last told something, of those that were lately."""
        ...

    async def creators(self, team_id: str, channel_id: str) -> Sequence[str]:
        """Return who subscribed a channel."""
        ...


class MonitorStore(Protocol):
    """Remembers the monitors that were made or paused through us."""

    async def save(self, monitor: KnownMonitor) -> None:
        """Store or replace what we know of a monitor."""
        ...

    async def get(self, monitor_id: str) -> KnownMonitor | None:
        """Return what we know of a monitor."""
        ...

    async def list(self, team_id: str) -> Sequence[KnownMonitor]:
        """Return every monitor that this workspace made or paused."""
        ...

    async def replace(
        self, old_id: str, new: KnownMonitor, *, since: datetime | None = None
    ) -> None:
        """Move a stopped monitor's record and its subscriptions to its successor.

        `since` routes again what came after that moment and reached nobody.
        """
        ...

    async def kept_quiet(self, monitor_id: str) -> int:
        """Return how many alerts were skipped since the monitor was put on hold."""
        ...

    async def begin_run(self, run: Run, *, pause: timedelta) -> Run | None:
        """Store a run before it is asked for, or return the one that stands in its way.

        That is one that began less than `pause` before, or an earlier try of the same.
        """
        ...

    async def settle_run(self, run: Run, *, done: bool) -> None:
        """Say that the API took a run, or forget it because it surely did not."""
        ...


class RequestStore(Protocol):
    """Remembers what was asked until it is answered."""

    async def accept(self, request: Request) -> bool:
        """Store a request durably; False if it is known already."""
        ...

    async def claim(self, now: datetime, limit: int) -> Sequence[Request]:
        """Return requests to do, oldest first; each try is counted before it begins."""
        ...

    async def done(self, request_id: str, answer: Reply | None, now: datetime) -> None:
        """Store the answer; None when there is nobody to tell."""
        ...

    async def unanswered(self, now: datetime, limit: int) -> Sequence[tuple[Request, Reply]]:
        """Return answers that have not reached the person yet, counting this try."""
        ...

    async def postpone(self, request_id: str, until: datetime) -> None:
        """Try again later."""
        ...

    async def answered(self, request_id: str) -> None:
        """Forget what was said; the id stays, so a repeat is known."""
        ...

    async def next_due(self) -> datetime | None:
        """Return when something is to be done or answered, or None."""
        ...
