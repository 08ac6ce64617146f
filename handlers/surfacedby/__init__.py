"""SurfacedBy: how AI assistants cite a brand. Two surfaces with two envelopes.

Source: https://docs.surfacedby.com/v1/webhooks/events (workspace),
https://docs.surfacedby.com/v1/console/webhooks (console)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.core.bodies import facts, inner, json_object, moment, required, text
from bot.core.events import Envelope, Event, Subject, Webhook
from bot.core.sources import Source
from bot.core.verify import TimestampedHmac

# Chosen by name: `total_cost_usd` is the vendor's own cost and nobody's business.
_FACTS = (
    "alert_type", "severity", "measurement_scope", "comparison_scope", "scan_type",
    "visibility_score", "previous_count", "new_count", "delta", "percentage", "phase",
    "competitor_domain", "discovery_source", "source", "audience_preset", "generated_by",
)  # fmt: skip
_LINK_VALUES = ("workspace_slug", "domain_id", "scan_id", "report_id")
_SUMMARY = ("citation_rate", "total_citations", "duration_seconds")

source = Source(
    name="surfacedby",
    title="SurfacedBy",
    scheme=TimestampedHmac(),
    kinds=("workspace", "domain", "account"),
)


@source.opener
def envelope(webhook: Webhook) -> Envelope:
    """Return id and type of the one event of a webhook."""
    return _envelope(json_object(webhook.body))


@source.reader
def read(webhook: Webhook) -> list[Event]:
    """Return the one event of a webhook; its `id` is the same when it is sent again."""
    body = json_object(webhook.body)
    data = inner(body, "data")
    found = _envelope(body)
    return [
        Event(
            source=source.name,
            id=found.id,
            type=found.type,
            occurred_at=moment(body.get("created_at"), webhook.received_at),
            subjects=tuple(_subjects(body, data)),
            test=found.test,
            fields=facts(data, _FACTS) | facts(inner(data, "results_summary"), _SUMMARY),
            link_values=facts(data, _LINK_VALUES),
            data=body,
        )
    ]


def _envelope(body: dict[str, Any]) -> Envelope:
    """The console surface says `event` where the workspace surface says `type`."""
    event_type = body.get("type") or body.get("event")
    test = body.get("livemode") is False
    return Envelope(required(body.get("id"), "id"), required(event_type, "type"), test)


def _subjects(body: dict[str, Any], data: dict[str, Any]) -> Iterator[Subject]:
    """Yield workspace and domain by id and by name, because people type names."""
    for kind, id_, name in (
        ("workspace", text(data.get("workspace_id")), text(data.get("workspace_slug"))),
        ("domain", text(data.get("domain_id")), text(data.get("domain"))),
        ("account", text(body.get("account_id")), None),
    ):
        if id_:
            yield Subject(kind=kind, id=id_, name=name)
        if name:
            yield Subject(kind=kind, id=name, name=name)
