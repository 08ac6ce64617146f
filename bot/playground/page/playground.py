"""Everything behind the page: the stage, who acts on it, and the proof."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from bot.core.errors import BotError
from bot.core.sources import Source
from bot.playground.page.controls import BotSwitch, SlackBreaker
from bot.playground.page.firing import Firing
from bot.playground.page.journal import Journal
from bot.playground.page.ledger import Ledger, witnessed
from bot.playground.page.person import Person
from bot.playground.page.programme import Programme
from bot.playground.page.proof import Proof, Story, prove
from bot.playground.page.samples import Samples
from bot.playground.stage import Stage
from bot.playground.tour import PERSON

Records = Callable[[Path], Sequence[Story]]
"""Reads the bot's own records of events from its database, newest first."""

_PROOF_EVERY_S = 0.4


class Playground:
    """A stage with its people, its saboteur and its witness.

    Raises a `DeedError` or `LookupError` for what cannot be done; the parts say which.
    """

    def __init__(self, stage: Stage, sources: Mapping[str, Source], records: Records) -> None:
        self.stage = stage
        self._records = records
        self._ledger = Ledger(sources)
        for name, sender in stage.senders.items():
            stage.senders[name] = witnessed(sender, self._ledger)
        stage.slack.add_user(PERSON, "anna")
        self.proof = Proof()
        self.journal = Journal(stage.slack)
        self.samples = Samples([one for one in stage.senders if one in sources], stage.parallel)
        self.breaker = SlackBreaker(stage, self.journal)
        self.switch = BotSwitch(stage, self.journal)
        self.person = Person(stage.slack, lambda: stage.slack_url, self.journal)
        self.firing = Firing(stage, self.samples, self.journal)
        self._tasks: list[asyncio.Task[None]] = []
        self.programme = Programme(stage, self.firing, self.journal)

    async def __aenter__(self) -> Self:
        """Open, without waiting for the opening to end."""
        self._tasks = [
            asyncio.create_task(self._watch()),
            asyncio.create_task(self.programme.open()),
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop what goes on by itself. Raises: whatever ended it before its time."""
        self.breaker.heal()
        await self.firing.stop()
        for task in self._tasks:
            task.cancel()
        for end in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(end, Exception):
                raise end

    async def _watch(self) -> None:
        """Prove anew whenever something happened."""
        seen: object = None
        while True:
            happened = (self._ledger.sent, len(self.stage.slack.calls), self.switch.state)
            if happened != seen or self.proof.under_way or self.proof.lost:
                seen = happened
                await self.prove()
            await asyncio.sleep(_PROOF_EVERY_S)

    async def prove(self) -> None:
        """Hold what was acknowledged against what Slack shows."""
        events = tuple(self._ledger.events)
        try:
            stories = await asyncio.to_thread(self._records, self.stage.database)
        except BotError:
            return  # it is being written for the first time; the next look will tell
        self.proof = prove(self._ledger, events, stories, self.stage.slack)
