"""`/alerts`: what a channel hears."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.commands.following import Following
from bot.commands.help import ALERTS, unknown
from bot.commands.parse import Typed, clip, read
from bot.commands.phrases import followed, heard, told
from bot.commands.wish import wish
from bot.core.answers import Answer, Line, Span, answer, bold, channel, code, line
from bot.core.errors import CommandError, DeliveryError
from bot.core.ports import Directory, SubscriptionStore
from bot.core.requests import Request
from bot.core.sources import Source
from bot.core.subscriptions import Subscription

_SPACED_SEVERITY = re.compile(r"severity\s*(?:>=|≥)\s*", re.IGNORECASE)
_NUMBER = re.compile(r"#?([0-9]{1,18})")
_MOST_LISTED = 50


class AlertCommands:
    """Answers `/alerts`."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        subscriptions: SubscriptionStore,
        directory: Directory,
        following: Following,
    ) -> None:
        self._sources = sources
        self._subscriptions = subscriptions
        self._directory = directory
        self._following = following

    async def run(self, request: Request) -> Answer:
        """Answer one command; raises the errors that `Commands` puts into words."""
        typed = read("/alerts", _SPACED_SEVERITY.sub("severity>=", request.text))
        match typed.verb:
            case "subscribe":
                return await self._subscribe(request, typed)
            case "unsubscribe":
                return await self._unsubscribe(request, typed)
            case "list":
                return await self._list(request, typed)
            case "" | "help":
                return ALERTS
            case verb:
                return unknown(clip(verb), ALERTS)

    async def _subscribe(self, request: Request, typed: Typed) -> Answer:
        if typed.word(1) is None:
            return ALERTS
        wanted = wish(typed, self._sources)
        await self._following.check_person(request)
        await self._following.check_channel(request)
        made, new = await self._following.follow(request, wanted)
        return answer(
            line(
                "This channel now hears " if new else "This channel already hears ",
                bold(followed(made, self._sources)),
                f": {heard(made.filter)}{told(made.size)}.",
            ),
            line("Stop it with ", code(f"/alerts unsubscribe {made.id}"), "."),
        )

    async def _unsubscribe(self, request: Request, typed: Typed) -> Answer:
        word = typed.word(1)
        if word is None:
            raise CommandError("Which one? Type its number, as /alerts list shows it.")
        number = _NUMBER.fullmatch(word.plain)
        if number is None:
            raise typed.wrong(word, "is not the number of a subscription; see /alerts list.")
        await self._following.check_person(request)
        found = await self._subscriptions.get(request.team_id, int(number[1]))
        if found is None and request.attempts > 1:  # the first try may have got this far
            return answer(f"This channel does not follow {number[1]} any more.")
        if found is None:
            raise CommandError(f"There is no subscription {number[1]}; see /alerts list.")
        if found.channel_id != request.channel_id:
            raise CommandError(
                f"Subscription {found.id} belongs to another channel; type the command there."
            )
        await self._subscriptions.remove(request.team_id, found.id)
        what = followed(found, self._sources)
        return answer(line("This channel no longer hears ", bold(what), f" ({found.id})."))

    async def _list(self, request: Request, typed: Typed) -> Answer:
        everywhere = _everywhere(typed)
        found = await self._subscriptions.list(
            request.team_id, None if everywhere else request.channel_id
        )
        if not found:
            who = "No channel of this workspace follows" if everywhere else "This channel follows"
            start = line("Start with ", code("/alerts subscribe"), ", for example.")
            return answer(f"{who} {'anything' if everywhere else 'nothing'} yet.", start)
        shown = found[:_MOST_LISTED]
        names = await self._names(request, shown) if everywhere else {}
        lines = [self._line(one, names.get(one.channel_id)) for one in shown]
        if len(found) > len(shown):
            lines.append(line(f"… and {len(found) - len(shown)} more."))
        return answer(*lines)

    def _line(self, one: Subscription, name: Span | str | None) -> Line:
        parts: list[Span | str] = [code(str(one.id)), " "]
        if name is not None:
            parts += [name, ": "]
        parts.append(followed(one, self._sources))
        if words := one.words():
            parts += [" ", code(words)]
        if one.held:
            parts.append(" (kept back: this channel did not take our messages)")
        return line(*parts, bullet=True)

    async def _names(
        self, request: Request, found: Sequence[Subscription]
    ) -> dict[str, Span | str]:
        """Return how to name each channel without revealing a private one."""
        return {
            channel_id: await self._name(request, channel_id)
            for channel_id in {one.channel_id for one in found}
        }

    async def _name(self, request: Request, channel_id: str) -> Span | str:
        if channel_id == request.channel_id:
            return channel(channel_id)
        try:
            seen = await self._directory.channel(request.team_id, channel_id)
        except DeliveryError:
            seen = None
        return "a private channel" if seen is None or seen.private else channel(channel_id)


def _everywhere(typed: Typed) -> bool:
    word = typed.word(1)
    if word is None:
        return False
    if word.plain.lower() != "all":
        raise typed.wrong(word, "is not expected here; type list, or list all.")
    return True
