"""What happens on the stage by itself: the opening, and the tour when it is asked for."""

from __future__ import annotations

from itertools import count

from aiohttp import ClientError

from bot.playground.page.firing import Firing
from bot.playground.page.journal import Journal, Mood
from bot.playground.slack import SlackStandIn
from bot.playground.stage import Stage
from bot.playground.tour import CHANNEL, NAME, PERSON, Scene, Tour

CHANNELS = (
    ("C0OPS", "ops", "deck", "connection.interaction_required"),
    ("C0VISIBLE", "visibility", "surfacedby", "scan.completed"),
    ("C0DATA", "data", "lytics", "work.failed"),
)
"""The channels of the other sources, and the sample that each opens with."""

_OPENING_SCENES = 2
_PATIENCE_S = 15.0


class Programme:
    """Plays the first scenes when the page opens, and the whole tour on demand."""

    def __init__(self, stage: Stage, firing: Firing, journal: Journal) -> None:
        self._stage = stage
        self._firing = firing
        self._journal = journal
        self._numbers = count(1)
        self.told: list[Scene] = []
        self.playing = False

    async def open(self) -> None:
        """Fill the workspace, so that nobody meets an empty page."""
        self._stage.slack.add_channel(CHANNEL, NAME)
        for channel, name, _, _ in CHANNELS:
            self._stage.slack.add_channel(channel, name)
        opening = Tour(self._stage)
        await self._play(opening, most=_OPENING_SCENES)
        self.told = []
        try:
            await self._subscribe(CHANNEL, f"parallel monitor {opening.monitor} type:*")
            for channel, _, source, event_type in CHANNELS:
                await self._subscribe(channel, f"{source} type:*")
                await self._firing.fire(source, event_type)
        except (ClientError, TimeoutError):
            self._journal.note("The opening was cut short: the bot did not answer", "bad")

    async def play(self) -> None:
        """Play the tour from its beginning, in a channel where nobody disturbs it."""
        number = next(self._numbers)
        self._journal.note(f"The tour begins in #tour-{number}")
        await self._play(Tour(self._stage, channel=f"C0TOUR{number}", name=f"tour-{number}"))

    async def _play(self, tour: Tour, *, most: int | None = None) -> None:
        self.playing, self.told = True, []
        try:
            async for scene in tour.scenes():
                self.told.append(scene)
                mood: Mood = "good" if scene.true else "bad"
                self._journal.note(f"{scene.title}: {scene.outcome}", mood)
                if len(self.told) == most:
                    return
        except (ClientError, TimeoutError, RuntimeError, LookupError) as error:
            self._journal.note(f"The tour stopped: {error}", "bad")
        finally:
            self.playing = False

    async def _subscribe(self, channel: str, wanted: str) -> None:
        """Subscribe a channel as a person does, and wait for the answer."""
        slack: SlackStandIn = self._stage.slack
        before = len(slack.answers(channel, PERSON))
        typed = f"/alerts subscribe {wanted}"
        await slack.command(self._stage.slack_url, typed, channel=channel, user=PERSON)
        await slack.wait_for(lambda: len(slack.answers(channel, PERSON)) > before, _PATIENCE_S)
