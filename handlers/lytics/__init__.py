"""Lytics: system events of a customer data platform, in whatever form they are exported.

Source: https://docs.lytics.com/docs/monitoring-job-status; no page shows the webhook's body.
"""

from __future__ import annotations

from bot.core.errors import PayloadError
from bot.core.events import Event, Webhook
from bot.core.sources import Source
from bot.core.verify import SharedToken
from handlers.lytics.envelope import unwrap
from handlers.lytics.record import event_of, is_record

_KINDS = (
    "account", "auth", "campaign", "data", "entity", "experience", "journey", "program",
    "provider", "query", "report", "rollup", "schema", "schematable", "scoring", "segment",
    "segmentcollection", "segmentml", "stream", "subscription", "topic-document", "user",
    "variation", "work", "workflow",
)  # fmt: skip

source = Source(
    name="lytics",
    title="Lytics",
    scheme=SharedToken(),
    kinds=_KINDS,
    methods=("POST", "PUT", "PATCH"),
)


@source.reader
def read(webhook: Webhook) -> list[Event]:
    """Return an event for each record of a webhook, in their order.

    What stands among records and is none becomes an event of type `unknown`, so that
    it is kept and does not take the records with it.
    """
    items = unwrap(webhook.body)
    if not any(is_record(item) for item in items):
        raise PayloadError("no record with a subject type and a verb")
    return [event_of(item, webhook.received_at) for item in items]
