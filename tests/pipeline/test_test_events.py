"""What a test button sent is said and marked, and counted with nothing else."""

from __future__ import annotations

import pytest

from bot.core.alerts import Alert
from bot.core.events import is_counted
from bot.core.notifications import Notification
from bot.core.ports import Accepted
from bot.pipeline.deliver import Deliver
from bot.pipeline.ingest import Ingest
from bot.plugins import discover
from bot.store.sqlite import SqliteStore
from tests.handlers.cases import webhook
from tests.pipeline.slack import FakeSlack
from tests.store.conftest import SetClock
from tests.store.making import (
    claim,
    draft,
    event,
    follow,
    found,
    grouped,
    route,
    rows,
    subscription,
)

SECRET = "a-token-of-the-tests"


@pytest.mark.parametrize("test", [True, False])
def test_only_real_events_are_counted(test: bool) -> None:
    """One question for whoever counts."""
    assert is_counted(event(test=test)) is not test


@pytest.mark.parametrize(
    ("livemode", "accepted"), [("false", Accepted(tests=1)), ("true", Accepted(new=1))]
)
async def test_a_test_webhook_is_counted_apart(
    store: SqliteStore, clock: SetClock, livemode: str, accepted: Accepted
) -> None:
    """It is stored like any other; sent again, it is a duplicate like any other."""
    source = discover()["surfacedby"]
    ingest = Ingest(
        {"surfacedby": source},
        {"surfacedby": tuple(source.scheme.keys(SECRET))},
        store.inbox,
        clock,
        tolerance_s=300,
    )
    body = f'{{"id": "evt_1", "type": "scan.failed", "livemode": {livemode}}}'.encode()
    assert source.read(webhook(source, body))[0].test is (livemode == "false")
    proof = source.scheme.sign(body, SECRET, id="m1", now=clock())
    headers = [(name.lower().encode(), value.encode()) for name, value in proof.items()]

    assert accepted == await ingest.take(source, headers, body)
    assert Accepted(duplicates=1) == await ingest.take(source, headers, body)


@pytest.mark.parametrize(("test", "outcome"), [(True, "test"), (False, "sent")])
async def test_its_delivery_is_counted_apart(
    store: SqliteStore, clock: SetClock, test: bool, outcome: str
) -> None:
    """Whoever watches what is sent is not told of tests."""
    counted: list[str] = []

    async def nobody(claimed: Notification, reason: str) -> tuple[()]:
        return ()

    deliver = Deliver(
        store.outbox,
        FakeSlack(clock),
        notices=nobody,
        clock=clock,
        jitter=lambda: 0,
        count=lambda outcome, _reason: counted.append(outcome),
    )
    await store.outbox.enqueue([draft(alert=Alert(title="Hello", test=test))])
    await deliver(await claim(store))

    assert [outcome] == counted


async def test_its_findings_are_marked(store: SqliteStore) -> None:
    """Every message of the thread says that it is a test."""
    await follow(store, subscription())
    await route(store, grouped())
    (due,) = await store.groups.claim(store.groups._clock(), 1)
    await store.groups.complete(due, found("a", "b").model_copy(update={"test": True}))

    said = await rows(store, "SELECT alert FROM notifications ORDER BY id")
    assert [True] * 3 == [Alert.model_validate_json(row["alert"]).test for row in said]
