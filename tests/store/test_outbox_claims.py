"""The outbox hands out one thing at a time, in order, and only what may go."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.alerts import Alert
from bot.core.notifications import Lane, State
from bot.core.reasons import Reason
from bot.store.database import migrate
from bot.store.outbox import Outbox
from bot.store.sqlite import SqliteStore
from tests.store.conftest import SetClock
from tests.store.inline import InlineWriter, at_once
from tests.store.making import LANE, NOW, TEAM, claim, doubt, draft, rows, say, states

SECOND = timedelta(seconds=1)


async def test_oldest_first(store: SqliteStore) -> None:
    """A channel hears in the order in which things were owed."""
    await store.outbox.enqueue([draft("b"), draft("a"), draft("c")])

    assert ["b", "a", "c"] == [(await say(store, f"{n}.0")).key for n in range(3)]
    assert await store.outbox.claim(LANE, NOW) is None


async def test_a_claim_is_on_the_disk_before_the_call(store: SqliteStore) -> None:
    """C2: the row says `sending`, with the try counted, before Slack hears anything."""
    await store.outbox.enqueue([draft("k1")])
    claimed = await claim(store)
    (row,) = await rows(store, "SELECT state, attempts, delivery_id FROM notifications")

    assert (State.SENDING, 1, NOW) == (claimed.state, claimed.attempts, claimed.attempted_at)
    assert ("sending", 1, claimed.delivery_id) == tuple(row.values())


async def test_delivery_ids_are_opaque_and_differ(store: SqliteStore) -> None:
    """The id that travels to Slack says nothing and is never used twice."""
    await store.outbox.enqueue([draft(f"k{n}") for n in range(20)])
    found = await rows(store, "SELECT delivery_id FROM notifications")

    assert 20 == len({row["delivery_id"] for row in found})
    assert all(len(bytes.fromhex(row["delivery_id"])) >= 12 for row in found)


async def test_what_is_being_sent_is_not_handed_out(store: SqliteStore) -> None:
    """A claimed message is nobody else's."""
    await store.outbox.enqueue([draft("k1")])
    await claim(store)

    assert await store.outbox.claim(LANE, NOW) is None


async def test_a_reply_waits_for_its_parent(store: SqliteStore) -> None:
    """No reply goes before its parent's timestamp is stored, whatever the parent's state."""
    await store.outbox.enqueue([draft("p"), draft("p#1", parent_key="p")])
    parent = await claim(store)
    during = await store.outbox.claim(LANE, NOW)
    await store.outbox.defer(parent, doubt(NOW + SECOND))
    in_doubt = await store.outbox.claim(LANE, NOW)
    await say(store, "7.0", at=NOW + SECOND)

    assert (None, None) == (during, in_doubt)
    assert "7.0" == (await claim(store)).parent_ts


async def test_a_reply_waits_for_earlier_replies(store: SqliteStore) -> None:
    """A reply that has to be tried again keeps its place in the thread."""
    replies = [draft(f"p#{n}", parent_key="p") for n in (1, 2)]
    await store.outbox.enqueue([draft("p"), *replies, draft("other")])
    await say(store, "1.0")
    first = await claim(store)
    await store.outbox.defer(first, doubt(NOW + SECOND))

    assert "other" == (await claim(store)).key
    assert await store.outbox.claim(LANE, NOW) is None
    assert "p#1" == (await claim(store, at=NOW + SECOND)).key


async def test_the_last_of_a_lane_is_known_as_such(store: SqliteStore) -> None:
    """Nothing is behind it that will be sent or edited; other channels do not count."""
    later = draft("later", not_before=NOW + SECOND)
    await store.outbox.enqueue([draft("k1"), later, draft("other", "C2")])
    posts = [await say(store, "1.0"), await say(store, "2.0", at=NOW + SECOND)]
    await store.outbox.enqueue([draft("p"), draft("p#1", parent_key="p")])
    thread = [await say(store, "3.0"), await say(store, "4.0")]
    await store.outbox.enqueue([draft("k1", alert=Alert(title="newer")), draft("k3")])
    before_an_edit = await claim(store)

    assert [False, True, False, True] == [one.last for one in (*posts, *thread)]
    assert not before_an_edit.last


async def test_an_edit_waits_for_every_post(store: SqliteStore) -> None:
    """Edits never delay posts, and are not handed out when they are not wanted."""
    await store.outbox.enqueue([draft("k1")])
    await say(store, "1.0")
    await store.outbox.enqueue([draft("k1", alert=Alert(title="newer")), draft("k2")])

    assert "k2" == (await say(store, "2.0")).key
    assert await store.outbox.claim(LANE, NOW, edits=False) is None
    edit = await claim(store)
    assert (State.SENT, "k1", "1.0", "newer") == (edit.state, edit.key, edit.ts, edit.alert.title)
    assert await store.outbox.shown(edit)
    assert await store.outbox.claim(LANE, NOW) is None


async def test_equal_words_are_no_edit(store: SqliteStore) -> None:
    """Owing what is owed already changes nothing."""
    assert [1, 0] == [await store.outbox.enqueue([draft("k1")]) for _ in range(2)]


async def test_a_change_during_an_edit_is_edited_again(store: SqliteStore) -> None:
    """Only the revision that was shown counts as shown."""
    await store.outbox.enqueue([draft("k1")])
    await say(store, "1.0")
    await store.outbox.enqueue([draft("k1", alert=Alert(title="second"))])
    edit = await claim(store)
    await store.outbox.enqueue([draft("k1", alert=Alert(title="third"))])
    await store.outbox.shown(edit)

    assert "third" == (await claim(store)).alert.title


async def test_a_change_during_a_post_is_edited_afterwards(store: SqliteStore) -> None:
    """Words that changed while the old ones were on their way are shown by an edit."""
    await store.outbox.enqueue([draft("k1")])
    posted = await claim(store)
    await store.outbox.enqueue([draft("k1", alert=Alert(title="newer"))])
    await store.outbox.sent(posted, "1.0")

    assert "newer" == (await claim(store)).alert.title


async def test_next_due_is_when_to_look_again(store: SqliteStore) -> None:
    """The moment of the first thing that is not due yet, or of the end of a block."""
    assert await store.outbox.next_due(LANE, NOW) is None
    await store.outbox.enqueue([draft("later", not_before=NOW + 9 * SECOND), draft("now")])
    assert NOW + 9 * SECOND == await store.outbox.next_due(LANE, NOW)
    until = NOW + 30 * SECOND
    await store.outbox.defer(await claim(store), doubt().model_copy(update={"lane_until": until}))
    assert until == await store.outbox.next_due(LANE, NOW)


async def test_recover_finds_what_was_being_sent(store: SqliteStore) -> None:
    """After a crash a message that was on its way is looked up, and nothing else is."""
    await store.outbox.enqueue([draft("sending"), draft("pending"), draft("other", "C2")])
    await claim(store)
    await say(store, "1.0", Lane(TEAM, "C2"))

    assert 1 == await store.outbox.recover()
    assert {"sending": "unknown", "pending": "pending", "other": "sent"} == await states(store)
    assert (State.UNKNOWN, 1) == ((one := await claim(store)).state, one.attempts)
    assert 0 == await store.outbox.recover()


lane_parts = st.sampled_from(["A", "B", "C"])
lane_states = st.sampled_from([*State, "edited"])


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(filled=st.lists(st.tuples(lane_parts, lane_parts, lane_states), max_size=12))
def test_lanes_are_those_with_work(tmp_path: Path, filled: list[tuple[str, str, str]]) -> None:
    """Jumping through the index finds each lane that a look at every row finds.

    What is being sent is no work: whoever sends it settles it.
    """
    path = tmp_path / "lanes.db"
    if not path.exists():
        migrate(path)
    writer = InlineWriter(path)
    writer.connection.execute("DELETE FROM notifications")
    outbox = Outbox(writer, SetClock())
    expected = set()
    for number, (team, channel, state) in enumerate(filled):
        at_once(outbox.enqueue([draft(f"k{number}", channel, team_id=team)]))
        stored = State.SENT if state == "edited" else state
        shown = 0 if state == "edited" else 1
        writer.connection.execute(
            "UPDATE notifications SET state = ?, shown = ? WHERE key = ?",
            (stored, shown, f"k{number}"),
        )
        if state in {State.PENDING, State.UNKNOWN, "edited"}:
            expected.add(Lane(team, channel))
    found = at_once(outbox.lanes())
    writer.close()

    assert (expected, len(expected)) == (set(found), len(found))


def test_a_long_queue_makes_no_lane_dearer(tmp_path: Path) -> None:
    """The look for lanes takes the same steps whether one message waits or five hundred."""
    path = tmp_path / "lanes.db"
    migrate(path)
    writer = InlineWriter(path)
    outbox = Outbox(writer, SetClock())
    steps: list[int] = []
    writer.connection.set_progress_handler(lambda: steps.append(1), 1)

    def steps_for(count: int) -> int:
        at_once(outbox.enqueue([draft(f"k{number}") for number in range(count)]))
        steps.clear()
        assert [LANE] == at_once(outbox.lanes())
        return len(steps)

    few, many = steps_for(1), steps_for(500)
    writer.close()

    assert few == many


async def test_a_held_reason_is_no_work(store: SqliteStore) -> None:
    """A channel on hold has no lane, so that nobody wakes up for it."""
    await store.outbox.enqueue([draft("k1")])
    await store.outbox.hold_channel(await claim(store), Reason.CHANNEL, "is_archived", [])

    assert [] == await store.outbox.lanes()


async def test_the_history_is_searched_from_the_first_try(store: SqliteStore) -> None:
    """A message tried twice may stand where the first try put it."""
    await store.outbox.enqueue([draft("k1")])
    await store.outbox.defer(await claim(store), doubt().model_copy(update={"state": "pending"}))
    await store.outbox.defer(await claim(store, at=NOW + 60 * SECOND), doubt())

    assert NOW == (await claim(store, at=NOW + 61 * SECOND)).attempted_at
