"""Quiet by words, by button and by form: about what, until when, and its end told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.commands.mute_words import ended
from bot.core.forms import Form
from bot.core.marks import MUTED
from bot.core.mutes import Mute
from tests.commands.counter import Counter, Values, buttons, scan_failed, untouched, words
from tests.store.making import TEAM, rows

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SITE = ("surfacedby", "domain", "acme.example")


async def muted(counter: Counter, channel: str = "C1") -> list[Mute]:
    """Return what is quiet in a channel now."""
    return list(await counter.store.mutes.list(TEAM, channel, counter.clock()))


def about(mute: Mute) -> tuple[int, str, str, str]:
    """Return what a mute is about."""
    kind, subject_id = (mute.subject.kind, mute.subject.id) if mute.subject else ("", "")
    return mute.subscription_id, mute.source, kind, subject_id


WORDS: list[tuple[str, tuple[int, str, str, str], timedelta]] = [
    ("2h", (0, "", "", ""), 2 * HOUR),
    ("all 30m", (0, "", "", ""), HOUR / 2),
    ("for 90 min", (0, "", "", ""), 1.5 * HOUR),
    ("day", (0, "", "", ""), DAY),
    ("1 1d", (1, "", "", ""), DAY),
    ("#1 2 days", (1, "", "", ""), 2 * DAY),
    ("MONITOR 1d", (0, "parallel", "monitor", "MONITOR"), DAY),
    ("TAIL for 1 week", (0, "parallel", "monitor", "MONITOR"), 7 * DAY),
    ("deck agent agt_x 2h", (0, "deck", "agent", "agt_x"), 2 * HOUR),
    ("SurfacedBy Domain “Acme Inc” 2h", (0, "surfacedby", "domain", "Acme Inc"), 2 * HOUR),
]


@pytest.mark.parametrize(("typed", "what", "length"), WORDS)
async def test_words_say_what_and_how_long(
    counter: Counter, typed: str, what: tuple[int, str, str, str], length: timedelta
) -> None:
    """Everything, a subscription by number, a monitor by part of its id, a thing by its kind."""
    await counter.follow()
    monitor = (await counter.monitor()).id
    line = typed.replace("MONITOR", monitor).replace("TAIL", monitor[:12])
    told = await counter.type(f"/alerts mute {line}")
    (one,) = await muted(counter)

    assert told.startswith("Quiet here")
    assert about(one) == tuple(monitor if part == "MONITOR" else part for part in what)
    assert (one.until, one.by) == (counter.clock() + length, "U1")


REFUSED = [
    ("", "For how long?"),
    ("soon", "“soon” is no length of time"),
    ("2h30m", "“2h30m” is no length of time"),
    ("0m", "“0m” is not possible"),
    ("91d", "“91d” is not possible"),
    ("91 days", "“91 days” is not possible"),
    ("1 91 days", "“91 days” is not possible"),
    ("3000 hours", "“3000 hours” is not possible"),
    ("99 2h", "no subscription 99"),
    ("2 2h", "no subscription 2"),
    ("deck 2h", "“deck” is no monitor that I know"),
    ("deck agent 2h", "“agent” is one word too many"),
    ("deck banana x 2h", "is no source that has such a thing"),
    ("lytix agent x 2h", "is no source that has such a thing"),
    ("a b c d 2h", "“b” is one word too many"),
]


@pytest.mark.parametrize(("typed", "said"), REFUSED)
async def test_what_is_not_understood_mutes_nothing(
    counter: Counter, typed: str, said: str
) -> None:
    """It is said what was wrong; subscription 2 is another channel's, and 91 is no number here."""
    await counter.follow()
    await counter.follow("C2")
    told = await counter.type(f"/alerts mute {typed}")

    assert said in told
    assert await muted(counter) == []
    assert await muted(counter, "C2") == []


async def test_a_caret_points_at_nonsense(counter: Counter) -> None:
    """Under the word that is no length of time."""
    told = await counter.type("/alerts mute deck agent x soon")
    *_, shown, carets = told.splitlines()

    assert shown == "/alerts mute deck agent x soon"
    assert carets.rstrip() == " " * (len(shown) - 4) + "^^^^"


@pytest.mark.parametrize(
    ("typed", "left"),
    [("", 0), ("all", 0), ("1", 2), ("surfacedby domain acme.example", 2), ("deck agent x", 3)],
)
async def test_unmuted_by_words(counter: Counter, typed: str, left: int) -> None:
    """Everything of the channel, or what the words name; what was not muted is said so."""
    await counter.follow()
    for line in ("2h", "1 1d", "surfacedby domain acme.example 3h"):
        await counter.type(f"/alerts mute {line}")
    told = await counter.type(f"/alerts unmute {typed}")

    assert len(await muted(counter)) == left
    assert told.count("No longer muted") == 3 - left
    assert ("Nothing of that is muted here." in told) == (left == 3)


@pytest.mark.parametrize(("value", "length"), [("1h", HOUR), ("1d", DAY)])
async def test_a_press_mutes_what_the_alert_is_about(
    counter: Counter, value: str, length: timedelta
) -> None:
    """The message shows it; the same thing is quiet, and another thing is heard."""
    ts = await counter.alert()
    assert await counter.press("mute", value, message_ts=ts) is None
    (one,) = await muted(counter)
    (mark,) = (await counter.store.messages.find(TEAM, "C1", ts)).marks  # type: ignore[union-attr]
    await counter.arrive(scan_failed(event_id="evt_again"))
    await counter.arrive(scan_failed("other.example"))
    states = await rows(
        counter.store, "SELECT state FROM notifications WHERE event_id > 1 ORDER BY event_id"
    )

    assert one.until == counter.clock() + length
    assert (mark.kind, mark.by, mark.until) == (MUTED, "U1", one.until)
    assert about(one) == (0, *SITE)
    assert [row["state"] for row in states] == ["skipped", "pending"]


async def opened(counter: Counter, **more: Any) -> tuple[str, Form]:
    """Return the timestamp of an alert, and the form that asks what to mute."""
    ts = await counter.alert()
    shown = await counter.press("mute.until", message_ts=ts, **more)
    assert isinstance(shown, Form)
    return ts, shown


async def test_the_form_offers_every_way_to_aim(counter: Counter) -> None:
    """Each thing that the alert is about, its subscription, and everything; the first is chosen."""
    _, shown = await opened(counter)
    what, until = shown.inputs
    labels = [one.label for one in what.choices]

    assert labels == [
        "SurfacedBy · domain acme.example", "SurfacedBy · workspace northwind", "subscription 1",
        "everything in this channel",
    ]  # fmt: skip
    assert what.value == what.choices[0].value
    assert int(str(until.value)) == int(counter.clock().timestamp()) + 4 * 3600
    assert len({one.value for one in what.choices}) == len(what.choices)


async def test_nobody_s_address_is_offered(counter: Counter) -> None:
    """What is muted is said in the channel, so no id that may name a person is a choice."""
    await counter.follow(source="deck", words="type:*")
    body = {"id": "evt_1", "type": "task_run.failed", "created_at": "2026-11-20T06:09:40Z"}
    data = {"object": "task_run", "id": "run_1", "task_id": "tsk_1", "external_id": "ada@acme.org"}
    event = await counter.arrive({**body, "data": data}, "deck")
    shown = await counter.press("mute.until", message_ts=await counter.say())
    assert isinstance(shown, Form)
    choices = [f"{one.value} {one.label}" for one in shown.inputs[0].choices]

    assert any("ada@acme.org" in one.id for one in event.subjects)
    assert any("tsk_1" in one for one in choices)
    assert not any("ada@acme.org" in one for one in choices)


async def test_each_choice_of_the_form_mutes_that(counter: Counter) -> None:
    """What is chosen is what is muted, until the moment that is chosen."""
    _, shown = await opened(counter)
    choices = shown.inputs[0].choices
    until = counter.clock() + timedelta(hours=30)
    for number, one in enumerate(choices):
        values = {"what": one.value, "until": str(int(until.timestamp()))}
        told = await counter.submit(shown, values)
        assert words(told).startswith("Quiet here"), one.label
        assert len(await muted(counter)) == number + 1
    found = {about(one) for one in await muted(counter)}

    assert (1, "", "", "") in found
    assert (0, "", "", "") in found
    assert {one.until for one in await muted(counter)} == {until}


@pytest.mark.parametrize(
    ("moment", "kept"),
    [(timedelta(0), False), (-HOUR, False), (90 * DAY + HOUR, False), (90 * DAY, True)],
)
async def test_the_moment_is_in_the_next_ninety_days(
    counter: Counter, moment: timedelta, kept: bool
) -> None:
    """Another is refused where the person looks, and nothing is muted."""
    ts, shown = await opened(counter)
    until = str(int((counter.clock() + moment).timestamp()))
    told = words(await counter.submit(shown, {"until": until}))
    found = await counter.store.messages.find(TEAM, "C1", ts)

    assert (len(await muted(counter)) == 1) is kept
    assert ("next 90 days" in told) is not kept
    assert found is not None
    assert (found.marks != ()) is kept


async def test_no_moment_is_said_at_the_field(counter: Counter) -> None:
    """Before anything is done."""
    _, shown = await opened(counter)
    values: Values = {**untouched(shown), "until": ""}
    mistakes = counter.commands.mistakes(counter.filled(shown, values))

    assert mistakes == {"until": "Choose a day and a time."}


async def test_the_button_unmutes_once(counter: Counter) -> None:
    """The count of what was kept is told; pressed again it says that it is over."""
    await counter.follow()
    reply = await counter.run(counter.request("command", "alerts", text="mute 2h"))
    (button,) = buttons(reply)
    await counter.arrive(scan_failed())
    first = await counter.press(button.act, button.value)
    again = await counter.press(button.act, button.value)

    assert "No longer muted: everything in this channel. 1 alert kept quiet." in words(first)
    assert words(again) == "It is not muted now."
    assert await muted(counter) == []


@pytest.mark.parametrize("value", ["", "x", "0", "99", "9" * 30, "9" * 5_000, "²"])
async def test_an_unmute_of_nothing(counter: Counter, value: str) -> None:
    """Whatever number comes back, it is answered."""
    assert words(await counter.press("unmute", value)) == "It is not muted now."


async def test_who_left_the_channel_does_not_unmute_it(counter: Counter) -> None:
    """A button of the Home tab may be older than that."""
    await counter.type("/alerts mute 2h")
    (one,) = await muted(counter)
    counter.directory.rooms["U2"] = {"C2"}
    told = words(await counter.press("unmute", str(one.id), user_id="U2", channel_id=""))

    assert "You are not in that channel any more." in told
    assert await muted(counter) == [one]


@pytest.mark.parametrize("way", ["words", "button"])
async def test_ended_by_hand_no_message_says_that_it_lasts(counter: Counter, way: str) -> None:
    """Its mark goes from every message of the channel; what else they show stays."""
    first = await counter.alert()
    second = await counter.alert("other.example")
    shown = await counter.press("mute.until", message_ts=second)
    assert isinstance(shown, Form)
    everything = shown.inputs[0].choices[-1].value
    await counter.press("ack", message_ts=first)
    await counter.press("mute", "1h", message_ts=first)
    told = await counter.submit(shown, {"what": everything})
    if way == "words":
        await counter.type("/alerts unmute all")
    else:
        (button,) = buttons(told)
        await counter.press(button.act, button.value)
    found = [await counter.store.messages.find(TEAM, "C1", ts) for ts in (first, second)]
    owed = await rows(counter.store, "SELECT revision - shown AS owed FROM notifications")

    left = {"words": [["acknowledged"], []], "button": [["acknowledged", MUTED], []]}
    assert [[mark.kind for mark in one.marks] for one in found if one] == left[way]
    assert all(row["owed"] for row in owed)


async def test_what_ended_by_itself_stays_as_it_was_said(counter: Counter) -> None:
    """Until when it was quiet is true still, and nothing has to be edited for it."""
    ts = await counter.alert()
    await counter.press("mute", "1h", message_ts=ts)
    counter.clock.forward(3600)
    await counter.commands.muting.end_due()
    found = await counter.store.messages.find(TEAM, "C1", ts)

    assert found is not None
    assert [mark.kind for mark in found.marks] == [MUTED]


async def test_its_end_is_said_once_with_the_count(counter: Counter) -> None:
    """Not before its time; whoever ends it twice says it once."""
    await counter.follow()
    await counter.type("/alerts mute 1h")
    await counter.arrive(scan_failed())
    assert await counter.commands.muting.end_due() == 0
    counter.clock.forward(3600)
    ends = [await counter.commands.muting.end_due() for _ in range(3)]
    told = await rows(counter.store, "SELECT alert FROM notifications WHERE state = 'pending'")

    assert ends == [1, 0, 0]
    assert len(told) == 1
    assert "No longer muted: everything in this channel" in told[0]["alert"]
    assert "1 alert kept quiet." in told[0]["alert"]


async def test_prolonged_while_it_ends_it_goes_on(counter: Counter) -> None:
    """Whoever mutes again between the look and the end is heard: nothing ends."""
    await counter.type("/alerts mute 1h")
    counter.clock.forward(3600)
    ((due, _),) = await counter.store.mutes.ended(counter.clock())
    await counter.type("/alerts mute 2h")
    removed = await counter.store.mutes.remove(due.id, ended(due, 0, {}), counter.clock())

    assert removed is False
    assert len(await muted(counter)) == 1
    assert await rows(counter.store, "SELECT * FROM notifications") == []


async def test_a_mute_after_another_counts_its_own(counter: Counter) -> None:
    """What the first kept back is not told at the end of the second."""
    await counter.follow()
    await counter.type("/alerts mute 1h")
    await counter.arrive(scan_failed())
    await counter.type("/alerts unmute")
    await counter.type("/alerts mute 1h")

    assert "Nothing was kept quiet." in await counter.type("/alerts unmute")


async def test_the_same_press_twice_is_once(counter: Counter) -> None:
    """Done again after a crash, it ends when it first said, and is edited once."""
    ts = await counter.alert()
    request = counter.request("press", "mute", text="1h", message_ts=ts)
    await counter.run(request)
    counter.clock.forward(30)
    await counter.run(request.model_copy(update={"attempts": 2}))
    (one,) = await muted(counter)
    (row,) = await rows(counter.store, "SELECT revision - shown AS owed FROM notifications")

    assert one.until == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert row["owed"] == 1
