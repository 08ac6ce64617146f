"""Breaking things: Slack in four ways, and the bot with kill -9."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.playground.faults import Fault, Hang, RateLimited, Reset, ServerError
from bot.playground.page.journal import Journal
from bot.playground.stage import Stage

LASTS_S = 15.0
"""Seconds until Slack heals by itself."""

_WRITING = ("chat.postMessage", "chat.update")


@dataclass(frozen=True)
class Breakage:
    """A way in which Slack fails, and its words for the page."""

    label: str
    told: str
    fault: Fault


BREAKAGES: Mapping[str, Breakage] = {
    "limit": Breakage("429", "Slack answers 429", RateLimited("3")),
    "cut": Breakage(
        "Cut the line",
        "Slack takes the message and cuts the line before it answers",
        Reset(after=True),
    ),
    "hang": Breakage("Hang", "Slack takes the message and falls silent", Hang(LASTS_S)),
    "down": Breakage("503", "Slack answers 503", ServerError(503)),
}


class SlackBreaker:
    """Lets every post and edit fail, for a while or until it is healed."""

    def __init__(self, stage: Stage, journal: Journal) -> None:
        self._slack = stage.slack
        self._journal = journal
        self._healing: asyncio.TimerHandle | None = None
        self.mode = ""
        self.until = 0.0

    def break_(self, mode: str) -> None:
        """Fail in this way from now on. Raises: LookupError for a way that there is not."""
        breakage = BREAKAGES[mode]
        self._forget()
        for method in _WRITING:
            self._slack.fail_always(method, breakage.fault)
        self.mode, self.until = mode, time.time() + LASTS_S
        self._healing = asyncio.get_running_loop().call_later(LASTS_S, self.heal)
        self._journal.note(f"{breakage.told}, for {LASTS_S:.0f} s", "bad")

    def heal(self) -> None:
        """Let Slack work again."""
        if self.mode:
            self._forget()
            self._journal.note("Slack works again", "good")

    def _forget(self) -> None:
        if self._healing is not None:
            self._healing.cancel()
        self._healing, self.mode, self.until = None, "", 0.0
        self._slack.heal()


class BotSwitch:
    """Kills the bot and starts it again."""

    def __init__(self, stage: Stage, journal: Journal) -> None:
        self._stage = stage
        self._journal = journal
        self._starting = False

    @property
    def state(self) -> Literal["up", "down", "starting"]:
        """Whether the bot runs."""
        if self._starting:
            return "starting"
        return "up" if self._stage.bot.running else "down"

    async def kill(self) -> None:
        """End the bot as a power cut would."""
        if self.state == "up":
            await self._stage.bot.kill()
            self._journal.note("The bot was killed (kill -9)", "bad")

    async def start(self) -> None:
        """Start the bot on the database it left."""
        if self.state != "down":
            return
        self._starting, since = True, time.monotonic()
        try:
            await self._stage.bot.start()
        except RuntimeError:
            self._journal.note("The bot did not start", "bad")
        else:
            self._journal.note(f"The bot is back after {time.monotonic() - since:.1f} s", "good")
        finally:
            self._starting = False
