"""Parallel's Monitor API through the vendor's SDK, read with our own models.

The SDK's models are built without validation and its retries repeat paid creates, so
we take raw answers and never retry here. Source: docs.parallel.ai, API reference,
Monitor; parallel-web 1.3.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Collection
from typing import TYPE_CHECKING, Any, Literal, cast

from bot.apis.parallel_bodies import changes_of, settings_of
from bot.apis.parallel_calls import Calls, parsed, unreadable
from bot.apis.parallel_history import read_history
from bot.apis.parallel_models import EventPage, MonitorPage, MonitorRow, metadata_of
from bot.core.errors import ApiError
from bot.core.events import Group, GroupRef, Member
from bot.core.history import History
from bot.core.monitors import EVENT_TYPES, Definition, Monitor, Origin
from bot.core.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from parallel._response import AsyncAPIResponse

MOST_PAGES = 100
_PAGE = 100
_ABOUT_S = 3600.0
_MOST_ABOUTS = 1000
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


class ParallelApi:
    """Makes and runs monitors, and reads the groups they announce.

    `webhook_url` is where new monitors report to; without it none is created.
    `timeout_s` bounds each call as a whole. `monotonic` tells seconds, for tests.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str,
        *,
        webhook_url: str | None,
        timeout_s: float = 15.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._calls = Calls(api_key, base_url, timeout_s=timeout_s)
        self._webhook_url = webhook_url
        self._monotonic = monotonic
        self._abouts: dict[str, tuple[float, dict[str, Any]]] = {}

    async def close(self) -> None:
        """Close the connections, if any were opened."""
        await self._calls.close()

    async def create(self, definition: Definition, origin: Origin) -> Monitor:
        """Create a monitor that reports every kind of event to our webhook."""
        if self._webhook_url is None:
            raise ApiError(
                "There is no address that Parallel can report to.", reason=Reason.INVALID
            )
        return await self._monitor(
            self._calls.monitors.create(
                type="event_stream",
                frequency=definition.frequency,
                processor=cast('Literal["lite", "base"]', definition.processor),
                settings=cast("Any", settings_of(definition)),
                webhook={"url": self._webhook_url, "event_types": cast("Any", EVENT_TYPES)},
                metadata=metadata_of(definition, origin),
            )
        )

    async def find(self, request_id: str) -> Monitor | None:
        """Return the active monitor that a request made; the newest are looked at first."""
        async for page in self._pages():
            for monitor in page:
                if monitor.origin is not None and monitor.origin.request_id == request_id:
                    return monitor
        return None

    async def list(self) -> tuple[Monitor, ...]:
        """Return every active monitor of the account, newest first, each once."""
        found: dict[str, Monitor] = {}
        async for page in self._pages():
            for monitor in page:
                found.setdefault(monitor.id, monitor)
        return tuple(found.values())

    async def show(self, monitor_id: str) -> Monitor:
        """Return one monitor, active or cancelled."""
        return await self._monitor(self._calls.monitors.retrieve(_checked(monitor_id)))

    async def update(
        self, monitor_id: str, definition: Definition, names: Collection[str]
    ) -> Monitor:
        """Let a monitor do what a definition says under these names, none of them FIXED."""
        self._abouts.pop(monitor_id, None)
        changes = changes_of(definition, names)
        return await self._monitor(self._calls.monitors.update(_checked(monitor_id), **changes))

    async def trigger(self, monitor_id: str) -> None:
        """Let a monitor run once now; the answer names no run."""
        await self._calls.answer(self._calls.monitors.trigger(_checked(monitor_id)))

    async def history(self, monitor_id: str, *, first: int, count: int) -> History:
        """Return some of a monitor's runs, newest first, beginning after `first` of them."""
        from parallel import omit

        async def read(cursor: str | None) -> EventPage:
            events = self._calls.monitors.events(
                _checked(monitor_id), cursor=cursor or omit, include_completions=True, limit=_PAGE
            )
            return EventPage.model_validate(await self._calls.document(events))

        return await read_history(read, first=first, count=count)

    async def cancel(self, monitor_id: str) -> Monitor:
        """End a monitor for good; doing it twice is harmless."""
        return await self._monitor(self._calls.monitors.cancel(_checked(monitor_id)))

    async def read(self, ref: GroupRef) -> Group:
        """Return a group's members so far, oldest first, and what its monitor watches."""
        events = self._calls.monitors.events(_checked(ref.subject.id), event_group_id=ref.id)
        content, cut = await self._calls.answer(events)
        rows = EventPage.model_validate(parsed(content, cut=cut)).events
        if rows is None:
            raise unreadable()
        members = _members(rows[:-1] if cut else rows)  # the last row of a cut answer is half
        about = await self._about(ref.subject.id)
        return Group(ref=ref, members=members, complete=not cut, about=about)

    async def _monitor(self, request: Awaitable[AsyncAPIResponse[Any]]) -> Monitor:
        row = MonitorRow.model_validate(await self._calls.document(request))
        if not row.monitor_id:
            raise unreadable()
        return row.monitor()

    async def _about(self, monitor_id: str) -> dict[str, Any]:
        """Return what a monitor watches, at most an hour old; nothing if it cannot be told."""
        now = self._monotonic()
        until, about = self._abouts.get(monitor_id, (now, {}))
        if now < until:
            return about
        try:
            monitor = await self.show(monitor_id)
        except ApiError:
            return {}
        if len(self._abouts) >= _MOST_ABOUTS:
            self._abouts.clear()
        about = {
            "query": monitor.query,
            "frequency": monitor.frequency,
            "processor": monitor.processor,
            "kind": monitor.kind,
        }
        self._abouts[monitor_id] = now + _ABOUT_S, about
        return about

    async def _pages(self) -> AsyncIterator[tuple[Monitor, ...]]:
        """Yield the active monitors, newest first; a cursor that comes back ends it."""
        from parallel import omit

        seen: set[str] = set()
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            page = self._calls.monitors.list(limit=_PAGE, status=["active"], cursor=cursor or omit)
            answer = MonitorPage.model_validate(await self._calls.document(page))
            if answer.monitors is None:
                raise unreadable()
            rows = (MonitorRow.model_validate(row) for row in answer.monitors if _is_object(row))
            yield tuple(row.monitor() for row in rows if row.monitor_id)
            cursor = answer.next_cursor
            if not cursor or cursor in seen:
                return
            seen.add(cursor)


def _checked(monitor_id: str) -> str:
    """Return an id that is safe in a path."""
    if not _ID.fullmatch(monitor_id):
        raise ApiError(f"“{monitor_id[:80]}” is not the id of a monitor.", reason=Reason.INVALID)
    return monitor_id


def _members(rows: list[Any]) -> tuple[Member, ...]:
    """Return the rows that are findings, oldest first, each id once."""
    found: dict[str, Member] = {}
    for row in reversed(rows):
        event_id = row.get("event_id") if _is_object(row) else None
        if isinstance(event_id, str) and event_id:
            found.setdefault(event_id, Member(id=event_id, data=row))
    return tuple(found.values())


def _is_object(row: object) -> bool:
    return isinstance(row, dict)
