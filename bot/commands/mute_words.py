"""What is to be quiet, from words to a wish and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.commands.parse import Typed, Word
from bot.commands.phrases import followed
from bot.commands.wish import Wish
from bot.core.alerts import Alert
from bot.core.answers import Answer, Button, answer, line, when
from bot.core.errors import CommandError
from bot.core.events import Record, Subject
from bot.core.mutes import Mute, parse_duration
from bot.core.notifications import Draft
from bot.core.sources import Source
from bot.core.wording import count

EVERYTHING = "everything in this channel"
_USAGE = "For how long? Type /alerts mute 2h, or /alerts mute 12 1d with a subscription's number."


class Aim(Record):
    """What a mute is about: one subscription, one subject, or with neither everything."""

    subscription_id: int = 0
    source: str = ""
    subject: Subject | None = None

    @classmethod
    def of(cls, mute: Mute) -> Aim:
        """Return what a mute is about."""
        return cls(subscription_id=mute.subscription_id, source=mute.source, subject=mute.subject)

    @classmethod
    def about(cls, source: str, kind: str, subject_id: str) -> Aim:
        """Return the wish for quiet about one subject."""
        return cls(source=source, subject=Subject(kind=kind, id=subject_id))

    @classmethod
    def read(cls, text: str) -> Aim:
        """Return what `text` of an aim says."""
        number, source, kind, subject_id = json.loads(text)
        return cls.about(source, kind, subject_id) if kind else cls(subscription_id=number)

    @property
    def text(self) -> str:
        """Return it as a short text."""
        kind, subject_id = (self.subject.kind, self.subject.id) if self.subject else ("", "")
        return json.dumps([self.subscription_id, self.source, kind, subject_id])


def target(typed: Typed) -> tuple[Sequence[Word], timedelta]:
    """Return the words of what to mute, none for everything, and for how long.

    Raises:
        CommandError: there is no length of time at the end.
    """
    words = [word for word in typed.words[1:] if word.plain.lower() not in {"all", "for"}]
    if not words:
        raise CommandError(_USAGE)
    # A length may be two words: `90 min`. A number before `2h` may be a subscription's.
    apart = len(words) > 1 and words[-2].plain.isdecimal() and words[-1].plain.isalpha()
    many = 2 if apart else 1
    try:
        return words[:-many], parse_duration(" ".join(word.plain for word in words[-many:]))
    except CommandError as error:
        raise CommandError(str(error), shown=typed.wrong(words[-many], "").shown) from error


def quiet(aim: Aim, sources: Mapping[str, Source]) -> str:
    """Return in words what an aim is about."""
    if aim.subscription_id:
        return f"subscription {aim.subscription_id}"
    if aim.subject is None:
        return EVERYTHING
    return followed(Wish(source=aim.source, subject=aim.subject), sources)


def muted(mute: Mute, sources: Mapping[str, Source]) -> Answer:
    """Return the answer to who muted something."""
    aim = Aim.of(mute)
    what = "" if aim == Aim() else f" about {quiet(aim, sources)}"
    return answer(
        line(f"Quiet here{what} until ", when(mute.until), "."),
        "What happens meanwhile is kept, and counted when it is over.",
        buttons=(Button(label="Unmute", act="unmute", value=str(mute.id)),),
    )


def ended(mute: Mute, kept: int, sources: Mapping[str, Source]) -> Draft:
    """Return the message that tells a channel, once, that it hears of something again."""
    what = quiet(Aim.of(mute), sources)
    missed = "Nothing was kept quiet." if not kept else f"{count(kept, 'alert')} kept quiet."
    alert = Alert(title=f"No longer muted: {what}", text=missed, footer="Tocsin · mute")
    key = f"mute:{mute.id}:{int(mute.until.timestamp())}"
    return Draft(team_id=mute.team_id, channel_id=mute.channel_id, key=key, alert=alert)
