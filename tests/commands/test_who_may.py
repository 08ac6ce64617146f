"""Whoever presses: every deed that changes something is done, or refused in private."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.core.answers import Answer
from bot.core.forms import Form, Reply
from tests.commands.counter import Counter, words
from tests.store.making import TEAM

MODAL = "tocsin-1"
Deed = Callable[["Place", str, str], Awaitable[Reply | None]]


class Place:
    """A channel where everything is that can be acted on; U1 made it."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.ts = ""
        self.monitor = ""
        self.mute = ""

    async def furnish(self) -> None:
        """Put an alert, a subscription, a monitor and a mute there."""
        counter = self.counter
        self.ts = await counter.alert()
        self.monitor = (await counter.monitor()).id
        await counter.type("/alerts mute surfacedby domain quiet.example 2h")
        (mute,) = await counter.store.mutes.list(TEAM, "C1", counter.clock())
        self.mute = str(mute.id)

    async def typed(self, text: str, who: str, team: str) -> Reply | None:
        """Type a command."""
        name, _, rest = text.partition(" ")
        request = self.counter.request(
            "command", name, text=rest.replace("M", self.monitor), user_id=who, team_id=team
        )
        return await self.counter.run(request)

    async def pressed(self, act: str, value: str, who: str, team: str) -> Reply | None:
        """Press a button, and if that opens a form, submit it as it stands."""
        counter, more = self.counter, {"user_id": who, "team_id": team}
        reply = await counter.press(act, value, message_ts=self.ts, view=MODAL, **more)
        return await self._submitted(reply, more)

    async def chosen(self, name: str, who: str, team: str) -> Reply | None:
        """Use a shortcut, and if that opens a form, submit it as it stands."""
        more = {"user_id": who, "team_id": team}
        reply = await self.counter.shortcut(name, message_ts=self.ts, **more)
        return await self._submitted(reply, more)

    async def filled(
        self, name: str, context: str, values: dict[str, str], who: str, team: str
    ) -> Reply | None:
        """Submit a form that was opened by somebody who might."""
        request = self.counter.request(
            "form", name, context=context, values=values, user_id=who, team_id=team
        )
        return await self.counter.run(request)

    async def _submitted(self, reply: Reply | None, more: dict[str, str]) -> Reply | None:
        if isinstance(reply, Form) and reply.submit:
            return await self.counter.submit(reply, {}, **more)
        return reply


def words_typed(text: str) -> Deed:
    """Return the deed of typing a command, in which M is the monitor."""
    return lambda place, who, team: place.typed(text, who, team)


def button(act: str, attribute: str = "", value: str = "") -> Deed:
    """Return the deed of pressing a button about something of the place."""

    def deed(place: Place, who: str, team: str) -> Awaitable[Reply | None]:
        return place.pressed(act, getattr(place, attribute) if attribute else value, who, team)

    return deed


def shortcut(name: str) -> Deed:
    """Return the deed of using a shortcut on the alert."""
    return lambda place, who, team: place.chosen(name, who, team)


def form(name: str, attribute: str = "", context: str = "", **values: str) -> Deed:
    """Return the deed of submitting a form."""

    def deed(place: Place, who: str, team: str) -> Awaitable[Reply | None]:
        kept = getattr(place, attribute) if attribute else context
        return place.filled(name, kept, values, who, team)

    return deed


EVERY_MEMBER_S: dict[str, Deed] = {
    "acknowledge": button("ack"),
    "acknowledge by shortcut": shortcut("alert_ack"),
    "mute for an hour": button("mute", value="1h"),
    "mute by form": button("mute.until"),
    "mute by shortcut": shortcut("alert_mute"),
    "mute by words": words_typed("alerts mute 2h"),
    "unmute": button("unmute", "mute"),
    "unmute by words": words_typed("alerts unmute"),
    "subscribe": form("alerts.subscribe", source="lytics"),
    "subscribe by words": words_typed("alerts subscribe lytics"),
    "edit": form("alerts.edit", context="1", filter="type:*"),
    "edit by words": words_typed("alerts edit 1 size:full"),
    "stop": button("alerts.stop", value="1"),
    "stop by words": words_typed("alerts unsubscribe 1"),
    "test": words_typed("alerts test 1"),
    "make a monitor": form("monitor.create", query="Acme", every="1d", processor="lite"),
    "make a monitor by words": words_typed("monitors create Acme again"),
}
ITS_CREATOR_S: dict[str, Deed] = {
    "run": button("parallel.run", "monitor"),
    "run by words": words_typed("monitors run M"),
    "pause": button("parallel.pause", "monitor"),
    "slow": form("parallel.pause", "monitor", how="slow"),
    "halt": form("parallel.pause", "monitor", how="stop"),
    "pause by words": words_typed("monitors pause M"),
    "cancel": button("parallel.cancel", "monitor"),
    "cancel by words": words_typed("monitors cancel M confirm"),
    "change": form("monitor.edit", "monitor", query="Acme!", every="1d", processor="base"),
    "change by words": words_typed("monitors edit M every 1d"),
}
DEEDS = EVERY_MEMBER_S | ITS_CREATOR_S


@pytest.fixture
async def place(counter: Counter) -> Place:
    """Return a furnished place."""
    made = Place(counter)
    await made.furnish()
    return made


def _may(deed: str, who: str) -> bool:
    if who in {"UGUEST", "USTRANGER"}:
        return False
    return deed in EVERY_MEMBER_S or who != "U2"


@pytest.mark.parametrize("who", ["U1", "U2", "UADMIN", "UOPERATOR", "UGUEST", "USTRANGER"])
@pytest.mark.parametrize("deed", DEEDS)
async def test_done_or_refused(place: Place, deed: str, who: str) -> None:
    """Channels are every full member's; a monitor is its creator's and the admins'."""
    before = await place.counter.state()
    reply = await DEEDS[deed](place, who, TEAM)
    after = await place.counter.state()
    said = words(reply)

    assert (after != before) is _may(deed, who), said
    assert reply is None or isinstance(reply, Answer | Form)
    if not _may(deed, who):
        assert ("Only @U1, who made it" if who == "U2" else "Guests and people of other") in said


@pytest.mark.parametrize("who", ["U1", "UADMIN", "UOPERATOR", "U2"])
async def test_resume(place: Place, who: str) -> None:
    """What is on hold speaks again for whoever might have put it there."""
    await place.counter.type(f"/monitors pause {place.monitor}")
    before = await place.counter.state()
    told = words(await place.counter.press("parallel.resume", place.monitor, user_id=who))

    assert ((await place.counter.state()) != before) is (who != "U2")
    assert ("Only @U1" in told) is (who == "U2")


@pytest.mark.parametrize("who", ["U1", "U9", "UADMIN"])
@pytest.mark.parametrize("deed", [*DEEDS, "resume"])
async def test_another_workspace_touches_nothing(place: Place, deed: str, who: str) -> None:
    """Not by the same ids, nor as an admin there, nor with the same id of a person."""
    if deed == "resume":
        await place.counter.type(f"/monitors pause {place.monitor}")
    before = await place.counter.state()
    calls = len(place.counter.api.updates), len(place.counter.api.triggered)
    do = DEEDS.get(deed) or button("parallel.resume", "monitor")
    reply = await do(place, who, "T2")
    *ours, monitors, triggered = await place.counter.state()
    *then, existed, ran = before
    made = {name for name in monitors if name not in existed}

    assert ours == then, words(reply)
    assert {name: monitors[name] for name in existed} == existed
    assert triggered == ran
    assert (len(place.counter.api.updates), len(place.counter.api.triggered)) == calls
    assert len(made) == ("make a monitor" in deed)
