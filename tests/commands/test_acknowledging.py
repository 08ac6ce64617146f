"""Acknowledging: the message shows who was first, and only who came too late is told."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.alerts import Alert
from bot.core.marks import ACKNOWLEDGED
from bot.core.notifications import Draft
from tests.commands.counter import Counter, words
from tests.store.making import TEAM, rows


async def marked(counter: Counter) -> list[tuple[str, int]]:
    """Return the marks of every message with the number of edits it owes."""
    found = await rows(counter.store, "SELECT marks, revision - shown AS owed FROM notifications")
    return [(row["marks"], row["owed"]) for row in found]


@pytest.mark.parametrize("way", ["press", "shortcut"])
async def test_the_first_is_shown_and_the_second_is_told(counter: Counter, way: str) -> None:
    """By button or by shortcut: one edit for the first, private words for the other."""
    ts = await counter.alert()
    ask = counter.press if way == "press" else counter.shortcut
    name = "ack" if way == "press" else "alert_ack"
    first = await ask(name, message_ts=ts)
    second = await ask(name, message_ts=ts, user_id="U2")
    ((marks, owed),) = await marked(counter)

    assert first is None
    assert words(second) == "@U1 acknowledged this already, 2026-11-20 09:00 UTC."
    assert ('"by":"U1"' in marks, "U2" in marks, owed) == (True, False, 1)


async def test_once_more_by_the_same_person_says_nothing(counter: Counter) -> None:
    """A double click, and the same request after a crash, leave one mark and one edit."""
    ts = await counter.alert()
    request = counter.request("press", "ack", message_ts=ts)
    before = await counter.run(request)
    counter.clock.forward(60)
    again = [await counter.run(request), await counter.press("ack", message_ts=ts)]
    ((marks, owed),) = await marked(counter)

    assert (before, again, owed) == (None, [None, None], 1)
    assert marks.count(ACKNOWLEDGED) == 2  # its kind, and the words of one mark
    assert "2026-11-20T09:00:00" in marks


async def test_ten_at_once_leave_one_mark(counter: Counter) -> None:
    """Whoever is first is named to the nine others."""
    ts = await counter.alert()
    presses = (counter.press("ack", message_ts=ts, user_id=f"U{n}") for n in range(10))
    replies = await asyncio.gather(*presses)
    told = {words(one) for one in replies if one is not None}
    ((_, owed),) = await marked(counter)

    assert (len([one for one in replies if one is None]), len(told), owed) == (1, 1, 1)


async def test_guests_are_refused(counter: Counter) -> None:
    """They can look, and are told so; the message stays as it is."""
    ts = await counter.alert()
    refused = await counter.press("ack", message_ts=ts, user_id="UGUEST")

    assert "Guests" in words(refused)
    assert await marked(counter) == [("[]", 0)]


@pytest.mark.parametrize("where", [{}, {"channel_id": "C2"}, {"team_id": "T2"}])
async def test_what_is_none_of_ours(counter: Counter, where: dict[str, str]) -> None:
    """An unknown timestamp, the right one in another channel, and in another workspace."""
    ts = await counter.alert()
    told = await counter.shortcut("alert_ack", message_ts=ts if where else "1.0", **where)

    assert "I know nothing of this message" in words(told)
    assert await marked(counter) == [("[]", 0)]


async def test_what_no_event_asked_for_needs_nobody(counter: Counter) -> None:
    """A notice of our own is a message, but nothing to look after."""
    await counter.store.outbox.enqueue(
        [Draft(team_id=TEAM, channel_id="C1", key="n", alert=Alert(title="Notice"))]
    )
    ts = await counter.say()
    told = await counter.shortcut("alert_ack", message_ts=ts)

    assert words(told) == "There is nothing to acknowledge here."
    assert await marked(counter) == [("[]", 0)]


async def test_a_reply_stands_for_its_alert(counter: Counter) -> None:
    """Acknowledged from within the thread, the message above shows it."""
    await counter.alert()
    (row,) = await rows(counter.store, "SELECT id, key FROM notifications")
    draft = Draft(
        team_id=TEAM, channel_id="C1", key="r", alert=Alert(title="More"), parent_key=row["key"]
    )
    await counter.store.outbox.enqueue([draft])
    ts = await counter.say()
    told = await counter.shortcut("alert_ack", message_ts=ts, thread_ts="1700000000.000001")
    found = await rows(counter.store, "SELECT parent_id, marks FROM notifications ORDER BY id")

    assert told is None
    assert [(one["parent_id"] is None, ACKNOWLEDGED in one["marks"]) for one in found] == [
        (True, True), (False, False),
    ]  # fmt: skip
