"""The Home tab: what a person's own channels hear, how they fare, and buttons that work."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.answers import Button
from bot.core.events import Subject
from bot.core.forms import Form, Home, Reply
from bot.core.notifications import Lane
from bot.core.reasons import Reason
from bot.core.requests import HOME
from bot.slack.forms import home_view
from bot.slack.limits import view_problems
from tests.commands.counter import Counter, buttons, scan_failed, words
from tests.store.making import TEAM, break_in, rows

MODAL = "tocsin-1"


async def opened(counter: Counter, user: str = "U1") -> Home:
    """Open the tab and return what it shows, which Slack must take."""
    reply = await counter.run(
        counter.request(
            "event", "app_home_opened", user_id=user, channel_id="D1", payload={"tab": "home"}
        )
    )
    return shown(reply)


def shown(reply: Reply | None) -> Home:
    """Return a reply as the Home tab that it is."""
    assert isinstance(reply, Home)
    assert view_problems(home_view(reply)) == []
    return reply


async def pressed(counter: Counter, button: Button, user: str = "U1") -> Home:
    """Press a button of the tab and return the tab that answers."""
    more = {"user_id": user, "channel_id": "", "view": HOME}
    return shown(await counter.press(button.act, button.value, **more))


def named(home: Home, label: str) -> Button:
    """Return the first button with a label."""
    return next(one for one in buttons(home) if one.label == label)


async def test_the_messages_tab_is_not_ours(counter: Counter) -> None:
    """Opening it does nothing; neither does an event that does not say which tab it was."""
    for payload in ({"tab": "messages"}, {}):
        request = counter.request("event", "app_home_opened", channel_id="D1", payload=payload)
        assert await counter.run(request) is None
    assert counter.api.calls == []


async def test_nothing_yet(counter: Counter) -> None:
    """It says how to begin, and what can be begun from here."""
    home = await opened(counter)

    assert "hears anything yet" in words(home)
    assert [one.label for one in buttons(home)] == ["Subscribe a channel", "New web monitor"]


async def test_only_channels_that_the_person_is_in(counter: Counter) -> None:
    """Of a private channel of others not even the name, nor its mutes and failures."""
    await counter.follow("C1", words="type:scan.open")
    await counter.follow("G1", words="type:secret.plan")
    counter.clock.forward(1)
    await counter.type("/alerts mute deck agent secret 2h", channel_id="G1")
    counter.directory.rooms = {"U1": {"C1"}, "U2": {"C1", "G1"}}
    mine, theirs = words(await opened(counter)), words(await opened(counter, "U2"))

    assert "scan.open" in mine
    assert not any(one in mine for one in ("G1", "secret"))
    assert all(one in theirs for one in ("G1", "secret.plan", "agent secret"))


async def test_another_workspace_sees_nothing_of_ours(counter: Counter) -> None:
    """Though it asks under the same ids of channels and people."""
    await counter.follow("C1", words="type:scan.open")
    made = await counter.monitor()
    counter.api.monitors.clear()
    request = counter.request(
        "event", "app_home_opened", team_id="T2", channel_id="D1", payload={"tab": "home"}
    )
    told = words(shown(await counter.run(request)))

    assert "scan.open" not in told
    assert made.id not in told


async def test_a_channel_that_takes_nothing_is_tried_again(counter: Counter) -> None:
    """What is kept back is counted, and the button lets it go."""
    await counter.follow()
    await counter.arrive(scan_failed())
    await break_in(counter.store, "UPDATE notifications SET state = 'held'")
    home = await opened(counter)
    after = await pressed(counter, named(home, "Try again"))
    first, *_ = after.parts
    (row,) = await rows(counter.store, "SELECT state FROM notifications")

    assert "Needs you: 1 kept back" in words(home)
    assert row["state"] == "pending"
    assert "1 waiting" in "".join(span.text for one in first.lines for span in one.spans)
    assert "Needs you" not in words(after)


async def test_what_was_given_up_tells_why(counter: Counter) -> None:
    """For seven days, with a button that tells its story in a modal."""
    await counter.follow()
    await counter.arrive(scan_failed())
    claimed = await counter.store.outbox.claim(Lane(TEAM, "C1"), counter.clock())
    assert claimed is not None
    await counter.store.outbox.end(claimed, Reason.INVALID, "no_text")
    home = await opened(counter)
    why = named(home, "Why?")
    told = await counter.press(why.act, why.value, channel_id="", view="tocsin-1")
    counter.clock.now += timedelta(days=8)
    later = await opened(counter)

    assert "Scan of acme.example failed — " in words(home)
    assert "Given up" in words(told)
    assert not isinstance(told, Home)
    assert "Given up" not in words(later)


async def test_every_button_answers_with_a_new_tab(counter: Counter) -> None:
    """With what was done on top; those that open a form or a page do that instead."""
    await counter.follow()
    await counter.monitor()
    await counter.type("/alerts mute 2h")
    home = await opened(counter)
    opening = {
        one.act: counter.commands.opening(
            counter.request("press", one.act, text=one.value, view=HOME)
        )
        for one in buttons(home)
    }
    seen = set()
    for one in buttons(home):
        view = "tocsin-1" if opening[one.act] else HOME
        reply = await counter.press(one.act, one.value, channel_id="", view=view)
        seen.add(one.act)
        assert isinstance(reply, Form if opening[one.act] else Home), one
        if not opening[one.act]:
            after = shown(reply)
            assert after.parts[0].lines != home.parts[0].lines, one
            assert after.parts[1].heading == "Tocsin", one

    assert seen == {
        "alerts.open", "parallel.create", "alerts.change", "alerts.stop", "unmute",
        "parallel.run", "parallel.pause", "parallel.edit", "parallel.cancel",
    }  # fmt: skip


async def test_what_a_form_changed_is_seen_on_the_tab(counter: Counter) -> None:
    """It is drawn anew once the form is done, for who filled it in, and once if done again."""
    home = await opened(counter)
    form = await counter.press(named(home, "Subscribe a channel").act, channel_id="", view=MODAL)
    assert isinstance(form, Form)
    request = counter.filled(form, {"channel": "C2"}, channel_id="", user_id="U2")
    await counter.run(request)
    await counter.run(request.model_copy(update={"attempts": 2}))
    (request,) = await counter.store.requests.claim(counter.clock(), 10)
    drawn = shown(await counter.run(request))

    assert request.user_id == "U2"
    assert "#C2" not in words(home)
    assert "#C2 — " in words(drawn)


async def test_a_form_that_comes_back_leaves_the_tab_alone(counter: Counter) -> None:
    """Nothing was changed; neither is there a tab to draw behind a form of a channel."""
    form = await counter.press("alerts.open", channel_id="", view=MODAL)
    refused = await counter.submit(form, {"channel": "COLD"}, channel_id="")
    there = await counter.press("alerts.open", view=MODAL)
    await counter.submit(there, {})

    assert isinstance(refused, Form)
    assert await counter.store.requests.claim(counter.clock(), 10) == []


async def test_a_refusal_is_told_on_the_tab(counter: Counter) -> None:
    """A guest who presses sees why nothing happened, where they pressed."""
    await counter.follow()
    home = await opened(counter, "UGUEST")
    after = await pressed(counter, named(home, "Stop"), "UGUEST")

    assert "Guests" in "".join(span.text for span in after.parts[0].lines[0].spans)
    assert len(await counter.store.subscriptions.list(TEAM)) == 1


async def test_who_left_releases_nothing(counter: Counter) -> None:
    """An old tab is no way into a channel."""
    await counter.follow()
    counter.directory.rooms["U1"] = {"C2"}
    button = Button(label="Try again", act="channel.release", value="C1")

    assert "You are not in that channel any more." in words(await pressed(counter, button))


async def test_parallel_away_costs_the_monitors_only(counter: Counter) -> None:
    """The rest of the tab is shown, and that it is from memory is said."""
    made = await counter.monitor()
    counter.api.errors["list"] = [Reason.SERVER]
    told = words(await opened(counter))

    assert "So this is what I remember." in told
    assert made.id in told


@pytest.mark.parametrize("channels", [3, 40])
async def test_a_busy_workspace_fits(counter: Counter, channels: int) -> None:
    """However much there is, Slack takes the tab, and it says that there is more."""
    names = [f"C{number:02d}" for number in range(channels)]
    counter.directory.rooms["U1"] = set(names)
    for name in names:
        for number in range(120 // channels):
            subject = Subject(kind="domain", id=f"{'long-' * 12}{number}.example")
            await counter.follow(name, subject=subject, words="severity>=error OR type:scan.*")
        for number in range(3):
            await counter.type(f"/alerts mute deck agent a{number} 2h", channel_id=name)
    for number in range(15):
        counter.api.add(f"monitor_{number:032d}", query="Q" * 500)
    await counter.arrive(scan_failed(f"{'long-' * 12}0.example"))
    await break_in(counter.store, "UPDATE notifications SET state = 'dead', reason = 'invalid'")
    for number in range(3):
        await counter.arrive(scan_failed(f"{'long-' * 12}{number}.example", event_id=f"e{number}"))
    await break_in(counter.store, "UPDATE notifications SET state = 'held' WHERE state = 'pending'")
    home = await pressed(counter, Button(label="", act="alerts.stop", value="0"))
    told, drawn = words(home), home_view(Home(parts=home.parts))["blocks"]
    last = home.parts[-1].lines[0].spans

    assert len(drawn) <= 100
    assert drawn[-1] == home_view(Home(parts=home.parts[-1:]))["blocks"][-1]
    assert "".join(span.text for span in last) == "… and 7 more: /monitors list all"
    assert told.count("Quiet in ") == 4
    assert ("… and 30 more: /alerts list all" in told) is (channels == 40)
    assert "Given up in the last 7 days" in told
    assert "kept back" in told
