"""The index finds what a comparison of everything with everything finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.alerts import Alert, Severity
from bot.core.events import Event, Subject
from bot.core.subscriptions import Filter, Recipient, Subscription, recipients
from bot.store.database import migrate
from bot.store.readers import Readers
from bot.store.routing import candidates
from bot.store.subscriptions import Subscriptions
from tests.store.conftest import SetClock
from tests.store.inline import InlineWriter, at_once
from tests.store.making import NOW

WORDS = ["scan", "task", "failed", "a", ""]
types = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(".".join)
globs = st.lists(
    st.sampled_from([*WORDS, "*", "f*", "?ailed", "[st]*", "[", "a]"]), min_size=1, max_size=4
).map(".".join)
kinds = st.sampled_from(["monitor", "workspace"])
ids = st.sampled_from(["1", "2", "*"])
subjects = st.builds(Subject, kind=kinds, id=ids)
filters = st.builds(
    Filter,
    types=st.lists(globs, max_size=3).map(tuple),
    severity=st.sampled_from(Severity),
    fields=st.sampled_from([(), (("region", "eu"),)]),
)
subscriptions = st.builds(
    Subscription,
    team_id=st.sampled_from(["T1", "T2"]),
    channel_id=st.sampled_from(["C1", "C2", "C3"]),
    source=st.sampled_from(["*", "probe", "other"]),
    subject=st.none() | subjects | st.builds(Subject, kind=kinds, id=st.just("")),
    filter=filters,
)
events = st.builds(
    Event,
    source=st.sampled_from(["probe", "other"]),
    id=st.just("e1"),
    type=types,
    occurred_at=st.just(NOW),
    subjects=st.lists(subjects, max_size=3).map(tuple),
    fields=st.sampled_from([{}, {"region": "EU"}, {"region": "US"}]),
)
alerts = st.builds(
    Alert, title=st.just("x"), severity=st.sampled_from(Severity), action=st.booleans()
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
    """No form of glob, subject or source is missed by the keys it is stored under."""
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
    wanted = Subscription(team_id="T1", channel_id="C1", filter=Filter(types=("a.*", "b")))
    stored, _ = at_once(store.add(wanted, request_id="r1"))
    at_once(store.remove("T1", stored.id))
    left = writer.connection.execute(
        "SELECT COUNT(*) FROM subscription_keys WHERE subscription_id = ?", (stored.id,)
    )

    assert 0 == left.fetchone()[0]


def steps(path: Path, others: int) -> int:
    """Return how many steps of SQLite's machine a look-up takes beside other subscriptions."""
    migrate(path)
    writer = InlineWriter(path)
    store = Subscriptions(writer, Readers(path), SetClock())
    for number in range(others):
        other = Subject(kind="monitor", id=f"other{number}")
        wanted = Subscription(team_id="T1", channel_id="C1", source="probe", subject=other)
        at_once(store.add(wanted, request_id=str(number)))
    taken: list[None] = []
    writer.connection.set_progress_handler(lambda: taken.append(None), 1)
    event = Event(
        source="probe", id="e1", type="scan.failed", occurred_at=NOW,
        subjects=(Subject(kind="monitor", id="other3"),),
    )  # fmt: skip
    assert len(candidates(writer.connection, event)) == 1
    writer.connection.set_progress_handler(None, 0)
    writer.close()
    return len(taken)


def test_a_look_up_costs_the_same_among_many(tmp_path: Path) -> None:
    """Fifty times as many subscriptions of others take no more steps to look past."""
    assert steps(tmp_path / "many.db", 500) <= 1.2 * steps(tmp_path / "few.db", 10)
