"""Whether Slack is there and takes our token: known, watched, and made use of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.core.errors import DeliveryError
from bot.core.reasons import LANE_WIDE, Reason

log: Any = structlog.get_logger(__name__)

CHECK_S = 300.0
CHECK_AWAY_S = 5.0


class SlackWatch:
    """Asks Slack who we are, now and again while it answers, often while it does not.

    `ask` raises `DeliveryError`; `back` is awaited once Slack answers again, so that what
    waited for it need not wait out the pauses that grew meanwhile. `monotonic` is seconds
    that never go back.
    """

    def __init__(
        self,
        ask: Callable[[], Awaitable[object]],
        back: Callable[[], Awaitable[object]],
        *,
        monotonic: Callable[[], float],
    ) -> None:
        self._ask = ask
        self._back = back
        self._monotonic = monotonic
        self._due_at = monotonic()
        self.accepts_us = False

    def failed(self, reason: str) -> None:
        """Hear that a call failed: if it may be Slack itself, it is asked soon."""
        if reason == Reason.INSTALLATION or reason in LANE_WIDE - {Reason.RATE_LIMITED}:
            self._due_at = min(self._due_at, self._monotonic() + CHECK_AWAY_S)

    async def step(self) -> int:
        """Ask if it is time to; return 0, since there is never more to do.

        Raises:
            StoreUnavailableError: Slack is back, but what waits could not be told; it is
                told at the next step.
        """
        if self._monotonic() < self._due_at:
            return 0
        try:
            await self._ask()
        except DeliveryError as error:
            if self.accepts_us or error.reason == Reason.INSTALLATION:
                log.warning("Slack is away", reason=error.reason, detail=error.detail)
            self.accepts_us = False
            self._due_at = self._monotonic() + CHECK_AWAY_S
            return 0
        if not self.accepts_us:
            await self._back()
        self.accepts_us = True
        self._due_at = self._monotonic() + CHECK_S
        return 0
