"""Who hears what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.alerts import Alert, Severity, Thread
from bot.core.events import Event, Subject
from bot.core.subscriptions import Subscription, recipients
from tests.store.making import typed

EVENT = Event(
    source="surfacedby",
    id="evt_1",
    type="scan.failed",
    occurred_at=datetime(2026, 11, 22, tzinfo=UTC),
    subjects=(Subject(kind="workspace", id="wsp_1"), Subject(kind="domain", id="dom_1")),
    fields={"scan_type": "pulse", "delta": -17, "percentage": 31.5, "paid": True},
)
WARNING = Alert(title="x", severity=Severity.WARNING)


def subscription(**changes: Any) -> Subscription:
    """Return a subscription to everything of SurfacedBy."""
    known = {"id": 1, "team_id": "T1", "channel_id": "C1", "source": "surfacedby"}
    return Subscription.model_validate({**known, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"source": "*"}, True),
        ({"source": "deck"}, False),
        ({"subject": Subject(kind="domain", id="dom_1")}, True),
        ({"subject": Subject(kind="domain", id="dom_2")}, False),
        ({"subject": Subject(kind="domain", id="")}, True),
        ({"subject": Subject(kind="account", id="")}, False),
        ({"subject": Subject(kind="domain", id="wsp_1")}, False),
        ({"source": "*", "subject": Subject(kind="workspace", id="wsp_1")}, True),
        ({"filter": typed("other")}, False),
    ],
)
def test_source_and_subject(changes: dict[str, Any], expected: bool) -> None:
    """Kind and id belong together; an empty id is every subject of the kind."""
    assert subscription(**changes).admits(EVENT, WARNING, default=True) is expected


def test_channel_is_owed_an_alert_once() -> None:
    """Two subscriptions of a channel are one recipient, who knows both."""
    ones = [subscription(id=2), subscription(id=1, source="*"), subscription(id=3, source="deck")]

    (one,) = recipients(EVENT, WARNING, ones, default=True)

    assert (one.team_id, one.channel_id, one.subscription_ids) == ("T1", "C1", (1, 2))


def test_same_channel_of_two_workspaces_is_two() -> None:
    """A channel belongs to its workspace."""
    ones = [subscription(), subscription(team_id="T2"), subscription(channel_id="C2")]

    found = recipients(EVENT, WARNING, ones, default=True)

    assert [(one.team_id, one.channel_id) for one in found] == [
        ("T1", "C1"),
        ("T2", "C1"),
        ("T1", "C2"),
    ]


@pytest.mark.parametrize(
    ("held", "expected"),
    [((None,), None), (("muted",), "muted"), (("muted", None), None), ((None, "muted"), None)],
)
def test_channel_is_held_if_all_are(held: tuple[str | None, ...], expected: str | None) -> None:
    """One subscription that is not held is enough to be heard."""
    ones = [subscription(id=n, held=reason) for n, reason in enumerate(held)]

    (one,) = recipients(EVENT, WARNING, ones, default=True)

    assert one.held == expected


@given(st.permutations([subscription(id=n, channel_id=f"C{n % 3}") for n in range(6)]))
def test_order_of_subscriptions_does_not_matter(ones: list[Subscription]) -> None:
    """The same channels with the same subscriptions, however they were found."""
    found = recipients(EVENT, WARNING, ones, default=True)

    assert {one.channel_id: one.subscription_ids for one in found} == {
        "C0": (0, 3),
        "C1": (1, 4),
        "C2": (2, 5),
    }


@pytest.mark.parametrize(
    ("wished", "expected"),
    [
        ((Thread.ONLY,), Thread.ONLY),
        ((Thread.ONLY, Thread.BROADCAST), Thread.BROADCAST),
        ((Thread.FLAT, Thread.BROADCAST, Thread.ONLY), Thread.FLAT),
    ],
)
def test_the_loudest_thread_that_matched_is_owed(
    wished: tuple[Thread, ...], expected: Thread
) -> None:
    """Where subscriptions of a channel differ, news are told as loudly as one of them wants."""
    ones = [subscription(id=n, thread=one) for n, one in enumerate(wished)]

    (one,) = recipients(EVENT, WARNING, ones, default=True)

    assert one.thread is expected


def test_words_have_the_options_after_the_filter() -> None:
    """What a subscription is listed by can be typed again; what is usual is left out."""
    one = subscription(filter=typed("scan.*"), size=0, thread=2)

    assert one.words() == "type:scan.* size:compact thread:flat"
    assert subscription().words() == ""
