"""Parallel: monitors of the web. A webhook only points at findings, which are fetched.

Source: https://docs.parallel.ai/monitor-api/monitor-webhooks
"""

from __future__ import annotations

from typing import Any

from bot.core.bodies import facts, inner, json_object, moment, required, text
from bot.core.events import Envelope, Event, GroupRef, Subject, Webhook
from bot.core.sources import Source
from bot.core.verify import StandardWebhooks

_DETECTED = "monitor.event.detected"
_FACTS = ("run_id", "status", "processor")  # of tasks, which report to the same URL

source = Source(
    name="parallel",
    title="Parallel",
    scheme=StandardWebhooks(legacy_whole_string=True),
    kinds=("monitor",),
    id_headers=("webhook-id",),
)


@source.opener
def envelope(webhook: Webhook) -> Envelope:
    """Return id and type of the one event of a webhook."""
    return _envelope(webhook, json_object(webhook.body))


@source.reader
def read(webhook: Webhook) -> list[Event]:
    """Return the one event of a webhook.

    Its id is the `webhook-id` header, which is the same when Parallel sends it again;
    the body has none. The secret is the whole account's, so tasks report here too.
    """
    body = json_object(webhook.body)
    event_id, event_type, _ = _envelope(webhook, body)
    data = inner(body, "data")
    monitor_id = text(data.get("monitor_id"))
    monitor = Subject(kind="monitor", id=monitor_id) if monitor_id else None
    return [
        Event(
            source=source.name,
            id=event_id,
            type=event_type,
            occurred_at=moment(body.get("timestamp"), webhook.received_at),
            subjects=(monitor,) if monitor else (),
            group=_group(data, monitor) if event_type == _DETECTED else None,
            fields=facts(data, _FACTS),
            link_values=_link_values(monitor),
            data=body,
        )
    ]


def _envelope(webhook: Webhook, body: dict[str, Any]) -> Envelope:
    event_type = required(body.get("type"), "type")
    return Envelope(required(webhook.headers.get("webhook-id"), "webhook-id"), event_type)


def _link_values(monitor: Subject | None) -> dict[str, str | int | float | bool]:
    if monitor is None:
        return {}
    return {"id": monitor.id, "subject_type": monitor.kind, "subject_id": monitor.id}


def _group(data: dict[str, Any], monitor: Subject | None) -> GroupRef | None:
    """Return where the findings are; an early schema called a group `monitor_group_id`."""
    event = inner(data, "event")
    group_id = text(event.get("event_group_id")) or text(event.get("monitor_group_id"))
    return GroupRef(id=group_id, subject=monitor) if group_id and monitor else None
