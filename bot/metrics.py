"""What is counted, for `GET /metrics`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The counters of one bot.

    They are plain numbers until somebody asks for the page: the first webhook does not wait
    for Prometheus' client, and no webhook for its locks.
    """

    def __init__(self) -> None:
        self._webhooks: Counter[tuple[str, ...]] = Counter()
        self._deliveries: Counter[tuple[str, ...]] = Counter()
        self._troubles: Counter[tuple[str, ...]] = Counter()
        self._log_bytes: Callable[[], float] = lambda: 0

    def trouble(self, kind: str, source: str) -> None:
        """Count what an operator should know; `kind` is from a closed list."""
        self._troubles[kind, source] += 1

    def webhook(self, source: str, outcome: str) -> None:
        """Count a webhook; `source` is one we know and `outcome` from a closed list."""
        self._webhooks[source, outcome] += 1

    def delivery(self, outcome: str, reason: str) -> None:
        """Count a settled call to Slack."""
        self._deliveries[outcome, reason] += 1

    def watch_log(self, size_bytes: Callable[[], float]) -> None:
        """Show the length of the database's write-ahead log, asked for each time."""
        self._log_bytes = size_bytes

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        from prometheus_client import CollectorRegistry, generate_latest

        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """Yield everything as Prometheus' client wants it."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        for name, what, labels, counted in (
            ("webhooks", "Webhooks by how they ended", ("source", "outcome"), self._webhooks),
            (
                "deliveries", "Calls to Slack by how they ended", ("outcome", "reason"),
                self._deliveries,
            ),
            ("troubles", "What operators were told of", ("kind", "source"), self._troubles),
        ):  # fmt: skip
            family = CounterMetricFamily(f"tocsin_{name}", what, labels=labels)
            for values, count in counted.items():
                family.add_metric(values, count)
            yield family
        what = "Length of the database's write-ahead log"
        yield GaugeMetricFamily("tocsin_database_log_bytes", what, value=self._log_bytes())
