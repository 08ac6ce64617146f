"""Cards: one message that shows the latest state, whatever order its events come in."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from bot.core.alerts import Alert, Severity
from bot.core.ports import Told
from bot.store.cards import _SHOWN, LATE
from bot.store.sqlite import SqliteStore
from tests.store.making import LANE, NOW, accept, event, follow, routed, rows, subscription


def state(word: str, minutes: int, *, rank: int = 0, final: bool = False) -> Alert:
    """Return what a run's event says of its card."""
    return Alert(
        title="Run 7",
        state=word,
        card="run/7",
        rank=rank,
        final=final,
        severity=Severity.ERROR if word == "failed" else Severity.INFO,
        occurred_at=NOW + timedelta(minutes=minutes),
    )


QUEUED = state("queued", 0, rank=10)
RUNNING = state("running", 0, rank=20)
FAILED = state("failed", 3, rank=90, final=True)
LATE_RUNNING = state("running again", 4, rank=20)


async def tell(store: SqliteStore, number: int, alert: Alert, *, on: bool = True) -> int:
    """Route an event with this alert; `on` says whether a plain subscription hears it."""
    one = event(f"e{number}")
    await accept(store, one)
    (stored,) = await store.inbox.claim(1)
    return await routed(store, Told(stored.row, one, alert, default=on))


async def said(store: SqliteStore) -> list[tuple[str, str | None, bool]]:
    """Return title, state and whether it is a reply, of every message owed."""
    found = await rows(store, "SELECT alert, parent_id FROM notifications ORDER BY id")
    alerts = [(Alert.model_validate_json(one["alert"]), one["parent_id"]) for one in found]
    return [(one.title, one.state, parent is not None) for one, parent in alerts]


async def test_a_card_begins_with_what_is_known_by_then(store: SqliteStore) -> None:
    """What nobody was owed has ended the run, so a late event does not ask for help."""
    await follow(store, subscription())
    await tell(store, 1, FAILED, on=False)
    await tell(store, 2, RUNNING)

    assert await said(store) == [("Run 7", "failed", False), ("Run 7", "running", True)]
    (line,) = await rows(store, "SELECT alert FROM notifications WHERE parent_id IS NOT NULL")
    assert Alert.model_validate_json(line["alert"]).notice == LATE


async def test_a_run_of_another_day_begins_anew(store: SqliteStore) -> None:
    """What a card of the same name said two days ago is no state of today's."""
    await follow(store, subscription())
    await tell(store, 1, FAILED, on=False)
    await tell(store, 2, state("running", 2 * 24 * 60))

    assert await said(store) == [("Run 7", "running", False)]


@pytest.mark.parametrize("order", list(permutations([QUEUED, RUNNING, FAILED, LATE_RUNNING])))
async def test_any_order_ends_in_the_same_card(
    store: SqliteStore, order: tuple[Alert, ...]
) -> None:
    """Whatever arrives when, the card shows the final state and never goes back."""
    await follow(store, subscription())
    for number, alert in enumerate(order):
        await tell(store, number, alert)
    card, *replies = await said(store)

    assert ("Run 7", "failed", False) == card
    # What it said first, and a line for each event that came after.
    assert order[0].state == replies[0][1]
    assert [True] * 4 == [reply for _, _, reply in replies]


async def test_noise_only_changes_what_is_shown(store: SqliteStore) -> None:
    """An event that is off posts nothing by itself, and repaints a card that is there."""
    await follow(store, subscription())

    assert 0 == await tell(store, 1, QUEUED, on=False)
    assert [] == await said(store)
    await tell(store, 2, RUNNING)
    await tell(store, 3, FAILED, on=False)
    assert [("Run 7", "failed", False)] == await said(store)


async def test_a_late_event_is_still_told(store: SqliteStore) -> None:
    """What comes late leaves the card alone, and is added to its thread, marked."""
    await follow(store, subscription())
    await tell(store, 1, FAILED)
    await tell(store, 2, RUNNING)
    found = await rows(store, "SELECT alert FROM notifications WHERE parent_id IS NOT NULL")

    assert ("Run 7", "failed", False) == (await said(store))[0]
    assert LATE == Alert.model_validate_json(found[-1]["alert"]).notice


async def test_what_comes_days_later_is_said_anew(store: SqliteStore) -> None:
    """A card nobody scrolls back to is left alone; the next failure is a new message."""
    await follow(store, subscription())
    await tell(store, 1, FAILED)
    again = state("failed", 60 * 25, rank=90, final=True)
    await tell(store, 2, again)
    await tell(store, 3, state("completed", 60 * 25 + 5, rank=90, final=True), on=False)

    assert [("Run 7", "failed", False), ("Run 7", "completed", False)] == await said(store)


async def test_each_channel_has_a_card_of_its_own(store: SqliteStore) -> None:
    """A channel that subscribes later gets the card when the next event comes."""
    await follow(store, subscription("C1"))
    await tell(store, 1, RUNNING)
    await follow(store, subscription("C2"))
    await tell(store, 2, FAILED)
    found = await rows(
        store, "SELECT channel_id, parent_id IS NULL AS head FROM notifications ORDER BY id"
    )
    heads = [("C1", 1), ("C1", 0), ("C1", 0), ("C2", 1)]

    assert heads == [(row["channel_id"], row["head"]) for row in found]


async def test_a_card_that_is_changed_before_it_is_sent_is_posted_once(store: SqliteStore) -> None:
    """What was not said yet is simply said as it is now: nothing is left to edit."""
    await follow(store, subscription())
    await tell(store, 1, RUNNING)
    await tell(store, 2, FAILED, on=False)
    claimed = await store.outbox.claim(LANE, NOW)
    assert claimed is not None
    await store.outbox.sent(claimed, "1.1")

    assert "failed" == claimed.alert.state
    assert await store.outbox.claim(LANE, NOW) is None


FILE = Alert(title="File 1", card="run/7", aside=True, occurred_at=NOW + timedelta(minutes=5))


@pytest.mark.parametrize("before", [RUNNING, FAILED])
async def test_an_aside_goes_into_the_thread(store: SqliteStore, before: Alert) -> None:
    """The card stays as it is, and what it said first is still there when it changes."""
    await follow(store, subscription())
    await tell(store, 1, before)
    await tell(store, 2, FILE)
    card, first, file = await said(store)
    (row,) = await rows(store, "SELECT revision FROM notifications WHERE parent_id IS NULL")

    assert (card, row["revision"]) == (("Run 7", before.state, False), 1)
    assert first == ("Run 7", before.state, True)
    assert file == ("File 1", None, True)


async def test_an_aside_without_a_card_stands_by_itself(store: SqliteStore) -> None:
    """It is not what a card of its thing begins with, nor does it wait for one."""
    await follow(store, subscription())
    await tell(store, 1, FILE)
    await tell(store, 2, RUNNING)

    assert await said(store) == [("File 1", None, False), ("Run 7", "running", False)]


async def test_an_aside_that_nobody_is_owed_is_said_nowhere(store: SqliteStore) -> None:
    """Neither does it begin the card's thread."""
    await follow(store, subscription())
    await tell(store, 1, RUNNING)
    await tell(store, 2, FILE, on=False)

    assert await said(store) == [("Run 7", "running", False)]


async def test_history_costs_a_card_nothing(store: SqliteStore) -> None:
    """The look-up reads the index from the card's key on, and not every card there was."""
    plan = await rows(store, f"EXPLAIN QUERY PLAN {_SHOWN.replace('?1', repr('card:a'))}")

    assert "outbox_cards (key>? AND key<?)" in plan[0]["detail"]
    # With such bounds in it the planner may search by them, which is every card.
    assert "key >= 'card:" not in _SHOWN
