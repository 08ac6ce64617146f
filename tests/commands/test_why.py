"""Why a message is here, and why an event is not: the whole story, to those who may know."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.core.alerts import Alert
from bot.core.events import Subject, Webhook
from bot.core.notifications import Deferral, Draft, Lane, State
from bot.core.reasons import Reason
from bot.plugins import samples
from tests.commands.counter import Counter, buttons, scan_failed, words
from tests.store.making import PROOF, TEAM, break_in

EVENT = "evt_acme.example"


def link(ts: str, channel: str = "C1", host: str = "acme.slack.com", more: str = "") -> str:
    """Return the link that Slack copies of a message."""
    return f"https://{host}/archives/{channel}/p{ts.replace('.', '')}{more}"


async def ask(counter: Counter, way: str, ts: str, **more: str) -> str:
    """Ask about a message by one of the ways, and return the words of the answer."""
    match way:
        case "button":
            return words(await counter.press("why", message_ts=ts, **more))
        case "shortcut":
            return words(await counter.shortcut("alert_why", message_ts=ts, **more))
        case "link":
            return await counter.type(f"/alerts why <{link(ts)}>", **more)
        case "link in a thread":
            return await counter.type(f"/alerts why {link(ts, more=f'?thread_ts={ts}&cid=C1')}")
        case _:
            return await counter.type(f"/alerts why {EVENT}")


WAYS = ["button", "shortcut", "link", "link in a thread", "event"]


@pytest.mark.parametrize("way", WAYS)
async def test_the_whole_story_of_a_message(counter: Counter, way: str) -> None:
    """Its proof with the fingerprint, who subscribed, and what became of it; every way alike."""
    ts = await counter.alert()
    told = await ask(counter, way, ts)

    for part in (
        "Scan of acme.example failed",
        "SurfacedBy sent it as scan.failed, received 2026-11-20 09:00 UTC.",
        f"Event {EVENT}",
        f"Its origin was proven by {PROOF.scheme} with key {PROOF.fingerprint}, text.",
        "Subscription 1 (SurfacedBy), made by @U1 2026-11-20 09:00 UTC wants it.",
        "Said after 1 try, 2026-11-20 09:00 UTC",
        "tocsin deliveries --event 1",
    ):
        assert part in told, part


async def test_every_try_is_told(counter: Counter) -> None:
    """A message that needed several shows each with its reason."""
    await counter.follow()
    await counter.arrive(scan_failed())
    lane = Lane(TEAM, "C1")
    claimed = await counter.store.outbox.claim(lane, counter.clock())
    assert claimed is not None
    later = counter.clock() + timedelta(seconds=5)
    deferral = Deferral(state=State.PENDING, at=later, reason=Reason.SERVER, detail="HTTP 503")
    await counter.store.outbox.defer(claimed, deferral)
    counter.clock.forward(5)
    told = await ask(counter, "event", "")
    await counter.say()
    after = await ask(counter, "event", "")

    assert "Pending (" in told
    assert "Said after 2 tries" in after
    assert "HTTP 503" in after


async def test_a_link_to_another_public_channel(counter: Counter) -> None:
    """It is told what that channel follows."""
    ts = await counter.alert(channel="C2")
    told = await counter.type(f"/alerts why {link(ts, 'C2')}")

    assert "Subscription 1 (SurfacedBy), made by @U1" in told
    assert "Said after 1 try, 2026" in told


@pytest.mark.parametrize("channel", ["G1", "CNOWHERE"])
async def test_a_link_to_a_private_channel_is_refused(counter: Counter, channel: str) -> None:
    """Also of a message that is ours, unless it is asked there; nothing of it is told."""
    ts = await counter.alert(channel=channel)
    told = await counter.type(f"/alerts why {link(ts, channel)}")
    there = await counter.type(f"/alerts why {link(ts, channel)}", channel_id=channel)

    assert told == "That channel is private; ask in the channel itself."
    assert "Scan of acme.example failed" in there


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (link("1.5"), "neither a link to a message nor an event"),  # no timestamp of Slack's
        (link("1700000000.999999"), "I know nothing of this message"),
        (link("1700000000.000001", "C2"), "I know nothing of this message"),
        ("evt_nothing", "neither a link to a message nor an event that arrived"),
        ("https://evil.example/archives", "neither a link"),
        ("", "Which message?"),
    ],
)
async def test_what_is_not_known(counter: Counter, typed: str, said: str) -> None:
    """Neither messages of others, nor events that never came."""
    await counter.alert()

    assert said in await counter.type(f"/alerts why {typed}")


async def test_a_notice_of_ours_has_no_event(counter: Counter) -> None:
    """It is said so."""
    draft = Draft(team_id=TEAM, channel_id="C1", key="n", alert=Alert(title="Notice"))
    await counter.store.outbox.enqueue([draft])
    told = await counter.press("why", message_ts=await counter.say())

    assert words(told) == "This message is about Tocsin itself; no event asked for it."


@pytest.mark.parametrize("way", ["button", "shortcut", "link"])
async def test_another_workspace_is_told_nothing(counter: Counter, way: str) -> None:
    """The same channel and timestamp of another workspace are another message."""
    ts = await counter.alert()
    told = await ask(counter, way, ts, team_id="T2")

    assert "I know nothing of this message" in told


async def test_an_event_tells_another_workspace_no_channel(counter: Counter) -> None:
    """It may follow the same source, but hears nothing of who else does."""
    await counter.alert()
    told = await counter.type(f"/alerts why {EVENT}", team_id="T2", user_id="U9")

    assert "This channel follows nothing." in told
    assert "It brought no message to this channel." in told
    assert "U1" not in told


async def test_muted(counter: Counter) -> None:
    """What was kept quiet says so, and who keeps such events quiet now, and until when."""
    await counter.follow()
    await counter.type("/alerts mute 2h", user_id="U2")
    await counter.arrive(scan_failed())
    told = await ask(counter, "event", "")
    counter.clock.forward(2 * 3600 + 1)
    later = await ask(counter, "event", "")

    assert "Such events are muted here now, by @U2, until 2026-11-20 11:00 UTC." in told
    assert "Kept quiet, because it was muted here" in told
    assert "muted here now" not in later
    assert "Kept quiet, because it was muted here" in later


async def test_on_hold(counter: Counter) -> None:
    """A monitor that was put on hold is named as the cause."""
    monitor = await counter.monitor()
    await counter.type(f"/monitors pause {monitor.id}")
    body = json.loads(samples("parallel")["monitor.execution.failed"])
    body["data"]["monitor_id"] = monitor.id
    event = await counter.arrive(body, "parallel")
    told = await counter.type(f"/alerts why {event.id}")

    assert f"Kept quiet, because {monitor.id} was on hold" in told


@pytest.mark.parametrize(
    ("filter_words", "verdict"),
    [
        ("severity>=critical", "does not want it: severity>=critical: this was error."),
        ("type:answer.*", "does not want it: type:answer.*: this was scan.failed."),
        ("severity>=warning type:scan.*", "wants it: "),
        ("NOT domain:acme.example", "does not want it: NOT domain:acme.example: this was"),
    ],
)
async def test_the_term_that_decided(counter: Counter, filter_words: str, verdict: str) -> None:
    """With what the event had there."""
    await counter.follow(words=filter_words)
    await counter.arrive(scan_failed())
    told = await ask(counter, "event", "")

    assert verdict in told
    assert ("It brought no message to this channel." in told) == ("not want" in verdict)


async def test_about_something_else(counter: Counter) -> None:
    """A subscription of another thing does not want it, whatever its filter says."""
    await counter.follow(subject=Subject(kind="domain", id="other.example"))
    await counter.arrive(scan_failed())

    assert "does not want it: it is about something else." in await ask(counter, "event", "")


async def test_who_follows_nothing_is_told_so(counter: Counter) -> None:
    """The event is told all the same."""
    await counter.follow("C2")
    await counter.arrive(scan_failed())
    told = await ask(counter, "event", "")

    assert "This channel follows nothing." in told
    assert "U1" not in told


async def test_what_nobody_can_read(counter: Counter) -> None:
    """The proof is told, what was not understood, and nothing is guessed."""
    raw = Webhook(source="surfacedby", body=b"[1, 2]", received_at=counter.clock())
    await counter.store.inbox.accept(raw, PROOF, [], unreadable="no object")
    found = await counter.store.stories.of_row(TEAM, 1)
    assert found is not None
    told = await counter.type(f"/alerts why {found.key}")

    assert "No reader here finds the event in what was sent." in told
    assert "It was not routed: unreadable" in told
    assert f"key {PROOF.fingerprint}" in told


async def test_a_body_that_changed_is_told(counter: Counter) -> None:
    """A damaged disk is not taken for the sender's words."""
    ts = await counter.alert()
    await break_in(counter.store, "UPDATE bodies SET raw = CAST(raw || ' ' AS BLOB)")

    assert "its digest differs" in await ask(counter, "button", ts)


async def test_another_body_under_the_same_id_is_told(counter: Counter) -> None:
    """The first counts; that there was another is seen here."""
    ts = await counter.alert()
    other = scan_failed("other.example", event_id=EVENT)
    webhook = Webhook(
        source="surfacedby", body=json.dumps(other).encode(), received_at=counter.clock()
    )
    event = await counter.arrive(scan_failed())
    await counter.store.inbox.accept(webhook, PROOF, [event], unreadable=None)

    assert "1 more came with the same id and another body." in await ask(counter, "button", ts)


async def test_from_home_only_channels_of_the_person_are_told(counter: Counter) -> None:
    """An event that a private channel hears too is told as the person's own channel has it."""
    await counter.follow("AG1", created_by="U2", words="type:scan.* secret:plan")
    await counter.follow("G1", created_by="U2", words="type:scan.* OR secret:plan")
    await counter.follow("C1")
    await counter.arrive(scan_failed())
    told = words(await counter.press("why.event", "1", channel_id=""))
    counter.directory.rooms["U3"] = {"C2"}
    stranger = words(await counter.press("why.event", "1", channel_id="", user_id="U3"))

    assert "made by @U1" in told
    assert "U2" not in told
    assert "plan" not in told
    assert stranger == "I know nothing of it any more."


@pytest.mark.parametrize("value", ["", "x", "0", "7", "9" * 30, "9" * 5_000])
async def test_a_button_about_nothing(counter: Counter, value: str) -> None:
    """What was cleaned up meanwhile is no error of the program."""
    told = await counter.press("why.event", value)

    assert words(told) == "I know nothing of it any more."
    assert not list(buttons(told))
