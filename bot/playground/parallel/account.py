"""What one account holds: its monitors, their events and the runs that were billed."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from bot.playground.parallel.event_log import EventLog
from bot.playground.parallel.findings import Findings


def utc_now() -> datetime:
    """Return the time of the machine."""
    return datetime.now(UTC)


def rfc3339(at: datetime) -> str:
    """Return a time as the API writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True)
class Run:
    """An execution that somebody asked for: one at creation, one for each trigger."""

    monitor_id: str
    cause: Literal["created", "triggered"]
    at: datetime


@dataclass
class Account:
    """The state behind the API; monitors are in order of creation."""

    clock: Callable[[], datetime] = utc_now
    monitors: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, EventLog] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Add a monitor from a valid body; its first run is noted and finds nothing."""
        monitor_id = f"monitor_{secrets.token_hex(16)}"
        snapshot = body["type"] == "snapshot"
        self.monitors[monitor_id] = {
            "monitor_id": monitor_id,
            "type": body["type"],
            "status": "active",
            "frequency": body["frequency"],
            "processor": body.get("processor", "lite"),
            "settings": _settings(body),
            "webhook": body.get("webhook"),
            "metadata": body.get("metadata"),
            "created_at": rfc3339(self.clock()),
            "last_run_at": None,
            "output": {"latest_snapshot": None} if snapshot else None,
        }
        self.events[monitor_id] = EventLog()
        self.run(monitor_id, "created")
        return self.monitors[monitor_id]

    def update(self, monitor_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change the given keys only; webhook, metadata and advanced settings replace."""
        monitor = self.monitors[monitor_id]
        plain = {key: value for key, value in body.items() if key not in ("settings", "type")}
        settings = {**monitor["settings"], **body.get("settings", {})}
        monitor.update(plain, settings=settings)
        return monitor

    def run(self, monitor_id: str, cause: Literal["created", "triggered"]) -> None:
        """Note a run; what it finds is added by the playground."""
        self.runs.append(Run(monitor_id, cause, self.clock()))
        self._ran(monitor_id)

    def add_findings(self, monitor_id: str, findings: Findings, group_id: str | None) -> str:
        """Append the findings to a group, a new one unless it is named, and return its id."""
        stem = monitor_id.removeprefix("monitor_")[:16]
        group_id = group_id or f"mevtgrp_{stem}{secrets.token_hex(16)}"
        date = self.clock().astimezone(UTC).date().isoformat()
        self.events[monitor_id].add_findings(group_id, findings, date)
        self._ran(monitor_id)
        return group_id

    def add_execution(self, monitor_id: str, event_type: str, **more: str) -> None:
        """Append a row of a run without findings."""
        row = {"event_type": event_type, "timestamp": rfc3339(self.clock()), **more}
        self.events[monitor_id].add_execution(row)
        self._ran(monitor_id)

    def _ran(self, monitor_id: str) -> None:
        self.monitors[monitor_id]["last_run_at"] = rfc3339(self.clock())


def _settings(body: Mapping[str, Any]) -> dict[str, Any]:
    given = body["settings"]
    if body["type"] == "snapshot":
        task_run_id = given["task_run_id"]
        query = f"The input of task run {task_run_id}"
        return {"task_run_id": task_run_id, "query": query, "output_schema": None}
    optional = ("output_schema", "include_backfill", "advanced_settings")
    return {"query": given["query"], **{name: given.get(name) for name in optional}}
