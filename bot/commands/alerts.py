"""`/alerts`: what a channel hears."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping

from bot.commands.amending import amendment
from bot.commands.following import Following
from bot.commands.help import ALERTS, unknown
from bot.commands.listing import Listing
from bot.commands.muting import Muting
from bot.commands.offering import Offering
from bot.commands.parse import Typed, clip, read
from bot.commands.subscribed import changed, stopped, subscribed
from bot.commands.testing import Testing
from bot.commands.trying import Trying, outcome
from bot.commands.why import Why
from bot.commands.wish import Wish, wish
from bot.core.answers import Answer, answer
from bot.core.errors import CommandError
from bot.core.ports import SubscriptionStore
from bot.core.requests import Request
from bot.core.sources import Source
from bot.core.subscriptions import Subscription

# Slack makes links of domains as they are typed; their label is what was typed.
_LINK = re.compile(r"<((?:https?|mailto):[^<>|\s]*)(?:\|([^<>]*))?>")
_NUMBER = re.compile(r"#?([0-9]{1,18})")

Verb = Callable[[Request, Typed], Awaitable[Answer]]


class AlertCommands:
    """Answers `/alerts`."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        subscriptions: SubscriptionStore,
        following: Following,
        offering: Offering,
        *,
        listing: Listing,
        trying: Trying,
        testing: Testing,
        muting: Muting,
        why: Why,
    ) -> None:
        self._sources = sources
        self._subscriptions = subscriptions
        self._following = following
        self._offering = offering
        self._listing = listing
        self._trying = trying
        self._testing = testing
        self._verbs: dict[str, Verb] = {
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "test": self._test,
            "list": listing.list,
            "show": self._show,
            "edit": self._edit,
            "try": self._try,
            "sources": self._sources_seen,
            "mute": muting.mute,
            "unmute": muting.unmute,
            "why": why.words,
        }

    async def run(self, request: Request) -> Answer:
        """Answer one command; raises the errors that `Commands` puts into words."""
        typed = read("/alerts", _LINK.sub(lambda found: found[2] or found[1], request.text))
        if typed.verb in {"", "help"}:
            return ALERTS
        do = self._verbs.get(typed.verb)
        return await do(request, typed) if do else unknown(clip(typed.verb), ALERTS)

    async def _sources_seen(self, request: Request, typed: Typed) -> Answer:
        return await self._offering.list_sources()

    async def _subscribe(self, request: Request, typed: Typed) -> Answer:
        if typed.word(1) is None:
            return ALERTS
        wanted = await self._wish(typed)
        await self._following.check_person(request)
        await self._following.check_channel(request)
        wanted = await self._chosen(request, typed, wanted)
        made, new = await self._following.follow(request, wanted)
        (made,) = await self._offering.shown(request.team_id, [made])
        return subscribed(made, self._sources, new=new)

    async def _try(self, request: Request, typed: Typed) -> Answer:
        if typed.word(1) is None:
            return ALERTS
        wanted = await self._wish(typed)
        # What is shown may come from anywhere, which a guest could not subscribe to.
        await self._following.check_person(request)
        wanted = await self._chosen(request, typed, wanted)
        trial = await self._trying.count(wanted.source, wanted.subject, wanted.filter)
        rest = typed.text[typed.words[0].end :].strip()
        return outcome(trial, f"/alerts subscribe {rest}")

    async def _wish(self, typed: Typed) -> Wish:
        # In a thread, because the first filter waits until its parser is loaded.
        return await asyncio.to_thread(wish, typed, self._sources)

    async def _chosen(self, request: Request, typed: Typed, wanted: Wish) -> Wish:
        """Return a wish with the thing that was meant by an id, a name or a part of it."""
        rest = typed.text[typed.words[3].end :] if wanted.subject and wanted.subject.id else ""
        chosen = await self._offering.choose(
            request.team_id, wanted.source, wanted.subject, rest=rest
        )
        return wanted.model_copy(update={"subject": chosen})

    async def _show(self, request: Request, typed: Typed) -> Answer:
        return await self._listing.show(request, await self._found(request, _number(typed)))

    async def _edit(self, request: Request, typed: Typed) -> Answer:
        number = _number(typed)
        change = await asyncio.to_thread(amendment, typed, self._sources)
        await self._following.check_person(request)
        found = await self._found(request, number)
        _check_own(request, found)
        made = await self._subscriptions.change(change(found))
        if made is None:
            raise _no(number)
        (named,) = await self._offering.shown(request.team_id, [made])
        return changed(named, number, self._sources)

    async def _test(self, request: Request, typed: Typed) -> Answer:
        found = await self._found(request, _number(typed))
        _check_own(request, found)
        return await self._testing.test(request, found)

    async def _unsubscribe(self, request: Request, typed: Typed) -> Answer:
        number = _number(typed)
        await self._following.check_person(request)
        found = await self._subscriptions.get(request.team_id, number)
        if found is None and request.attempts > 1:  # the first try may have got this far
            return answer(f"This channel does not follow {number} any more.")
        if found is None:
            raise _no(number)
        _check_own(request, found)
        await self._subscriptions.remove(request.team_id, found.id)
        (named,) = await self._offering.shown(request.team_id, [found])
        return stopped(named, self._sources)

    async def _found(self, request: Request, number: int) -> Subscription:
        found = await self._subscriptions.get(request.team_id, number)
        if found is None:
            raise _no(number)
        return found


def _number(typed: Typed) -> int:
    word = typed.word(1)
    if word is None:
        raise CommandError("Which one? Type its number, as /alerts list shows it.")
    number = _NUMBER.fullmatch(word.plain)
    if number is None:
        raise typed.wrong(word, "is not the number of a subscription; see /alerts list.")
    return int(number[1])


def _no(number: int) -> CommandError:
    return CommandError(f"There is no subscription {number}; see /alerts list.")


def _check_own(request: Request, found: Subscription) -> None:
    """Raise `CommandError` unless the command was typed in the subscription's channel."""
    if found.channel_id != request.channel_id:
        raise CommandError(
            f"Subscription {found.id} belongs to another channel; type the command there."
        )
