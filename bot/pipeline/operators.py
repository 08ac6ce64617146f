"""Tells operators what needs them: once, whatever the process dies of meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from bot.core.alerts import Alert, Severity, known
from bot.core.notifications import Draft
from bot.core.ports.troubles import Arrived, Kinds, Troubles
from bot.core.reasons import Reason
from bot.core.sources import Source
from bot.core.troubles import HOURLY, Kind, Trouble
from bot.core.wording import clip, count

log: Any = structlog.get_logger(__name__)

EVERY_S = 5.0
_MOST_DATA = 120

_SEVERE = frozenset({Kind.BURIED, Kind.DEAD})
_WHY = {
    Reason.CORRUPT: "the stored body has changed",
    Reason.POISON: "handling it ended the process",
    Reason.UNKNOWN: "no reader finds it again",
    Reason.EXPIRED: "tried for a day",
    Reason.PAYLOAD: "Slack refused it",
}


class Operators:
    """A slow loop that looks for what is the matter and says it in one channel.

    Without a `channel` it is only logged and counted. `workspace` returns the id of the
    workspace once it is known; until then everything waits.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        troubles: Troubles,
        *,
        channel: str | None,
        workspace: Callable[[], str | None],
        monotonic: Callable[[], float],
        count: Callable[[str, str], None] = lambda _kind, _source: None,
    ) -> None:
        self._sources = sources
        self._troubles = troubles
        self._channel = channel
        self._workspace = workspace
        self._monotonic = monotonic
        self._count = count
        self._due_at = monotonic()

    async def step(self) -> int:
        """Look and tell if it is time to; return how many events were looked through.

        Raises:
            StoreUnavailableError: the database does not answer; nothing is lost.
        """
        if self._monotonic() < self._due_at:
            return 0
        arrived = await self._troubles.arrived()
        looked = arrived.upto - arrived.after
        if looked:
            await self._troubles.note(arrived, self._matters(arrived))
        else:
            self._due_at = self._monotonic() + EVERY_S
        await self._tell()
        return looked

    def _matters(self, arrived: Arrived) -> Sequence[tuple[Kind, Kinds]]:
        """Return which of the types that came nobody describes, and what was no event."""
        return [
            (Kind.TYPE if one.type else Kind.UNREADABLE, one)
            for one in arrived.kinds
            if not one.type or self._is_unknown(one)
        ]

    def _is_unknown(self, one: Kinds) -> bool:
        source = self._sources.get(one.source)
        return source is not None and source.handler_for(one.type) is None

    async def _tell(self) -> None:
        team_id = self._workspace()
        if self._channel is not None and team_id is None:
            return
        for one in await self._troubles.tell(lambda one: self._notice(one, team_id)):
            log.warning(
                "an operator should know",
                kind=one.kind,
                source=one.source,
                about=clip(one.about, _MOST_DATA),
                count=one.count,
                events=[row for row, _ in one.events],
            )
            self._count(one.kind, one.source)

    def _notice(self, one: Trouble, team_id: str | None) -> Draft | None:
        # What is held in the operators' own channel cannot be told there.
        if self._channel is None or team_id is None or one.about == self._channel:
            return None
        when = one.since.strftime("%Y-%m-%dT%H" if one.kind in HOURLY else "%Y-%m-%d")
        source = self._sources.get(one.source)
        return Draft(
            team_id=team_id,
            channel_id=self._channel,
            key=f"operators:{one.kind}:{one.source}:{one.about}:{when}",
            alert=alert(one, source.title if source else one.source),
        )


def alert(one: Trouble, title: str) -> Alert:
    """Return what an operator is told. Of a body nothing is said but its type and its id."""
    headline, text = _SAID[one.kind](one, title)
    reasons = ", ".join(f"{_words(reason)}: {number}" for reason, number in one.reasons)
    ids = ", ".join(clip(key, _MOST_DATA) for _, key in one.events)
    return Alert(
        title=headline,
        severity=Severity.ERROR if one.kind in _SEVERE else Severity.WARNING,
        text=text,
        fields=known(
            ("Type", clip(one.about, _MOST_DATA) if one.kind is Kind.TYPE else ""),
            ("Channel", one.about if one.kind is Kind.HELD else ""),
            ("Why", reasons),
            ("Ids", ids if one.kind is Kind.CONFLICT else ""),
        ),
        footer="Tocsin · operators",
    )


def _type(one: Trouble, title: str) -> tuple[str, str]:
    return f"{title} sends a type that I do not know", (
        "Until somebody describes it, it is said plainly, by its type and the facts that every "
        "event has, in channels that follow type:*.\n"
        f"Keep the next body for a handler: tocsin capture {one.source} 1"
    )


def _unreadable(one: Trouble, title: str) -> tuple[str, str]:
    return f"{title} sent {count(one.count, 'webhook')} that I cannot read", (
        "What proved its origin was accepted and is kept, but nobody was told of it.\n"
        "See why: tocsin deliveries --state unreadable\n"
        f"Keep the next body: tocsin capture {one.source} 1"
    )


def _conflict(one: Trouble, title: str) -> tuple[str, str]:
    return f"{title} sent {count(one.count, 'known id')} again with another body", (
        f"The first body was said; the other is kept, and is not.\n{_see(one)}"
    )


def _buried(one: Trouble, title: str) -> tuple[str, str]:
    return f"{count(one.count, 'event')} of {title} could not be routed", (
        f"It is kept, but nobody was told of it.\n{_see(one, 'dead')}"
    )


def _dead(one: Trouble, _: str) -> tuple[str, str]:
    return f"{count(one.count, 'message')} to Slack given up", _see(one, "dead")


def _held(one: Trouble, _: str) -> tuple[str, str]:
    return "A channel does not take our messages", (
        "They are kept back, and posted when the bot is invited again or the channel is "
        "unarchived.\nSee which: tocsin deliveries --state held"
    )


_SAID = {
    Kind.TYPE: _type,
    Kind.UNREADABLE: _unreadable,
    Kind.CONFLICT: _conflict,
    Kind.BURIED: _buried,
    Kind.DEAD: _dead,
    Kind.HELD: _held,
}


def _see(one: Trouble, state: str = "") -> str:
    """Return the command that shows it, with our own number: an id may hold anything."""
    if one.events:
        return f"See what happened: tocsin deliveries --event {one.events[0][0]}"
    return f"See what happened: tocsin deliveries --state {state}" if state else ""


def _words(reason: str) -> str:
    return next((words for known, words in _WHY.items() if known == reason), reason)
