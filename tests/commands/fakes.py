"""The outside of the commands in memory: stores, Slack's directory, Parallel's API."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.core.errors import ApiError, DeliveryError
from bot.core.events import Subject
from bot.core.history import Entry, History
from bot.core.monitors import Definition, KnownMonitor, Monitor, Origin, Pause, Run
from bot.core.names import Seen
from bot.core.notifications import Draft
from bot.core.ports import Channel
from bot.core.ports.names import Census
from bot.core.reasons import Reason
from bot.core.subscriptions import Subscription

NOW = datetime(2026, 8, 17, 8, 15, tzinfo=UTC)


class FakeSubscriptions:
    """Subscriptions in a list, numbered from 12."""

    def __init__(self) -> None:
        self.rows: list[Subscription] = []
        self.requests: dict[int, str] = {}
        self.since: list[datetime | None] = []
        self.said: dict[int, datetime] = {}

    async def add(
        self, subscription: Subscription, *, request_id: str, since: datetime | None = None
    ) -> tuple[Subscription, bool]:
        """Store it, or return the equal one."""
        self.since.append(since)
        for row in self.rows:
            if _identity(row) == _identity(subscription):
                return row, self.requests[row.id] == request_id
        stored = subscription.model_copy(update={"id": 12 + len(self.requests)})
        self.rows.append(stored)
        self.requests[stored.id] = request_id
        return stored, True

    async def list(self, team_id: str, channel_id: str | None = None) -> Sequence[Subscription]:
        """Return those of a workspace or of a channel."""
        return [
            row
            for row in self.rows
            if row.team_id == team_id and channel_id in {None, row.channel_id}
        ]

    async def get(self, team_id: str, subscription_id: int) -> Subscription | None:
        """Return one."""
        return next((row for row in await self.list(team_id) if row.id == subscription_id), None)

    async def change(self, wanted: Subscription) -> Subscription | None:
        """Replace it, or return the equal one."""
        for place, row in enumerate(self.rows):
            if row.id != wanted.id and _identity(row) == _identity(wanted):
                return row
            if row.id == wanted.id:
                self.rows[place] = wanted
                return wanted
        return None

    async def last_said(self, ones: Sequence[Subscription]) -> Mapping[int, datetime]:
        """Return what the test put there."""
        return {one.id: self.said[one.id] for one in ones if one.id in self.said}

    async def remove(self, team_id: str, subscription_id: int) -> bool:
        """Forget one."""
        found = await self.get(team_id, subscription_id)
        if found is not None:
            self.rows.remove(found)
        return found is not None

    async def creators(self, team_id: str, channel_id: str) -> Sequence[str]:
        """Return who subscribed a channel."""
        return [row.created_by for row in await self.list(team_id, channel_id)]


class FakeMonitorStore:
    """What is remembered of monitors; `quiet` is what each kept to itself."""

    def __init__(self, subscriptions: FakeSubscriptions) -> None:
        self.rows: dict[str, KnownMonitor] = {}
        self.quiet: dict[str, int] = {}
        self.runs: dict[str, Run] = {}
        self._subscriptions = subscriptions

    async def save(self, monitor: KnownMonitor) -> None:
        """Store or replace."""
        self.rows[monitor.id] = monitor

    async def get(self, monitor_id: str) -> KnownMonitor | None:
        """Return one."""
        return self.rows.get(monitor_id)

    async def list(self, team_id: str) -> Sequence[KnownMonitor]:
        """Return those of a workspace."""
        return [row for row in self.rows.values() if row.team_id == team_id]

    async def replace(
        self, old_id: str, new: KnownMonitor, *, since: datetime | None = None
    ) -> None:
        """Move the record and the subscriptions."""
        del self.rows[old_id]
        self.rows[new.id] = new
        self._subscriptions.rows = [_moved(row, old_id, new.id) for row in self._subscriptions.rows]

    async def kept_quiet(self, monitor_id: str) -> int:
        """Return the count, which is known only while the monitor is on hold."""
        held = self.rows[monitor_id].pause is Pause.HOLD
        return self.quiet.get(monitor_id, 0) if held else 0

    async def begin_run(self, run: Run, *, pause: timedelta) -> Run | None:
        """Keep the last run of each monitor."""
        last = self.runs.get(run.monitor_id)
        if last and (last.request_id == run.request_id or abs(run.at - last.at) < pause):
            return last
        self.runs[run.monitor_id] = run
        return None

    async def settle_run(self, run: Run, *, done: bool) -> None:
        """Keep it as sure, or forget it."""
        if done:
            self.runs[run.monitor_id] = run.model_copy(update={"sure": True})
        else:
            del self.runs[run.monitor_id]


class FakeNames:
    """Names in a list, the newest first; `learnt` counts what look-ups told."""

    def __init__(self) -> None:
        self.rows: list[Seen] = []
        self.learnt = 0

    def see(
        self, source: str, kind: str, one: str, name: str | None = None, thing: str | None = None
    ) -> None:
        """Have an event that spoke of a thing."""
        self.rows.insert(
            0, Seen(source=source, kind=kind, id=one, name=name, thing=thing, seen_at=NOW)
        )

    async def learn(self, source: str, subjects: Sequence[Subject]) -> None:
        """Keep what is new."""
        for one in subjects:
            if not any((row.kind, row.id) == (one.kind, one.id) for row in self.rows):
                self.learnt += 1
                self.see(source, one.kind, one.id, one.name)

    async def seen(self, source: str, kind: str) -> Sequence[Seen]:
        """Return those of a kind."""
        return [row for row in self.rows if (row.source, row.kind) == (source, kind)]

    async def named(self, source: str, subjects: Sequence[Subject]) -> tuple[Subject, ...]:
        """Return them with their names."""
        names = {(row.source, row.kind, row.id): row.name for row in self.rows}
        return tuple(
            one.model_copy(update={"name": one.name or names.get((source, one.kind, one.id))})
            for one in subjects
        )

    async def census(self) -> Sequence[Census]:
        """Return how many there are of each kind."""
        kinds = dict.fromkeys((row.source, row.kind) for row in self.rows)
        return [
            Census(source=source, kind=kind, count=len(found), newest=tuple(found[:3]))
            for source, kind in kinds
            if (found := [row for row in await self.seen(source, kind) if row.thing is None])
        ]


class FakeDirectory:
    """Slack's people and channels; `error` is raised by every question."""

    def __init__(self) -> None:
        self.channels = {
            "C1": Channel(id="C1", name="ops", member=True),
            "C2": Channel(id="C2", name="other", member=True),
            "G1": Channel(id="G1", name="secret-plans", member=True, private=True),
            "COUT": Channel(id="COUT", name="not-ours"),
            "COLD": Channel(id="COLD", name="old", archived=True),
        }
        self.guests = {"UGUEST"}
        self.admins = {"UADMIN"}
        self.private: dict[str, set[str]] = {}
        self.error: DeliveryError | None = None

    async def private_channels(self, team_id: str, user_id: str) -> frozenset[str]:
        """Return those that the test put there."""
        self._fail()
        return frozenset(self.private.get(user_id, ()))

    async def channel(self, team_id: str, channel_id: str) -> Channel | None:
        """Return a channel."""
        self._fail()
        return self.channels.get(channel_id)

    async def memberships(self, team_id: str, user_id: str) -> frozenset[str]:
        """Return every channel that we are in."""
        self._fail()
        return frozenset(one.id for one in self.channels.values() if one.member)

    async def may_change(self, team_id: str, user_id: str) -> bool:
        """Return False for the guests."""
        self._fail()
        return user_id not in self.guests

    async def is_admin(self, team_id: str, user_id: str) -> bool:
        """Return True for the admins."""
        self._fail()
        return user_id in self.admins

    async def is_bot(self, team_id: str, user_id: str) -> bool:
        """Return whether it is our own id."""
        self._fail()
        return user_id == "UBOT"

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error


class FakeOutbox:
    """Messages owed, by channel and key, and the channels that were released."""

    def __init__(self) -> None:
        self.drafts: dict[tuple[str, str], Draft] = {}
        self.released: list[str] = []

    async def release_channel(self, team_id: str, channel_id: str) -> int:
        """Note the channel."""
        self.released.append(channel_id)
        return 0

    async def enqueue(self, drafts: Sequence[Draft]) -> int:
        """Keep one draft a key."""
        self.drafts.update({(draft.channel_id, draft.key): draft for draft in drafts})
        return len(drafts)


class FakeMonitorApi:
    """Monitors in memory. `errors` meet the next calls of an operation, in order.

    An ambiguous create is carried out first when `carried_out` says so.
    """

    def __init__(self) -> None:
        self.monitors: dict[str, Monitor] = {}
        self.entries: dict[str, list[Entry]] = {}
        self.triggered: list[str] = []
        self.updates: list[set[str]] = []
        self.calls: list[str] = []
        self.errors: dict[str, list[Reason]] = {}
        self.carried_out = True

    async def create(self, definition: Definition, origin: Origin) -> Monitor:
        """Create one."""
        self.calls.append("create")
        reason = self._next("create")
        if reason is None or (self.carried_out and reason is not Reason.UNREACHABLE):
            made = self._make(definition, origin)
        _raise(reason)
        return made

    async def find(self, request_id: str) -> Monitor | None:
        """Return the active monitor with this mark."""
        self._call("find")
        for one in self.monitors.values():
            if one.active and one.origin and one.origin.request_id == request_id:
                return one
        return None

    async def list(self) -> tuple[Monitor, ...]:
        """Return the active ones, newest first."""
        self._call("list")
        return tuple(one for one in reversed(self.monitors.values()) if one.active)

    async def show(self, monitor_id: str) -> Monitor:
        """Return one."""
        self._call("show")
        if monitor_id not in self.monitors:
            raise ApiError("Parallel does not know it.", reason=Reason.NOT_FOUND, status=404)
        return self.monitors[monitor_id]

    async def update(
        self, monitor_id: str, definition: Definition, names: Collection[str]
    ) -> Monitor:
        """Change what is named."""
        self.updates.append(set(names))
        self._call("update")
        return self._update(monitor_id, **{name: getattr(definition, name) for name in names})

    async def trigger(self, monitor_id: str) -> None:
        """Run one, also when the answer stays out and `carried_out` says so."""
        self.calls.append("trigger")
        reason = self._next("trigger")
        if reason is None or (self.carried_out and reason is Reason.TIMEOUT):
            self.triggered.append(monitor_id)
        _raise(reason)

    async def history(self, monitor_id: str, *, first: int, count: int) -> History:
        """Return some of the entries."""
        self._call("history")
        found = self.entries.get(monitor_id, [])
        return History(entries=tuple(found[first:][:count]), more=len(found) > first + count)

    async def cancel(self, monitor_id: str) -> Monitor:
        """End one."""
        self._call("cancel")
        return self._update(monitor_id, active=False)

    def add(self, monitor_id: str, query: str = "Acme news", **more: object) -> Monitor:
        """Have a monitor that nobody created here."""
        fields = {"id": monitor_id, "query": query, "frequency": "1d", "processor": "lite", **more}
        self.monitors[monitor_id] = Monitor.model_validate(fields)
        return self.monitors[monitor_id]

    def _make(self, definition: Definition, origin: Origin) -> Monitor:
        monitor_id = f"monitor_{len(self.monitors):04d}{'f' * 28}"
        return self.add(monitor_id, **definition.model_dump(), origin=origin, created_at=NOW)

    def _update(self, monitor_id: str, **fields: object) -> Monitor:
        self.monitors[monitor_id] = self.monitors[monitor_id].model_copy(update=fields)
        return self.monitors[monitor_id]

    def _call(self, operation: str) -> None:
        self.calls.append(operation)
        _raise(self._next(operation))

    def _next(self, operation: str) -> Reason | None:
        waiting = self.errors.get(operation)
        return waiting.pop(0) if waiting else None


def _raise(reason: Reason | None) -> None:
    if reason is not None:
        raise ApiError(f"Parallel says {reason}.", reason=reason, ref_id="ref-7")


def _identity(row: Subscription) -> tuple[object, ...]:
    return row.team_id, row.channel_id, row.source, row.subject, row.filter


def _moved(row: Subscription, old_id: str, new_id: str) -> Subscription:
    if row.subject is None or row.subject.id != old_id:
        return row
    return row.model_copy(update={"subject": row.subject.model_copy(update={"id": new_id})})
