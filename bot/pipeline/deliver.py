"""Commit 3, one for each message: send, look up or edit, and settle."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import structlog

from bot.core.errors import DeliveryError
from bot.core.notifications import Deferral, Draft, Notification, State
from bot.core.policy import (
    Hold,
    Step,
    after_absence,
    after_blindness,
    after_edit_refusal,
    after_refusal,
)
from bot.core.ports import Clock, Messenger, Outbox
from bot.core.reasons import Reason

T = TypeVar("T")

log: Any = structlog.get_logger(__name__)

WORKSPACE_WINDOW = timedelta(seconds=10)
"""Two channels refused for their rate within this time: the workspace is too loud."""


class Notices(Protocol):
    """Writes what people are told when a channel stops taking messages."""

    async def __call__(self, claimed: Notification, reason: str) -> Sequence[Draft]:
        """Return the messages to the people who subscribed the channel."""
        ...


class Deliver:
    """Does the next thing for one claimed notification; safe to be called twice."""

    def __init__(
        self,
        outbox: Outbox,
        messenger: Messenger,
        *,
        notices: Notices,
        clock: Clock,
        jitter: Callable[[], float],
        count: Callable[[str, str], None] = lambda _outcome, _reason: None,
    ) -> None:
        self._outbox = outbox
        self._messenger = messenger
        self._notices = notices
        self._clock = clock
        self._jitter = jitter
        self._count = count
        self._limited: dict[str, tuple[str, datetime]] = {}

    async def __call__(self, claimed: Notification) -> bool:
        """Post, look up or edit, and settle; return whether it was posted now.

        Raises:
            StoreUnavailableError: the settlement could not be written. The row is then
                still `sending`, and is looked up before anything is sent again.
        """
        match claimed.state:
            case State.SENDING:
                return await self._post(claimed)
            case State.UNKNOWN:
                await self._look_up(claimed)
            case State.SENT:
                await self._edit(claimed)
        return False

    async def _post(self, claimed: Notification) -> bool:
        try:
            ts = await _asked(self._messenger.post(claimed))
        except DeliveryError as error:
            step = after_refusal(claimed, error, now=self._clock(), jitter=self._jitter())
            await self._settle(claimed, self._widened(claimed, step))
            return False
        # What goes well is counted, and stands in the database: a line of log costs more.
        self._counted(claimed, "sent")
        await self._outbox.sent(claimed, ts)
        return True

    async def _look_up(self, claimed: Notification) -> None:
        """Find out whether an ambiguous try reached Slack before anything is sent again."""
        try:
            ts = await _asked(self._messenger.find(claimed))
        except DeliveryError as error:
            step = after_blindness(claimed, error, now=self._clock(), jitter=self._jitter())
            await self._settle(claimed, step)
            return
        if ts is None:
            await self._settle(claimed, after_absence(claimed, now=self._clock()))
        else:
            log.info("found after an ambiguous try", delivery=claimed.delivery_id)
            await self._outbox.sent(claimed, ts)

    async def _edit(self, claimed: Notification) -> None:
        try:
            await _asked(self._messenger.edit(claimed))
        except DeliveryError as error:
            step = after_edit_refusal(claimed, error, now=self._clock(), jitter=self._jitter())
            await self._settle(claimed, step)
        else:
            await self._outbox.shown(claimed)

    async def _settle(self, claimed: Notification, step: Step) -> None:
        self._counted(claimed, type(step).__name__.lower(), step.reason)
        log.info(
            "not delivered",
            delivery=claimed.delivery_id,
            channel=claimed.channel_id,
            step=type(step).__name__.lower(),
            reason=step.reason,
            detail=step.detail,
        )
        if isinstance(step, Deferral):
            await self._outbox.defer(claimed, step)
        elif isinstance(step, Hold):
            notices = await self._notices(claimed, step.detail or step.reason)
            await self._outbox.hold_channel(claimed, step.reason, step.detail, notices)
        else:
            await self._outbox.end(claimed, step.reason, step.detail)

    def _counted(self, claimed: Notification, outcome: str, reason: str = "") -> None:
        """Count how a call ended; what only a test asked for is counted apart."""
        self._count("test" if claimed.alert.test else outcome, reason)

    def _widened(self, claimed: Notification, step: Step) -> Step:
        """Let the whole workspace wait when a second channel is refused for its rate."""
        if not isinstance(step, Deferral) or step.reason != Reason.RATE_LIMITED:
            return step
        now = self._clock()
        channel, at = self._limited.get(claimed.team_id, (claimed.channel_id, now))
        self._limited[claimed.team_id] = (claimed.channel_id, now)
        if channel == claimed.channel_id or now - at > WORKSPACE_WINDOW:
            return step
        return step.model_copy(update={"workspace_until": step.lane_until})


async def _asked(call: Awaitable[T]) -> T:
    """Return what Slack says; a surprise on the way means that nobody knows.

    Raises:
        DeliveryError: `SERVER`, which is ambiguous, for whatever is in no list.
    """
    try:
        return await call
    except DeliveryError:
        raise
    except Exception as error:
        log.exception("messenger failed")
        raise DeliveryError(Reason.SERVER, detail=type(error).__name__) from error
