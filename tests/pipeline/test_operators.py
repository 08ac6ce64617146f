"""What operators are told: each thing once, with what to do, and nothing of a body."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.alerts import Alert, Severity
from bot.core.notifications import Lane
from bot.core.reasons import Reason
from bot.core.troubles import Kind
from bot.store import troubles as troubles_module
from bot.store.sqlite import SqliteStore
from tests.pipeline.troubles import (
    CHANNEL,
    HAPPEN,
    OURS,
    Office,
    conflict,
    dead,
    held,
    unknown_type,
    unreadable,
)  # fmt: skip
from tests.store.conftest import SetClock
from tests.store.making import TEAM, accept, claim, draft, event, rows, say


async def said(store: SqliteStore) -> list[Alert]:
    """Return what the operators' channel is owed or was told, in order."""
    found = await rows(
        store, "SELECT alert FROM notifications WHERE channel_id = ? ORDER BY id", CHANNEL
    )
    return [Alert.model_validate_json(row["alert"]) for row in found]


@pytest.fixture
def office(store: SqliteStore) -> Office:
    """Return the loop, with a channel to tell."""
    return Office(store)


@pytest.mark.parametrize(
    ("kind", "title", "words"),
    [
        (Kind.TYPE, "Probe sends a type that I do not know", "tocsin capture probe 1"),
        (Kind.UNREADABLE, "Probe sent 1 webhook that I cannot read", "--state unreadable"),
        (Kind.CONFLICT, "Probe sent 1 known id again with another body", "--event 1"),
        (Kind.BURIED, "1 event of Probe could not be routed", "--event 1"),
        (Kind.DEAD, "1 message to Slack given up", "tocsin deliveries --state dead"),
        (Kind.HELD, "A channel does not take our messages", "--state held"),
    ],
)
async def test_each_is_told_once(
    store: SqliteStore, office: Office, kind: Kind, title: str, words: str
) -> None:
    """With what to do about it, nothing of what came but type and id, and not again."""
    await HAPPEN[kind](store)
    for _ in range(3):
        await office.work()

    (alert,) = await said(store)
    assert title == alert.title
    assert words in alert.text
    assert "password" not in alert.model_dump_json()
    assert Severity.WARNING <= alert.severity
    assert [(kind, "" if kind in {Kind.DEAD, Kind.HELD} else "probe")] == office.counted


async def test_nothing_is_the_matter(store: SqliteStore, office: Office) -> None:
    """Events that a handler describes are no news."""
    await accept(store, event("e1", "scan.failed"))
    await office.work()

    assert ([], []) == (await said(store), office.counted)


async def test_a_type_is_told_once_a_day(
    store: SqliteStore, office: Office, clock: SetClock
) -> None:
    """However many come; the next day again, if it still comes."""
    for key in ("e1", "e2"):
        await unknown_type(store, key)
        await office.work()
    clock.forward(timedelta(days=1).total_seconds())
    await unknown_type(store, "e3")
    await office.work()
    await accept(store, event("e4", "other.type"))
    await office.work()

    types = [alert.fields[0].value for alert in await said(store)]
    assert ["unheard.of", "unheard.of", "other.type"] == types


async def test_what_happens_again_is_counted(
    store: SqliteStore, office: Office, clock: SetClock
) -> None:
    """In the message that is there: it is edited, with the ids of the newest."""
    await conflict(store, "e1")
    await office.work()
    await say(store, "1.1", OURS)
    for key in ("e2", "e3"):
        await conflict(store, key)
    await office.work()

    (alert,) = await said(store)
    assert "Probe sent 3 known ids again with another body" == alert.title
    assert "e3, e2, e1" == alert.fields[-1].value
    edit = await claim(store, OURS, at=clock())
    assert ("1.1", alert) == (edit.ts, edit.alert)


async def test_given_up_messages_are_told_by_the_hour(
    store: SqliteStore, office: Office, clock: SetClock
) -> None:
    """One message an hour, whatever is given up in it."""
    for number in range(4):
        await dead(store, f"e{number}")
        await office.work()
        clock.forward(1800)

    titles = [alert.title for alert in await said(store)]
    assert ["2 messages to Slack given up", "2 messages to Slack given up"] == titles


async def test_bodies_are_counted(store: SqliteStore, office: Office) -> None:
    """Those of one look together, and later ones of the day beside them."""
    for number in range(5):
        await unreadable(store, f"e{number}")
    await office.work()
    await unreadable(store, "e9")
    await office.work()

    assert ["Probe sent 6 webhooks that I cannot read"] == [one.title for one in await said(store)]


async def test_a_notice_that_fails_is_followed_by_none(store: SqliteStore, office: Office) -> None:
    """Neither of its own end, nor of more of the same in its period."""
    await dead(store)
    await office.work()
    await store.outbox.end(await claim(store, OURS), Reason.PAYLOAD, "invalid_blocks")
    await office.work()
    await dead(store, "e2")
    await office.work()

    assert 1 == len(await said(store))
    assert 2 == len(office.counted)


async def test_a_held_channel_of_ours_is_told_nobody(store: SqliteStore, office: Office) -> None:
    """It could only be told there; the log has it."""
    await held(store, channel=CHANNEL)
    await office.work()

    assert ["scan.failed"] == [one.title for one in await said(store)]
    assert [("held", "")] == office.counted


async def test_without_a_channel_nothing_is_said(store: SqliteStore) -> None:
    """It is logged and counted, and a channel that is set later hears from then on."""
    office = Office(store, channel=None)
    await unknown_type(store)
    await dead(store)
    await office.work()
    assert {("type", "probe"), ("dead", "")} == set(office.counted)

    later = Office(store)
    await later.work()
    assert [] == await said(store)


async def test_an_unknown_workspace_is_waited_for(store: SqliteStore) -> None:
    """While Slack has not said who we are, everything waits."""
    office = Office(store, team_id=None)
    await dead(store)
    await office.work()
    assert ([], []) == (await said(store), office.counted)

    office.team_id = TEAM
    await office.work()
    assert 1 == len(await said(store))


async def test_a_backlog_is_looked_through_in_parts(
    store: SqliteStore, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is skipped where one part ends and the next begins."""
    monkeypatch.setattr(troubles_module, "MOST_EVENTS", 2)
    for number in range(7):
        await accept(store, event(f"e{number}", f"odd.type_{number}"))
    await office.work()

    assert 7 == len(await said(store))


async def test_it_looks_now_and_then_only(store: SqliteStore, office: Office) -> None:
    """Between two looks a step costs nothing and tells nothing."""
    await office.work()
    await unknown_type(store)
    await office.operators.step()
    assert [] == await said(store)

    await office.work()
    assert 1 == len(await said(store))


async def test_a_hostile_type_is_data(store: SqliteStore, office: Office) -> None:
    """It stands in a field, clipped, and in no command to copy."""
    await accept(store, event("$(reboot)", "<!channel> `$(reboot)` " + "x" * 300))
    await office.work()

    (alert,) = await said(store)
    assert "reboot" not in alert.title + alert.text
    assert len(alert.fields[0].value) <= 120


async def test_old_troubles_are_forgotten(
    store: SqliteStore, office: Office, clock: SetClock
) -> None:
    """What was told days ago is not kept for ever."""
    await dead(store)
    await office.work()
    clock.forward(timedelta(days=4).total_seconds())
    await unknown_type(store)
    await office.work()

    assert [{"kind": "type"}] == await rows(store, "SELECT kind FROM troubles")


async def test_replies_of_a_dead_thread_are_no_news(store: SqliteStore, office: Office) -> None:
    """They end with their parent, which is told."""
    lane = Lane(TEAM, "C7")
    await store.outbox.enqueue([draft("head", "C7"), draft("reply", "C7", parent_key="head")])
    await store.outbox.end(await claim(store, lane), Reason.EXPIRED, "")
    await office.work()

    assert {"dead"} == {
        row["state"]
        for row in await rows(store, "SELECT state FROM notifications WHERE channel_id = 'C7'")
    }
    assert ["1 message to Slack given up"] == [one.title for one in await said(store)]
