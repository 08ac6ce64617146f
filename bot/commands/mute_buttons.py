"""Quiet by button: what an alert is about, for an hour, a day, or until a moment."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.commands.deeds import Deeds, Values
from bot.commands.following import Following
from bot.commands.mute_words import Aim, muted, quiet
from bot.commands.muting import Muting
from bot.commands.parse import number_of
from bot.commands.pointing import Pointing
from bot.commands.retelling import retell
from bot.core.answers import Answer, answer
from bot.core.errors import CommandError
from bot.core.events import Event, Subject
from bot.core.forms import Choice, Form, Input, Kind
from bot.core.marks import MUTED, Mark, Posted
from bot.core.mutes import LONGEST, Mute, parse_duration
from bot.core.ports import Clock
from bot.core.ports.everything import Memory
from bot.core.requests import Request

PRESS, ASK, UNDO, FORM, SHORTCUT = "mute", "mute.until", "unmute", "mute", "alert_mute"
_TITLE = "Mute"
_WHAT, _UNTIL = "what", "until"
_SUGGESTED_S = 4 * 3600
_WIDE = frozenset({"account", "workspace"})
_MOST_VALUE = 150  # characters that Slack keeps of a choice


class MuteButtons:
    """Mutes from a message, which then shows who did it and until when."""

    def __init__(
        self,
        muting: Muting,
        memory: Memory,
        *,
        pointing: Pointing,
        following: Following,
        clock: Clock,
    ) -> None:
        self._muting = muting
        self._messages = memory.messages
        self._stories = memory.stories
        self._pointing = pointing
        self._following = following
        self._clock = clock

    def deeds(self) -> Deeds:
        """Return what can be done by buttons, by the form and by the shortcut."""
        return Deeds(
            presses={PRESS: self._press, ASK: self._ask, UNDO: self._undo},
            forms={FORM: self._filled},
            shortcuts={SHORTCUT: self._ask},
            opens={ASK: _TITLE, SHORTCUT: _TITLE},
            checks={FORM: _wrong},
            redraws={FORM: self._ask_again},
        )

    async def _press(self, request: Request) -> None:
        """Mute what an alert is about; the message shows it."""
        await self._following.check_person(request)
        posted = await self._pointing.at(request)
        until = request.received_at + parse_duration(request.text)
        first, *_ = await self._aims(posted)
        await self._mark(posted, request, await self._muting.put(request, first, until))

    async def _ask(self, request: Request) -> Form:
        """Ask what to mute, and until when."""
        await self._following.check_person(request)
        return await self._form(request)

    async def _form(self, request: Request) -> Form:
        """Return the form about a message, with what was chosen in it so far."""
        aims = await self._aims(await self._pointing.at(request))
        sources = self._muting.sources
        choices = [
            Choice(value=one.text, label=quiet(one, sources))
            for one in aims
            if len(one.text) <= _MOST_VALUE
        ]
        values = request.values
        until = values.get(_UNTIL) or str(int(self._clock().timestamp()) + _SUGGESTED_S)
        what = Input(
            name=_WHAT, label="What", kind=Kind.RADIO,
            choices=tuple(choices), value=values.get(_WHAT) or choices[0].value,
        )  # fmt: skip
        moment = Input(name=_UNTIL, label="Until", kind=Kind.MOMENT, value=until)
        return Form(
            name=FORM,
            title=_TITLE,
            inputs=(what, moment),
            submit=_TITLE,
            context=request.message_ts,
        )

    async def _ask_again(self, request: Request) -> Form:
        return await self._form(_on_message(request))

    async def _filled(self, request: Request) -> Answer:
        await self._following.check_person(request)
        posted = await self._pointing.at(_on_message(request))
        until = datetime.fromtimestamp(int(str(request.values[_UNTIL])), tz=UTC)
        if not self._clock() < until <= self._clock() + LONGEST:
            raise CommandError(f"Choose a moment in the next {LONGEST.days} days.", field=_UNTIL)
        made = await self._muting.put(request, Aim.read(str(request.values[_WHAT])), until)
        await self._mark(posted, request, made)
        return muted(made, self._muting.sources)

    async def _undo(self, request: Request) -> Answer:
        await self._following.check_person(request)
        found = await self._muting.find(request, number_of(request.text))
        if found is None:
            return answer("It is not muted now.")
        if found.channel_id not in {request.channel_id, *await self._pointing.places(request)}:
            raise CommandError("You are not in that channel any more.")
        return answer(await self._muting.end(found))

    async def _mark(self, posted: Posted, request: Request, mute: Mute) -> None:
        words = f"muted {quiet(Aim.of(mute), self._muting.sources)} until"
        await self._messages.mark(
            posted.row,
            Mark(
                kind=MUTED,
                by=request.user_id,
                words=words,
                at=self._clock(),
                until=mute.until,
                mute_id=mute.id,
            ),
        )

    async def _aims(self, posted: Posted) -> list[Aim]:
        """Return what an alert could be muted by, the most likely wish first."""
        aims = []
        story = posted.event_row and await self._stories.of_row(posted.team_id, posted.event_row)
        told = retell(self._muting.sources, story.webhook, story.key) if story else None
        if told is not None:
            aims = [Aim.about(told.event.source, one.kind, one.id) for one in _things(told.event)]
        aims += [Aim(subscription_id=one) for one in posted.subscription_ids]
        return [*aims, Aim()]


def _on_message(request: Request) -> Request:
    """Return the request of a form as one about the message that it was opened from."""
    return request.model_copy(update={"message_ts": request.context})


def _things(event: Event) -> list[Subject]:
    """Return what an event is about, each thing once: what holds many others comes last.

    Ids that may name a person are left out, because everybody sees what was muted.
    """
    found: dict[tuple[str, str], Subject] = {}
    for one in event.subjects:
        thing = (one.kind, one.name or one.id)
        if not one.personal and (thing not in found or one.id == one.name):
            found[thing] = one
    return sorted(found.values(), key=lambda one: one.kind in _WIDE)


def _wrong(values: Values) -> dict[str, str]:
    """Return what is missing; whether the moment is to come is seen when it is done."""
    return {} if values.get(_UNTIL) else {_UNTIL: "Choose a day and a time."}
