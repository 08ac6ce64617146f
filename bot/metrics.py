"""What is counted, for `GET /metrics`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The counters of one bot, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._webhooks = Counter(
            "tocsin_webhooks", "Webhooks by how they ended", ["source", "outcome"],
            registry=self._registry,
        )  # fmt: skip
        self._webhook = cache(self._webhooks.labels)
        self._steps = Counter(
            "tocsin_deliveries", "Calls to Slack by how they ended", ["outcome", "reason"],
            registry=self._registry,
        )  # fmt: skip

    def webhook(self, source: str, outcome: str) -> None:
        """Count a webhook; `source` is one we know and `outcome` from a closed list."""
        self._webhook(source, outcome).inc()

    def delivery(self, outcome: str, reason: str) -> None:
        """Count a settled call to Slack."""
        self._steps.labels(outcome, reason).inc()

    def watch_log(self, size_bytes: Callable[[], float]) -> None:
        """Show the length of the database's write-ahead log, asked for each time."""
        gauge = Gauge(
            "tocsin_database_log_bytes", "Length of the database's write-ahead log",
            registry=self._registry,
        )  # fmt: skip
        gauge.set_function(size_bytes)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)
