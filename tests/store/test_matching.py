"""The index finds what a comparison of everything with everything finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.alerts import Alert, Size, Thread
from bot.core.events import Event, Subject
from bot.core.filters import NO_FILTER
from bot.core.subscriptions import Recipient, Subscription, recipients
from bot.store.database import migrate
from bot.store.readers import Readers
from bot.store.routing import candidates
from bot.store.subscriptions import Subscriptions
from tests.core.expressions import alerts, events, expressions, kinds, subjects
from tests.store.conftest import SetClock
from tests.store.inline import InlineWriter, at_once
from tests.store.making import NOW, filtered, typed

subscriptions = st.builds(
    Subscription,
    team_id=st.sampled_from(["T1", "T2"]),
    channel_id=st.sampled_from(["C1", "C2", "C3"]),
    source=st.sampled_from(["*", "probe", "other"]),
    subject=st.none() | subjects | st.builds(Subject, kind=kinds, id=st.just("")),
    filter=st.just(NO_FILTER) | expressions,
    size=st.sampled_from(Size),
    thread=st.sampled_from(Thread),
)


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InlineWriter]:
    """Yield a writer on an empty database."""
    path = tmp_path_factory.mktemp("matching") / "tocsin.db"
    migrate(path)
    opened = InlineWriter(path)
    yield opened
    opened.close()


@settings(max_examples=200, deadline=None)
@given(
    wanted=st.lists(subscriptions, max_size=8), event=events, alert=alerts, default=st.booleans()
)
def test_the_index_agrees_with_brute_force(
    writer: InlineWriter, wanted: list[Subscription], event: Event, alert: Alert, default: bool
) -> None:
    """No form of filter, subject or source is missed by the keys it is stored under."""
    store = Subscriptions(writer, Readers(writer.path), SetClock())
    writer.connection.execute("DELETE FROM subscriptions")
    stored = [at_once(store.add(one, request_id="r1"))[0] for one in wanted]
    everything = {one.id: one for one in stored}.values()
    by_index = recipients(event, alert, candidates(writer.connection, event), default=default)
    by_force = recipients(event, alert, everything, default=default)

    assert sorted(by_force, key=_order) == sorted(by_index, key=_order)


def _order(one: Recipient) -> tuple[str, str]:
    return one.team_id, one.channel_id


def test_a_forgotten_subscription_leaves_no_keys(writer: InlineWriter) -> None:
    """Its index goes with it, or the file would grow with every change of mind."""
    store = Subscriptions(writer, Readers(writer.path), SetClock())
    wanted = Subscription(team_id="T1", channel_id="C1", filter=typed("a.*", "b"))
    stored, _ = at_once(store.add(wanted, request_id="r1"))
    at_once(store.remove("T1", stored.id))
    left = writer.connection.execute(
        "SELECT COUNT(*) FROM subscription_keys WHERE subscription_id = ?", (stored.id,)
    )

    assert 0 == left.fetchone()[0]


def by_subject(number: int) -> dict[str, Any]:
    """Return a wish for one monitor of many."""
    return {"subject": Subject(kind="monitor", id=f"other{number}")}


def by_filter(number: int) -> dict[str, Any]:
    """Return a wish of which each part names types that no other one names."""
    words = f"verb:x NOT region:eu (type:scan{number}.failed OR (type:task{number}.* delta<5))"
    return {"filter": filtered(words)}


def steps(path: Path, others: int, wish: Callable[[int], dict[str, Any]]) -> int:
    """Return how many steps of SQLite's machine a look-up takes beside other subscriptions."""
    migrate(path)
    writer = InlineWriter(path)
    store = Subscriptions(writer, Readers(path), SetClock())
    for number in range(others):
        wanted = Subscription(team_id="T1", channel_id="C1", source="probe", **wish(number))
        at_once(store.add(wanted, request_id=str(number)))
    taken: list[None] = []
    writer.connection.set_progress_handler(lambda: taken.append(None), 1)
    event = Event(
        source="probe", id="e1", type="scan3.failed", occurred_at=NOW,
        subjects=(Subject(kind="monitor", id="other3"),),
    )  # fmt: skip
    assert len(candidates(writer.connection, event)) == 1
    writer.connection.set_progress_handler(None, 0)
    writer.close()
    return len(taken)


@pytest.mark.parametrize("wish", [by_subject, by_filter])
def test_a_look_up_costs_the_same_among_many(
    tmp_path: Path, wish: Callable[[int], dict[str, Any]]
) -> None:
    """Fifty times as many subscriptions of others take no more steps to look past."""
    few = steps(tmp_path / "few.db", 10, wish)

    assert steps(tmp_path / "many.db", 500, wish) <= 1.2 * few
