"""One worker a lane: what is said in a channel is said in order, and delays no other."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.core.errors import StoreUnavailableError
from bot.core.notifications import Deferral, Lane, Notification, State
from bot.core.ports import Clock, Outbox
from bot.core.reasons import Reason
from bot.pipeline.deliver import Deliver
from bot.worker.pace import Pace

log: Any = structlog.get_logger(__name__)

AT_ONCE = 200
"""Calls to Slack that may be under way at the same time."""

LONGEST_NAP_S = 5.0
"""A sleeping lane looks at the clock this often, since the clock may be set."""

RETRY_STORE_S = 0.5


class Lanes:
    """Starts a task for each channel that is owed something, and lets it end when idle."""

    def __init__(self, outbox: Outbox, deliver: Deliver, pace: Pace, clock: Clock) -> None:
        self._outbox = outbox
        self._deliver = deliver
        self._pace = pace
        self._clock = clock
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[Lane, asyncio.Task[None]] = {}
        self._woken: dict[Lane, asyncio.Event] = {}
        self._stopping = asyncio.Event()

    async def refresh(self) -> None:
        """Start or wake every lane that has work.

        Raises:
            StoreUnavailableError: the database does not answer.
        """
        for lane in await self._outbox.lanes():
            if self._stopping.is_set():
                return
            if lane in self._tasks:
                self._woken[lane].set()
            else:
                self._woken[lane] = asyncio.Event()
                task = asyncio.create_task(self._run(lane), name=f"lane {lane.channel_id}")
                self._tasks[lane] = task

    async def stop(self) -> None:
        """Let every lane finish the message it is at, and start no other."""
        self._stopping.set()
        for event in self._woken.values():
            event.set()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _run(self, lane: Lane) -> None:
        woken = self._woken[lane]
        while not self._stopping.is_set():
            if (wait_s := self._pace.wait_s(lane)) > 0:
                # Who may not speak yet has no use for being woken, whatever arrives.
                await _nap(self._stopping, wait_s)
            # What is owed by now is seen by the look that follows; what comes later wakes.
            woken.clear()
            try:
                nap_s = await self._step(lane)
            except StoreUnavailableError as error:
                log.warning("database unavailable", error=str(error))
                nap_s = RETRY_STORE_S
            except Exception:
                log.exception("lane failed", channel=lane.channel_id)
                nap_s = LONGEST_NAP_S
            if nap_s is None and not woken.is_set():
                break
            await _nap(woken, nap_s or 0)
        # No await between the last look at `woken` and this: a wake-up meanwhile finds no
        # task here and starts a new one.
        del self._tasks[lane], self._woken[lane]

    async def _step(self, lane: Lane) -> float | None:
        """Do one thing and return seconds until the next, or None when nothing is left."""
        async with self._slots:
            if self._stopping.is_set() or self._pace.wait_s(lane) > 0:
                return 0.0
            edit_wait_s = self._pace.edit_wait_s(lane.team_id)
            now = self._clock()
            claimed = await self._claim(lane, now, edits=edit_wait_s <= 0)
            if claimed is not None:
                return await self._carry(claimed)
        due = await self._outbox.next_due(lane, now)
        if due is None:
            return edit_wait_s if edit_wait_s > 0 else None
        return min(max((due - self._clock()) / timedelta(seconds=1), 0.01), LONGEST_NAP_S)

    async def _claim(self, lane: Lane, now: datetime, *, edits: bool) -> Notification | None:
        """Claim the next work; the budget is taken first, since other lanes run meanwhile."""
        claimed: Notification | None = None
        self._pace.posted(lane)
        if edits:
            self._pace.edited(lane.team_id)
        try:
            claimed = await self._outbox.claim(lane, now, edits=edits)
        finally:
            if claimed is None or claimed.state != State.SENDING:
                self._pace.not_posted(lane)
            if edits and (claimed is None or claimed.state != State.SENT):
                self._pace.not_edited(lane.team_id)
        return claimed

    async def _carry(self, claimed: Notification) -> float | None:
        """Deliver and return seconds to pause, or None if the lane is known to be empty then.

        If the end of it cannot be written, the message is marked as to be looked up.
        """
        try:
            posted = await self._deliver(claimed)
        except Exception as error:
            if not isinstance(error, StoreUnavailableError):
                log.exception("delivery failed", delivery=claimed.delivery_id)
            if claimed.state == State.SENDING:
                await self._mark_unknown(claimed)
            return RETRY_STORE_S
        return None if posted and claimed.last else 0.0

    async def _mark_unknown(self, claimed: Notification) -> None:
        """Write that nobody knows, however long the database takes to come back.

        Stopping before that is safe: the next start finds the row `sending`.
        """
        while not self._stopping.is_set():
            doubt = Deferral(state=State.UNKNOWN, at=self._clock(), reason=Reason.CRASHED)
            try:
                await self._outbox.defer(claimed, doubt)
            except StoreUnavailableError:
                await asyncio.sleep(RETRY_STORE_S)
            else:
                return


async def _nap(woken: asyncio.Event, seconds: float) -> None:
    if seconds <= 0:
        await asyncio.sleep(0)
        return
    try:
        await asyncio.wait_for(woken.wait(), seconds)
    except TimeoutError:
        return
