"""Which alerts offer to do something, and to what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.core.alerts import Alert
from tests.handlers.cases import CASES, SOURCES, Case, read, webhook

OFFERED = {
    ("deck", "task_run.interaction_required"): {"deck.answer": "Answer"},
    ("lytics", "work.failed"): {"lytics.resume": "Resume", "lytics.logs": "Logs"},
    **{
        ("parallel", f"monitor.{what}"): {"parallel.pause": "Pause", "parallel.run": "Run now"}
        for what in ("event.detected", "execution.failed", "execution.completed")
    },
}
SHORT = [case for case in CASES if len(case.body) < 20_000]


def alerts(source: str, body: dict[str, Any]) -> list[Alert]:
    """Return what people read of a webhook."""
    found = SOURCES[source]
    return [found.format(one) for one in found.read(webhook(found, json.dumps(body).encode()))]


@pytest.mark.parametrize("case", SHORT, ids=str)
def test_only_these_alerts_offer_something(case: Case) -> None:
    """What can be done is offered by the events it is about, and by no other."""
    for event in read(case):
        named = any(one.kind in {"agent", "monitor", "work"} for one in event.subjects)
        wanted = OFFERED.get((case.source, event.type), {}) if named else {}
        alert = SOURCES[case.source].format(event)

        assert {one.name: one.label for one in alert.actions} == wanted


@pytest.mark.parametrize(
    ("source", "body", "thing"),
    [
        ("deck", {"id": "e", "type": "task_run.interaction_required", "data": {"id": "trun_1"}},
         "trun_1"),
        ("lytics", {"id": "e", "subject_type": "work", "subject_id": "j1", "verb": "failed"}, "j1"),
        ("parallel", {"type": "monitor.execution.failed", "data": {"monitor_id": "m1"}}, "m1"),
    ],
)  # fmt: skip
def test_an_action_names_its_thing(source: str, body: dict[str, Any], thing: str) -> None:
    """The value of every action is the id of what it is done to."""
    (alert,) = alerts(source, body)

    assert {one.value for one in alert.actions} == {thing}


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("deck", {"id": "e", "type": "task_run.interaction_required", "data": {}}),
        ("deck", {"id": "e", "type": "connection.interaction_required", "data": {"id": "c1"}}),
        ("lytics", {"id": "e", "subject_type": "work", "verb": "failed"}),
        ("lytics", {"subject_type": "work", "subject_id": "user/email/a@b.example",
                    "verb": "failed"}),
        ("parallel", {"type": "monitor.execution.failed", "data": {}}),
    ],
)  # fmt: skip
def test_what_has_no_name_offers_nothing(source: str, body: dict[str, Any]) -> None:
    """Without an id there is nothing to do it to; nor where Deck takes no answer."""
    (alert,) = alerts(source, body)

    assert alert.actions == ()
