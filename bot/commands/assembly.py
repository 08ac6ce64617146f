"""Puts the commands together; the only place of this room where its parts are made."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from bot.commands.acknowledging import Acknowledging
from bot.commands.alerts import AlertCommands
from bot.commands.deck_answer import DeckAnswer
from bot.commands.deeds import Deeds
from bot.commands.editing import Editing
from bot.commands.following import Following
from bot.commands.home import HomePage
from bot.commands.listing import Listing
from bot.commands.lytics_work import LyticsWork
from bot.commands.making import Making
from bot.commands.marking import Marking
from bot.commands.monitor_buttons import MonitorButtons
from bot.commands.monitors import MonitorCommands
from bot.commands.mute_buttons import MuteButtons
from bot.commands.muting import Muting
from bot.commands.offering import Offering
from bot.commands.once import Sleep
from bot.commands.pausing import Pausing
from bot.commands.permission import Permission
from bot.commands.pointing import Pointing
from bot.commands.recent import Recent
from bot.commands.register import Register
from bot.commands.run import Commands
from bot.commands.running import Running
from bot.commands.showing import Showing
from bot.commands.subscribe_buttons import SubscribeButtons
from bot.commands.testing import Samples, Testing
from bot.commands.trying import Trying
from bot.commands.welcome import Welcome
from bot.commands.why import Why
from bot.commands.worded import WordedForms
from bot.core.ports import Catalogue, Clock, DeckApi, Directory, LyticsApi, MonitorApi
from bot.core.ports.everything import Memory
from bot.core.sources import Source


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What the commands reach out to.

    `open_sources` are those that have a secret; `monitors`, `deck` and `lytics` are None
    without an API key; `catalogues` list what sources have, by the name of the source;
    `public_url` is where sources reach us; `samples` returns what a source may send;
    `admins` are the people who may change every monitor.
    """

    sources: Mapping[str, Source]
    memory: Memory
    open_sources: Collection[str]
    monitors: MonitorApi | None
    deck: DeckApi | None = None
    lytics: LyticsApi | None = None
    catalogues: Mapping[str, Catalogue] = field(default_factory=dict)
    directory: Directory
    clock: Clock
    public_url: str | None
    samples: Samples
    admins: Collection[str] = ()
    sleep: Sleep = asyncio.sleep


class _Parts:
    """What words, buttons and forms share."""

    def __init__(self, outside: Outside) -> None:
        memory, directory, clock = outside.memory, outside.directory, outside.clock
        self.following = Following(memory.subscriptions, directory, memory.outbox, clock)
        self.pointing = Pointing(memory.messages, directory)
        self.register = Register(
            memory.monitors, memory.subscriptions, memory.names, outside.monitors
        )
        permission = Permission(directory, outside.admins)
        self.making = Making(
            self.register,
            self.following,
            clock=clock,
            public_url=outside.public_url,
            sleep=outside.sleep,
        )
        self.pausing = Pausing(self.register, self.making, permission, clock)
        self.editing = Editing(self.register, permission, clock)
        self.running = Running(self.register, permission, clock)
        self.showing = Showing(self.register, memory.subscriptions)
        self.offering = Offering(
            outside.sources,
            memory.names,
            open_sources=outside.open_sources,
            register=self.register,
            catalogues=outside.catalogues,
        )
        self.trying = Trying(outside.sources, memory.week, clock)
        self.muting = Muting(
            outside.sources,
            memory,
            following=self.following,
            register=self.register,
            clock=clock,
        )
        self.why = Why(outside.sources, memory, pointing=self.pointing, clock=clock)


def commands(outside: Outside) -> Commands:
    """Return all commands."""
    parts = _Parts(outside)
    home = HomePage(
        outside.sources,
        outside.memory,
        directory=outside.directory,
        following=parts.following,
        offering=parts.offering,
        register=parts.register,
        showing=parts.showing,
        clock=outside.clock,
    )
    subscribe = SubscribeButtons(
        outside.sources,
        outside.memory.subscriptions,
        directory=outside.directory,
        following=parts.following,
        offering=parts.offering,
        trying=parts.trying,
    )
    monitor = MonitorButtons(
        parts.register,
        making=parts.making,
        editing=parts.editing,
        running=parts.running,
        pausing=parts.pausing,
        marking=Marking(outside.memory.messages),
    )
    features = (*_on_messages(outside, parts), parts.why, subscribe, monitor, home)
    deeds = (*(one.deeds() for one in features), *_of_sources(outside, parts))
    return Commands(
        alerts=_alerts(outside, parts),
        monitors=_monitors(parts),
        deeds=sum(deeds, Deeds()),
        forms=WordedForms(parts.register, subscribe, monitor),
        home=home,
        welcome=Welcome(outside.directory, outside.memory.outbox),
        muting=parts.muting,
    )


def _on_messages(outside: Outside, parts: _Parts) -> tuple[Acknowledging, MuteButtons]:
    near = outside.memory.messages, parts.pointing, parts.following
    return (
        Acknowledging(*near, outside.clock),
        MuteButtons(
            parts.muting,
            outside.memory,
            pointing=parts.pointing,
            following=parts.following,
            clock=outside.clock,
        ),
    )


def _of_sources(outside: Outside, parts: _Parts) -> Iterator[Deeds]:
    """Yield what can be done at sources to whose APIs there is a key."""
    memory, clock, sleep = outside.memory, outside.clock, outside.sleep
    if outside.deck is not None:
        yield DeckAnswer(outside.deck, parts.following, memory, clock=clock, sleep=sleep).deeds()
    if outside.lytics is not None:
        yield LyticsWork(outside.lytics, parts.following, memory, clock=clock, sleep=sleep).deeds()


def _alerts(outside: Outside, parts: _Parts) -> AlertCommands:
    sources, memory = outside.sources, outside.memory
    return AlertCommands(
        sources,
        memory.subscriptions,
        parts.following,
        parts.offering,
        listing=Listing(sources, memory.subscriptions, outside.directory, parts.offering),
        trying=parts.trying,
        testing=Testing(
            sources, outside.samples, memory.outbox, parts.following, clock=outside.clock
        ),
        muting=parts.muting,
        why=parts.why,
    )


def _monitors(parts: _Parts) -> MonitorCommands:
    return MonitorCommands(
        parts.register,
        making=parts.making,
        pausing=parts.pausing,
        editing=parts.editing,
        running=parts.running,
        showing=parts.showing,
        recent=Recent(parts.register),
    )
