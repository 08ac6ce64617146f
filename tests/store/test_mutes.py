"""Mutes in the database: they keep alerts back, end once, and count what they kept."""

from __future__ import annotations

from datetime import timedelta

from bot.core.alerts import Alert
from bot.core.mutes import Mute
from bot.core.notifications import Draft
from bot.core.ports import Told
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock
from tests.store.making import LANE, accept, event, follow, routed, rows, subscription

HOUR = timedelta(hours=1)
NOTICE = Draft(team_id=LANE[0], channel_id=LANE[1], key="mute:1", alert=Alert(title="Back"))


async def muted(store: SqliteStore, clock: SetClock, **more: object) -> Mute:
    """Mute everything in the channel for an hour."""
    fields = {"team_id": LANE[0], "channel_id": LANE[1], "until": clock.now + HOUR, **more}
    return await store.mutes.put(Mute.model_validate({"by": "U1", "at": clock.now, **fields}))


async def tell(store: SqliteStore, name: str, alert: Alert) -> None:
    """Route an event."""
    one = event(name)
    await accept(store, one)
    (stored,) = await store.inbox.claim(1)
    await routed(store, Told(stored.row, one, alert, default=True))


async def states(store: SqliteStore) -> list[tuple[str, str | None, str | None]]:
    """Return state, reason and detail of every message."""
    found = await rows(store, "SELECT state, reason, detail FROM notifications ORDER BY id")
    return [(row["state"], row["reason"], row["detail"]) for row in found]


async def test_what_is_muted_is_kept_and_not_said(store: SqliteStore, clock: SetClock) -> None:
    """It is a row that says why, so that people can ask; then alerts are said again."""
    await follow(store, subscription())
    mute = await muted(store, clock)
    await tell(store, "e1", Alert(title="One"))
    clock.forward(3601)
    await tell(store, "e2", Alert(title="Two"))

    assert await states(store) == [("skipped", "muted", f"mute:{mute.id}"), ("pending", None, None)]
    assert await store.mutes.kept_quiet(mute.id) == 1


async def test_another_channel_hears_it(store: SqliteStore, clock: SetClock) -> None:
    """A mute is of one channel."""
    await follow(store, subscription())
    await muted(store, clock, channel_id="COTHER")
    await tell(store, "e1", Alert(title="One"))

    assert await states(store) == [("pending", None, None)]


async def test_a_card_that_stands_is_painted_over_quietly(
    store: SqliteStore, clock: SetClock
) -> None:
    """It goes on to tell the latest state; only its thread is not added to."""
    await follow(store, subscription())
    start = Alert(title="Run", state="running", card="run/1", occurred_at=clock.now)
    await tell(store, "e1", start)
    await muted(store, clock)
    end = start.model_copy(update={"state": "done", "final": True})
    await tell(store, "e2", end)
    found = await rows(store, "SELECT alert, state FROM notifications ORDER BY id")

    assert [one["state"] for one in found] == ["pending", "skipped"]
    assert Alert.model_validate_json(found[0]["alert"]).state == "done"


async def test_muted_anew_it_ends_later(store: SqliteStore, clock: SetClock) -> None:
    """There is one mute of a thing, which ends when the newest wish says."""
    first = await muted(store, clock)
    second = await muted(store, clock, until=clock.now + 2 * HOUR, by="U2")

    assert second.id == first.id
    assert [one.by for one in await store.mutes.list(*LANE, clock.now)] == ["U2"]
    clock.forward(3601)
    assert await store.mutes.ended(clock.now) == []


async def test_its_end_is_told_once(store: SqliteStore, clock: SetClock) -> None:
    """Two who end it, one after a crash of the other, owe one notice together."""
    mute = await muted(store, clock)
    clock.forward(3601)
    ((due, kept),) = await store.mutes.ended(clock.now)
    ends = [await store.mutes.remove(due.id, NOTICE, clock.now) for _ in range(2)]

    assert (due, kept, ends) == (mute, 0, [True, False])
    assert await store.mutes.ended(clock.now) == []
    assert len(await rows(store, "SELECT * FROM notifications")) == 1


async def test_nobody_else_s_workspace_sees_it(store: SqliteStore, clock: SetClock) -> None:
    """A number of another workspace is no mute."""
    mute = await muted(store, clock)

    assert await store.mutes.get(LANE[0], mute.id) == mute
    assert await store.mutes.get("TOTHER", mute.id) is None
