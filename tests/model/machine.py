"""The model: what people, sources, Slack and fate may do, and what must hold all the time."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)
from typing_extensions import override

from bot.core.notifications import Lane
from bot.core.patterns import matches
from bot.core.subscriptions import Subscription
from tests.model import deeds, promises
from tests.model.bot import Bot
from tests.model.files import empty_database, folder
from tests.model.runs import STAGES, order_of
from tests.pipeline.probe import MONITOR, Crash, Shelf, body, busy
from tests.pipeline.slack import FakeSlack
from tests.store.conftest import SetClock
from tests.store.making import TEAM


class Machine(RuleBasedStateMachine):
    """The bot, its world, and what it has promised."""

    sees: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.path = Path(tempfile.mkdtemp(dir=folder())) / "tocsin.db"
        shutil.copy(empty_database(), self.path)
        self.clock = SetClock()
        self.slack = FakeSlack(self.clock, sees=self.sees)
        self.shelf = Shelf()
        self.bot = Bot(self.path, self.clock, self.slack, self.shelf)
        self.acknowledged: dict[str, bytes] = {}
        self.follows: list[Subscription] = []
        self.owed: dict[str, set[str]] = {}
        self.due: dict[tuple[str, str], list[str]] = {}
        self.routed: list[promises.Told] = []

    # ---- what may happen

    @initialize(wish=deeds.wishes)
    def begin(self, wish: deeds.Wish) -> None:
        """Somebody hears everything from the beginning, and somebody something."""
        self.subscribe(deeds.EVERYTHING)
        self.people(wish)

    # One rule for all: of several, Hypothesis leaves some out of most lives, and a life
    # without webhooks tells nothing.
    @rule(deed=deeds.anything)
    def happens(self, deed: deeds.Deed) -> None:
        """Something happens."""
        match deed:
            case deeds.Arrivals():
                self.arrive(deed)
            case deeds.Wish():
                self.people(deed)
            case deeds.Work(ends=ends):
                self.work(ends)
            case deeds.Calls():
                self.deliver(deed)
            case deeds.Change():
                self.change(deed)

    def arrive(self, deed: deeds.Arrivals) -> None:
        """Take webhooks in, again, or with another body under a known id; let groups grow."""
        for back, kind, group, grown, at_s in deed.news:
            key = f"e{max(len(self.acknowledged) - back, 0)}"
            if kind == "found" and grown:
                members = self.shelf.members.setdefault(group, [])
                members.append(f"{group}-{len(members)}")
            raw = _body(key, kind, group, at_s)
            self.bot.take(raw)
            self.acknowledged.setdefault(key, raw)
        if deed.worked:
            self.work(deed.ends)

    def people(self, deed: deeds.Wish) -> None:
        """Let a channel wish to hear something, or have heard enough of it."""
        if deed.wanted is not None:
            self.subscribe(deed.wanted)
        elif len(self.follows) > 1:
            self.bot.unsubscribe(self.follows.pop(deed.which % len(self.follows)))

    def work(self, ends: str | None) -> None:
        """Route what waits, and read the groups that are due, or not."""
        self.route()
        errors: dict[str, BaseException] = {
            "busy": busy(),
            "bug": KeyError("shape"),
            "crash": Crash(),
        }
        self.shelf.trouble = [errors[ends]] if ends else []
        try:
            self.bot.read_groups()
        except Crash:
            self.restart()
        self.shelf.trouble = []

    def deliver(self, deed: deeds.Calls) -> None:
        """Let lanes do what is due, one thing after the other; Slack takes it as it likes."""
        lanes = self.bot.lanes()
        first = deed.which % max(len(lanes), 1)
        self.slack.moods.extend(deed.moods)
        try:
            for lane in lanes[first:] + lanes[:first]:
                self._work_in(lane)
        except Crash:
            self.restart()
        self.slack.moods.clear()

    def change(self, deed: deeds.Change) -> None:
        """Turn Slack against us, or make it well again; let time go by; end the process."""
        match deed.what.split():
            case ["token"]:
                self.slack.revoked = not self.slack.revoked
            case ["channel"] if deed.channel in self.slack.closed:
                self.slack.closed.discard(deed.channel)
                self.bot.release(Lane(TEAM, deed.channel))
            case ["channel"]:
                self.slack.closed.add(deed.channel)
            case ["history"]:
                self.slack.readable = not self.slack.readable
            case ["late", seconds]:
                self.slack.lag = timedelta(seconds=int(seconds))
            case ["wait", seconds]:
                self.clock.forward(int(seconds))
            case _:
                self.restart()

    # ---- how it is done

    def subscribe(self, wanted: Subscription) -> None:
        """Store a wish, and remember it as an equal one is."""
        stored = self.bot.subscribe(wanted)
        if stored.id not in {one.id for one in self.follows}:
            self.follows.append(stored)

    def route(self) -> None:
        """Route everything that waits, if nothing ends us."""
        try:
            self.bot.route()
        except Crash:
            self.restart()
        self.note_routed()

    def restart(self) -> None:
        """End the process in the middle of whatever it did, and begin another."""
        self.bot.end()
        self.bot = Bot(self.path, self.clock, self.slack, self.shelf)

    def _work_in(self, lane: Lane) -> None:
        """Do what is due in a lane while its moods last, waiting once for what is next."""
        waited = False
        while self.slack.moods:
            if not self.bot.step(lane):
                if waited:
                    return
                waited = True
                self.clock.now = max(self.clock.now, self.bot.next_due(lane))

    # ---- what is remembered of it all

    def note_routed(self) -> None:
        """Work out who is owed an event that was routed just now."""
        for row in self.bot.rows(
            "SELECT e.id, e.key, e.type, b.raw FROM events e JOIN bodies b ON b.id = e.body_id "
            "WHERE e.state = 'routed' ORDER BY e.id"
        ):
            key, kind = str(row["key"]), str(row["type"])
            if key in self.owed:
                continue
            channels = {one.channel_id for one in self.follows if _wants(one, kind)}
            self.owed[key] = channels
            said = json.loads(row["raw"])
            if kind == "found" and channels:
                self._note_group(str(said["group"]), channels)
            if kind in STAGES:
                story = order_of(kind, said["at"])
                self.routed.append(promises.Told(int(row["id"]), said["run"], story, channels))

    def _note_group(self, group: str, channels: set[str]) -> None:
        """An announcement is read for every channel that ever was owed one of the group."""
        members = list(self.shelf.members.get(group, ()))
        known = {channel for channel, one in self.due if one == group}
        for channel in channels | known:
            self.due[channel, group] = members

    # ---- what must hold

    @invariant()
    def promises(self) -> None:
        """What is promised at every moment."""
        promises.kept(self.bot, self.acknowledged)
        promises.said_once(self.bot, self.slack)
        promises.sent_is_there(self.bot, self.slack)
        promises.in_order(self.bot, self.slack)
        promises.nobody_else(self.bot, self.slack, self.owed)

    @override
    def teardown(self) -> None:
        """In the end all is well again, and everything arrives."""
        try:
            self.heal()
            self.drain()
            self.promises()
            promises.reached(self.bot, self.slack, self.owed)
            promises.told(self.bot, self.due)
            promises.newest_shown(self.bot, self.slack, self.routed)
            promises.story_told(self.bot, self.routed)
        finally:
            self.bot.end()
            shutil.rmtree(self.path.parent)

    def heal(self) -> None:
        """Let Slack and the sources be as they should."""
        self.slack.revoked = False
        self.slack.readable = True
        self.slack.lag = timedelta()
        for one in self.slack.messages:
            one.visible_at = self.clock()
        self.slack.closed.clear()
        for channel in deeds.CHANNELS:
            self.bot.release(Lane(TEAM, channel))

    def drain(self) -> None:
        """Work until nothing is left, letting time go by when nothing is due."""
        for _ in range(400):
            self.route()
            busy_now = self.bot.read_groups()
            for lane in self.bot.lanes():
                while self.bot.step(lane):
                    busy_now += 1
            if not busy_now and not self.open():
                return
            if not busy_now:
                self.clock.forward(1800)
        raise AssertionError(f"never done: {self.open()}")

    def open(self) -> list[dict[str, Any]]:
        """Return what is still to be done."""
        return self.bot.rows(
            "SELECT 'event' AS what, id, state FROM events WHERE state = 'received' "
            "UNION ALL SELECT 'group', id, state FROM groups WHERE state = 'pending' "
            "UNION ALL SELECT key, id, state FROM notifications "
            "WHERE state NOT IN ('sent', 'dead') OR (state = 'sent' AND revision > shown)"
        )


class Blind(Machine):
    """The same bot, with a history in which nothing is ever found."""

    sees = False


def _body(key: str, kind: str, group: str, at_s: int) -> bytes:
    """Return a webhook of a kind, with what a body of that kind has."""
    if kind in STAGES:
        return body(key, kind, run=group, at=at_s)
    return body(key, kind, group=group) if kind == "found" else body(key, kind)


def _wants(one: Subscription, kind: str) -> bool:
    """Say by brute force whether a subscription wants a kind of event of the monitor m1."""
    if one.subject is not None and one.subject != MONITOR:
        return False
    if globs := re.findall(r"type:(\S+)", one.words()):
        return any(matches(glob, kind) for glob in globs)
    return STAGES[kind].default if kind in STAGES else kind != "quiet.progress"
