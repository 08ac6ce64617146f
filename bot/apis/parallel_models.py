"""What Parallel's Monitor API answers, as far as we use it."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, Field

from bot.core.events import Objects, Payload
from bot.core.monitors import Definition, Monitor, Origin

_REQUEST, _TEAM, _CHANNEL, _USER = "tocsin_request", "slack_team_id", "slack_channel_id", "user_id"
"""Metadata keys of the request that made a monitor; Parallel allows 16 characters each."""

_MARKS = frozenset({_REQUEST, _TEAM, _CHANNEL, _USER})
_MOST_METADATA = 512
_MOST_KEYS = 16


def metadata_of(definition: Definition, origin: Origin) -> dict[str, str]:
    """Return what a new monitor carries: its origin, and what else fits beside it."""
    marks = {
        _REQUEST: origin.request_id,
        _TEAM: origin.team_id,
        _CHANNEL: origin.channel_id,
        _USER: origin.user_id,
    }
    others = [one for one in definition.metadata.items() if one[0] not in marks]
    kept = {**marks, **dict(others[: _MOST_KEYS - len(marks)])}
    return {key: value[:_MOST_METADATA] for key, value in kept.items()}


class Policy(Payload):
    """Where a monitor looks, and where not."""

    include_domains: list[str] = Field(default_factory=list)
    exclude_domains: list[str] = Field(default_factory=list)
    after_date: str | None = None


class Advanced(Payload):
    """Settings beside the query."""

    location: str | None = None
    source_policy: Policy = Policy()


class Schema(Payload):
    """The form of findings."""

    json_schema: dict[str, Any] | None = None


class Settings(Payload):
    """What a monitor watches."""

    query: str = ""
    output_schema: Schema = Schema()
    include_backfill: bool = False
    advanced_settings: Advanced = Advanced()


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
        advanced = self.settings.advanced_settings
        return Monitor(
            id=self.monitor_id,
            query=self.settings.query,
            frequency=self.frequency,
            processor=self.processor,
            output_schema=self.settings.output_schema.json_schema,
            location=advanced.location,
            include_domains=tuple(advanced.source_policy.include_domains),
            exclude_domains=tuple(advanced.source_policy.exclude_domains),
            after_date=advanced.source_policy.after_date,
            backfill=self.settings.include_backfill,
            metadata={key: value for key, value in self._texts.items() if key not in _MARKS},
            active=self.status not in {"cancelled", "canceled"},
            kind=self.type,
            webhook_url=self.webhook.url,
            origin=self._origin,
            created_at=self.created_at,
            last_run_at=self.last_run_at,
        )

    @property
    def _texts(self) -> dict[str, str]:
        return {key: one for key, one in self.metadata.items() if isinstance(one, str)}

    @property
    def _origin(self) -> Origin | None:
        """Return the request that made it; anybody with the key can write this, too."""
        texts = self._texts
        if not texts.get(_REQUEST):
            return None
        return Origin(
            request_id=texts[_REQUEST],
            team_id=texts.get(_TEAM, ""),
            channel_id=texts.get(_CHANNEL, ""),
            user_id=texts.get(_USER, ""),
        )


class MonitorPage(Payload):
    """One page of the list; None means that the answer was no list."""

    monitors: list[Any] | None = None
    next_cursor: str | None = None


class EventPage(Payload):
    """Events, newest first; None means that the answer was no list."""

    events: list[Any] | None = None
    next_cursor: str | None = None


class Problem(Payload):
    """One field that failed validation."""

    loc: tuple[str | int, ...] = ()
    msg: str = ""


class Problems(Payload):
    """Problems inside an error object."""

    errors: Objects[Problem] = ()


class ErrorObject(Payload):
    """The error of the API's own description."""

    message: str = ""
    ref_id: str | None = None
    detail: Problems = Problems()


class ErrorBody(Payload):
    """The documented shapes of a refusal in one: an error object, or a bare detail."""

    error: ErrorObject = ErrorObject()
    detail: Objects[Problem] | str = ()
