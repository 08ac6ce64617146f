"""Why a message is here, and why an event is not: from its proof to this channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.commands.deeds import Deeds
from bot.commands.parse import Typed, clip, number_of
from bot.commands.phrases import followed
from bot.commands.pointing import Pointing
from bot.commands.retelling import Retold, retell
from bot.core.answers import Answer, Line, Span, answer, bold, channel, code, line, user, when
from bot.core.errors import CommandError
from bot.core.forms import Form, page
from bot.core.mutes import muting
from bot.core.ports import Clock
from bot.core.ports.everything import Memory
from bot.core.requests import Request
from bot.core.sources import Source
from bot.core.stories import Story, Told
from bot.core.subscriptions import Subscription
from bot.core.verdicts import explain

PRESS, OF_EVENT, SHORTCUT = "why", "why.event", "alert_why"
_TITLE = "Why is this here?"
_USAGE = (
    "Which message? Type /alerts why and its link (More actions → Copy link), "
    "or the id of an event that did not come."
)
_MOST_TRIES = 8
_MOST_SUBSCRIPTIONS = 20


class Why:
    """Tells the whole story of a message, or of an event that brought none."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        memory: Memory,
        *,
        pointing: Pointing,
        clock: Clock,
    ) -> None:
        self._sources = sources
        self._stories = memory.stories
        self._subscriptions = memory.subscriptions
        self._mutes = memory.mutes
        self._pointing = pointing
        self._clock = clock

    def deeds(self) -> Deeds:
        """Return what can be asked by button and shortcut."""
        return Deeds(
            presses={PRESS: self.here, OF_EVENT: self._event},
            shortcuts={SHORTCUT: self.here},
            opens={PRESS: _TITLE, OF_EVENT: _TITLE, SHORTCUT: _TITLE},
        )

    async def here(self, request: Request) -> Form:
        """Tell of the message that a button or a shortcut was used on."""
        posted = await self._pointing.at(request)
        return page(_TITLE, await self._tell(request, posted.event_row, posted.channel_id))

    async def _event(self, request: Request) -> Form:
        """Tell of the event that a button names, as the first of the person's channels has it."""
        story = await self._stories.of_row(request.team_id, number_of(request.text))
        mine = await self._pointing.places(request)
        here = [one.channel_id for one in story.told if one.channel_id in mine] if story else []
        if story is None or not here:
            raise CommandError("I know nothing of it any more.")
        return page(_TITLE, await self._of(request, story, here[0]))

    async def words(self, request: Request, typed: Typed) -> Answer:
        """Answer `/alerts why LINK` or `/alerts why EVENT`."""
        word = typed.word(1)
        if word is None:
            raise CommandError(_USAGE)
        posted = await self._pointing.link(request, word.text)
        if posted is not None:
            return await self._tell(request, posted.event_row, posted.channel_id)
        story = await self._stories.of_key(request.team_id, word.text)
        if story is None:
            raise typed.wrong(word, "is neither a link to a message nor an event that arrived.")
        return await self._of(request, story, request.channel_id)

    async def _tell(self, request: Request, event_row: int | None, channel_id: str) -> Answer:
        story = event_row and await self._stories.of_row(request.team_id, event_row)
        if not story:
            return answer("This message is about Tocsin itself; no event asked for it.")
        return await self._of(request, story, channel_id)

    async def _of(self, request: Request, story: Story, channel_id: str) -> Answer:
        told = retell(self._sources, story.webhook, story.key)
        found = await self._subscriptions.list(request.team_id, channel_id)
        lines = [*_origin(story, told, self._sources)]
        if told is not None:
            lines += [*_verdicts(told, found, self._sources)]
            lines += [*await self._quiet(request, told, found, channel_id)]
        here = [one for one in story.told if one.channel_id == channel_id]
        lines += [*_said(here, story)]
        lines.append(line("Everything of it: ", code(f"tocsin deliveries --event {story.row}")))
        return answer(*lines)

    async def _quiet(
        self, request: Request, told: Retold, found: Sequence[Subscription], channel_id: str
    ) -> Iterator[Line]:
        """Return what keeps such events from the channel at this moment."""
        mutes = await self._mutes.list(request.team_id, channel_id, self._clock())
        event, alert, default = told
        owed = tuple(one.id for one in found if one.admits(event, alert, default=default))
        mute = muting(tuple(mutes), event, owed)
        if mute is None:
            return iter(())
        words = "Such events are muted here now, by "
        return iter((line(words, user(mute.by), ", until ", when(mute.until), "."),))


def _origin(story: Story, told: Retold | None, sources: Mapping[str, Source]) -> Iterator[Line]:
    source = sources.get(story.webhook.source)
    title = source.title if source else story.webhook.source
    if told is not None:
        yield line(bold(clip(told.alert.title)))
    happened = ("It happened ", when(told.event.occurred_at), ". ") if told else ()
    yield line(
        *happened, f"{title} sent it as ", code(story.type), ", received ",
        when(story.received_at), ".", bullet=True,
    )  # fmt: skip
    yield line("Event ", code(clip(story.key)), bullet=True)
    yield line(_proof(story), bullet=True)
    if not story.intact:
        yield line("What is stored is not what arrived: its digest differs.", bullet=True)
    if story.others:
        yield line(f"{story.others} more came with the same id and another body.", bullet=True)
    if told is None:
        yield line("No reader here finds the event in what was sent.", bullet=True)
    if story.state not in {"received", "routed"}:
        why = " · ".join(filter(None, (story.state, story.reason, story.detail)))
        yield line(f"It was not routed: {why}.", bullet=True)


def _proof(story: Story) -> str:
    proof = story.proof
    derived = f", {proof['derivation']}" if proof.get("derivation") else ""
    key = f"key {proof.get('fingerprint', 'unknown')}{derived}"
    return f"Its origin was proven by {proof.get('scheme', 'an unknown scheme')} with {key}."


def _verdicts(
    told: Retold, found: Sequence[Subscription], sources: Mapping[str, Source]
) -> Iterator[Line]:
    """Yield what each subscription of the channel says of an event, those that want it first."""
    if not found:
        yield line("This channel follows nothing.")
        return
    judged = sorted(((one, *_verdict(one, told)) for one in found), key=lambda each: not each[1])
    for one, wants, why in judged[:_MOST_SUBSCRIPTIONS]:
        made = (", made by ", user(one.created_by)) if one.created_by else ()
        since = (" ", when(one.created_at)) if one.created_at else ()
        verb = "wants it" if wants else "does not want it"
        yield line(
            "Subscription ", code(str(one.id)), f" ({followed(one, sources)})", *made, *since,
            f" {verb}", f": {why}." if why else ".", bullet=True,
        )  # fmt: skip
    if len(judged) > _MOST_SUBSCRIPTIONS:
        yield line(f"… and {len(judged) - _MOST_SUBSCRIPTIONS} more.")


def _verdict(one: Subscription, told: Retold) -> tuple[bool, str]:
    event, alert, default = told
    if not one.covers(event):
        return False, "it is about something else"
    wants, causes = explain(one.filter, event, alert, default=default)
    return wants, "; ".join(cause.text for cause in causes)


def _said(here: list[Told], story: Story) -> Iterator[Line]:
    if not here:
        waits = story.state == "received"
        yield line("It waits to be routed." if waits else "It brought no message to this channel.")
    for one in here:
        where = "In a thread. " if one.in_thread else ""
        yield line(where, *_outcome(one), bullet=True)
        for attempt in one.tries[-_MOST_TRIES:] if len(one.tries) > 1 else ():
            why = " · ".join(filter(None, (attempt.outcome, attempt.reason, attempt.detail)))
            yield line(f"{why}, ", when(attempt.at), bullet=True)


def _tries(number: int) -> str:
    return "1 try" if number == 1 else f"{number} tries"


def _outcome(one: Told) -> tuple[Span | str, ...]:
    tries = f" after {_tries(len(one.tries))}" if one.tries else ""
    match one.state:
        case "sent":
            at: tuple[Span | str, ...] = (", ", when(one.sent_at)) if one.sent_at else ()
            return (f"Said{tries}", *at)
        case "skipped" if one.reason == "muted":
            return ("Kept quiet, because it was muted here",)
        case "skipped":
            return (f"Kept quiet, because {one.detail} was on hold",)
        case "held":
            return ("Held back, because ", channel(one.channel_id), " did not take messages")
        case "dead":
            why = " · ".join(filter(None, (one.reason, one.detail)))
            return (f"Given up{tries}: {why}",)
        case state:
            why = f" ({one.reason})" if one.reason else ""
            return (f"{state.capitalize()}{why}{tries}",)
