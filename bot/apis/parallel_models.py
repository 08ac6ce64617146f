"""What Parallel's Monitor API answers, as far as we use it."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, Field

from bot.core.events import Payload
from bot.core.monitors import Monitor

NONCE_KEY = "tocsin_request"
"""Metadata key of the request that made a monitor; Parallel allows 16 characters."""


class Settings(Payload):
    """What a monitor watches."""

    query: str = ""


class Hook(Payload):
    """Where a monitor reports to."""

    url: str | None = None


class MonitorRow(Payload):
    """A monitor, as every endpoint but the events answers it."""

    monitor_id: str = ""
    type: str = "event_stream"
    status: str = "active"
    frequency: str = ""
    processor: str = ""
    settings: Settings = Settings()
    webhook: Hook = Hook()
    metadata: dict[str, Any] = Field(default_factory=dict)
    created_at: AwareDatetime | None = None
    last_run_at: AwareDatetime | None = None

    def monitor(self) -> Monitor:
        """Return it in our own words; both spellings of cancelled are in use."""
        nonce = self.metadata.get(NONCE_KEY)
        return Monitor(
            id=self.monitor_id,
            query=self.settings.query,
            frequency=self.frequency,
            processor=self.processor,
            active=self.status not in {"cancelled", "canceled"},
            kind=self.type,
            webhook_url=self.webhook.url,
            nonce=nonce if isinstance(nonce, str) else None,
            created_at=self.created_at,
            last_run_at=self.last_run_at,
        )


class MonitorPage(Payload):
    """One page of the list; None means that the answer was no list."""

    monitors: list[Any] | None = None
    next_cursor: str | None = None


class EventPage(Payload):
    """The events of a group, newest first; None means that the answer was no list."""

    events: list[Any] | None = None


class Problem(Payload):
    """One field that failed validation."""

    loc: tuple[str | int, ...] = ()
    msg: str = ""


class Problems(Payload):
    """Problems inside an error object."""

    errors: tuple[Problem, ...] = ()


class ErrorObject(Payload):
    """The error of the API's own description."""

    message: str = ""
    ref_id: str | None = None
    detail: Problems = Problems()


class ErrorBody(Payload):
    """The documented shapes of a refusal in one: an error object, or a bare detail."""

    error: ErrorObject = ErrorObject()
    detail: tuple[Problem, ...] | str = ()
