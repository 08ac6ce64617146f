"""What the sources sent and what they were answered: their side of the promise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from typing_extensions import override

from bot.core.errors import PayloadError
from bot.core.events import Webhook
from bot.core.sources import Source
from bot.playground.senders import WebhookSender, fresh_id, json_bytes

Key = tuple[str, str]
"""The name of a source and its id of an event."""

_ACCEPTED = range(200, 300)


class Ledger:
    """Counts what was posted, and keeps which events were acknowledged."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self.sent = 0
        self.acknowledged = 0
        self.events: dict[Key, datetime] = {}

    def record(self, source: str, body: bytes, id: str, status: int | None) -> None:  # noqa: A002
        """Note one post; `status` is None when no answer came."""
        self.sent += 1
        if status not in _ACCEPTED:
            return
        self.acknowledged += 1
        now = datetime.now(UTC)
        webhook = Webhook(source=source, body=body, headers={"webhook-id": id}, received_at=now)
        for key in self._keys(webhook):
            self.events.setdefault(key, now)

    def _keys(self, webhook: Webhook) -> list[Key]:
        try:
            events = self._sources[webhook.source].read(webhook)
        except (PayloadError, ValueError):
            return []  # it is kept, but nobody can say which event it is
        return [(webhook.source, event.id) for event in events]


@dataclass(frozen=True)
class WitnessedSender(WebhookSender):
    """A sender whose every post is noted in the ledger."""

    ledger: Ledger = field(kw_only=True, repr=False)

    @override
    async def send(
        self,
        body: bytes | Mapping[str, Any],
        *,
        id: str | None = None,
        at: datetime | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> int:
        """Post the body once and note how it was answered."""
        raw = body if isinstance(body, bytes) else json_bytes(body)
        event_id, status = id or fresh_id(), None
        try:
            status = await super().send(raw, id=event_id, at=at, headers=headers)
        finally:
            self.ledger.record(self.source, raw, event_id, status)
        return status


def witnessed(sender: WebhookSender, ledger: Ledger) -> WitnessedSender:
    """Return a sender of the same source, URL and secret that writes in the ledger."""
    return WitnessedSender(sender.source, sender.url, sender.secret, ledger=ledger)
