"""Whether a plain subscription hears an event, also when its handler cannot tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core.alerts import Alert
from bot.core.events import Event, Payload
from bot.core.sources import Source
from bot.core.verify import SharedToken
from bot.pipeline.notify import heard


def _raises(payload: Payload) -> bool:
    raise KeyError("a mistake in the handler")


@pytest.mark.parametrize(
    ("default", "expected"),
    [(True, True), (False, False), (lambda payload: False, False), (_raises, True)],
)
def test_heard(default: Any, expected: bool) -> None:
    """A handler's mistake must not make an event vanish: then it is heard."""
    source = Source(name="probe", title="Probe", scheme=SharedToken())
    source.on("scan.failed", Payload, default=default)(lambda event, payload: Alert(title="x"))
    now = datetime(2026, 11, 22, tzinfo=UTC)

    assert heard(source, Event(source="probe", id="1", type="scan.failed", occurred_at=now)) is (
        expected
    )
