"""A channel that takes nothing is held: nothing is dropped, and its people are told once."""

from __future__ import annotations

from bot.core.alerts import Alert
from bot.core.notifications import Lane, State
from bot.core.reasons import Reason
from bot.store.sqlite import SqliteStore
from tests.store.making import (
    LANE,
    NOW,
    TEAM,
    claim,
    doubt,
    draft,
    follow,
    rows,
    say,
    states,
    subscription,
)  # fmt: skip


async def hold(store: SqliteStore, notices: int = 1) -> bool:
    """Hold C1 with the next claim, telling somebody; return whether that is the first time."""
    told = [draft(f"held:{n}", "U1") for n in range(notices)]
    claimed = await claim(store)
    return await store.outbox.hold_channel(claimed, Reason.CHANNEL, "not_in_channel", told)


async def test_everything_open_is_kept_back(store: SqliteStore) -> None:
    """What is owed, on its way or in doubt waits; what was sent, and others, stay."""
    await follow(store, subscription("C1"))
    await store.outbox.enqueue([draft("sent"), draft("doubt"), draft("k1"), draft("k2")])
    await store.outbox.enqueue([draft("other", "C2")])
    await say(store, "1.0")
    await store.outbox.defer(await claim(store), doubt())
    await hold(store, notices=0)

    assert {"sent": "sent", "doubt": "held", "k1": "held", "k2": "held", "other": "pending"} == (
        await states(store)
    )
    (held,) = await rows(store, "SELECT held FROM subscriptions")
    assert "not_in_channel" == held["held"]


async def test_people_are_told_once(store: SqliteStore) -> None:
    """A channel that stays held is not news again."""
    await follow(store, subscription("C1"))
    await store.outbox.enqueue([draft("k1")])
    first = await hold(store)
    await store.outbox.enqueue([draft("k2")])
    second = await hold(store, notices=2)

    assert (True, False) == (first, second)
    assert ["held:0"] == [key for key in await states(store) if key.startswith("held:")]
    await store.outbox.release_channel(TEAM, "C1")
    assert await hold(store, notices=2)


async def test_released_goes_out_in_order_with_fresh_tries(store: SqliteStore) -> None:
    """S9, S11: the backlog goes out once, as if nothing had been tried before."""
    await follow(store, subscription("C1"))
    await store.outbox.enqueue([draft("k1"), draft("k2")])
    await hold(store)

    assert 2 == await store.outbox.release_channel(TEAM, "C1")
    assert [("k1", 1), ("k2", 1)] == [
        (one.key, one.attempts) for one in [await say(store, f"{n}.0") for n in range(2)]
    ]
    assert [{"held": None}] == await rows(store, "SELECT held FROM subscriptions")
    assert 0 == await store.outbox.release_channel(TEAM, "C1")


async def test_what_was_in_doubt_is_looked_up_after_the_release(store: SqliteStore) -> None:
    """A message that may be in Slack is not sent again only because the channel came back."""
    await store.outbox.enqueue([draft("doubt"), draft("k1")])
    await store.outbox.defer(await claim(store), doubt())
    looking = await claim(store)
    await store.outbox.hold_channel(looking, Reason.CHANNEL, "not_in_channel", [])
    await store.outbox.release_channel(TEAM, "C1")
    first = await claim(store)

    assert ("doubt", State.UNKNOWN) == (first.key, first.state)
    assert await store.outbox.sent(first, "1.0")
    assert ("k1", State.SENDING) == ((second := await claim(store)).key, second.state)


async def test_in_doubt_stays_in_doubt_over_two_holds(store: SqliteStore) -> None:
    """Held again before it was looked up, it is still looked up in the end."""
    await store.outbox.enqueue([draft("doubt")])
    await store.outbox.defer(await claim(store), doubt())
    for _ in range(2):
        looking = await claim(store)
        await store.outbox.hold_channel(looking, Reason.CHANNEL, "is_archived", [])
        await store.outbox.release_channel(TEAM, "C1")

    assert State.UNKNOWN == (await claim(store)).state


async def test_another_workspace_is_not_touched(store: SqliteStore) -> None:
    """The same channel id elsewhere neither is held nor released."""
    await store.outbox.enqueue([draft("k1"), draft("k1", team_id="T2")])
    await hold(store)

    assert await store.outbox.claim(Lane("T2", "C1"), NOW) is not None
    assert 0 == await store.outbox.release_channel("T2", "C1")
    assert await store.outbox.claim(LANE, NOW) is None


async def test_a_hold_that_was_overtaken_does_nothing(store: SqliteStore) -> None:
    """Whoever lost the claim does not hold a channel that took the message meanwhile."""
    await follow(store, subscription("C1"))
    await store.outbox.enqueue([draft("k1"), draft("k2")])
    old = await claim(store)
    await store.outbox.sent(old, "1.0")

    assert not await store.outbox.hold_channel(old, Reason.CHANNEL, "not_in_channel", [])
    assert {"k1": "sent", "k2": "pending"} == await states(store)


async def test_what_was_to_be_edited_waits_with_the_channel(store: SqliteStore) -> None:
    """Refused once, it is not tried again until the channel is back, and then it is."""
    await store.outbox.enqueue([draft("card"), draft("other")])
    await say(store, "1.0")
    await say(store, "2.0")
    await store.outbox.enqueue([draft("card", alert=Alert(title="newer"))])
    await hold(store, notices=0)

    assert await store.outbox.claim(LANE, NOW) is None
    assert await store.outbox.next_due(LANE, NOW) is None
    assert not await store.outbox.lanes()

    await store.outbox.enqueue([draft("card", alert=Alert(title="newest"))])
    assert not await store.outbox.lanes()
    await store.outbox.release_channel(TEAM, "C1")
    assert [LANE] == list(await store.outbox.lanes())
    edit = await claim(store)
    assert ("card", "newest", State.SENT) == (edit.key, edit.alert.title, edit.state)
    assert await store.outbox.shown(edit)
    assert not await store.outbox.lanes()


async def test_only_what_waits_is_edited_after_the_release(store: SqliteStore) -> None:
    """The other messages of the channel were right all the time."""
    await store.outbox.enqueue([draft("card"), draft("right")])
    await say(store, "1.0")
    await say(store, "2.0")
    await store.outbox.enqueue([draft("card", alert=Alert(title="newer"))])
    await hold(store, notices=0)
    await store.outbox.release_channel(TEAM, "C1")

    assert await store.outbox.shown(await claim(store))
    assert await store.outbox.claim(LANE, NOW) is None
