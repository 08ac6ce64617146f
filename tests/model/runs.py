"""Runs: things that go through stages on one card, with a time of their own in the body."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bot.core.alerts import Alert
from bot.core.events import Event, Payload, Webhook
from bot.core.sources import Source
from tests.pipeline.probe import probe

BEGUN = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Stage(NamedTuple):
    """Where a run stands: how it ranks, and whether a plain subscription hears of it."""

    rank: int
    final: bool
    default: bool


STAGES = {
    "run.running": Stage(20, final=False, default=False),
    "run.asks": Stage(30, final=False, default=True),
    "run.done": Stage(90, final=True, default=False),
    "run.failed": Stage(91, final=True, default=True),
}

Order = tuple[bool, datetime, int]


def order(alert: Alert) -> Order:
    """Return what decides which of a card's alerts is shown: the end, the time, the rank."""
    assert alert.occurred_at is not None
    return alert.final, alert.occurred_at, alert.rank


def order_of(kind: str, at_s: int) -> Order:
    """Return the same of an event, from what its body says."""
    stage = STAGES[kind]
    return stage.final, BEGUN + timedelta(seconds=at_s), stage.rank


def source() -> Source:
    """Return the source of the other tests, which here also tells of runs."""
    plain, made = probe(), probe()

    def read(webhook: Webhook) -> Sequence[Event]:
        return [_timed(event) for event in plain.read(webhook)]

    made.reader(read)
    for kind, stage in STAGES.items():
        made.on(kind, Payload, default=stage.default)(_said)
    return made


def _timed(event: Event) -> Event:
    """Return an event of a run at the time that its body tells."""
    if event.type not in STAGES:
        return event
    at = BEGUN + timedelta(seconds=event.data["at"])
    return event.model_copy(update={"occurred_at": at})


def _said(event: Event, payload: Payload) -> Alert:
    stage = STAGES[event.type]
    return Alert(
        title=f"{event.type}: {event.id}",
        card=f"run/{event.data['run']}",
        rank=stage.rank,
        final=stage.final,
    )
