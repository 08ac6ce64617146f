"""Subscriptions by buttons and forms: make, try, edit, stop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from bot.commands import subscribe_form
from bot.commands.deeds import Deeds
from bot.commands.following import Following
from bot.commands.offering import Offering
from bot.commands.parse import clip, number_of
from bot.commands.subscribe_form import CHANNEL, EDIT, FILTER, SOURCE, SUBSCRIBE, TRY
from bot.commands.subscribed import changed, stopped, subscribed
from bot.commands.trying import Trying, outcome
from bot.commands.wish import Wish
from bot.core.alerts import Size, Thread
from bot.core.answers import Answer, Line
from bot.core.errors import CommandError
from bot.core.forms import Choice, Form
from bot.core.ports import Directory, SubscriptionStore
from bot.core.requests import Request
from bot.core.sources import Source
from bot.core.subscriptions import ANY_SOURCE, Subscription

OPEN, OPEN_EDIT, STOP = "alerts.open", "alerts.change", "alerts.stop"
_MOST_THINGS = 95  # of a list of 100, beside everything and each kind


class SubscribeButtons:
    """Does by buttons and forms what `/alerts subscribe`, `edit` and `unsubscribe` do."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        subscriptions: SubscriptionStore,
        *,
        directory: Directory,
        following: Following,
        offering: Offering,
        trying: Trying,
    ) -> None:
        self._sources = sources
        self._subscriptions = subscriptions
        self._directory = directory
        self._following = following
        self._offering = offering
        self._trying = trying

    def deeds(self) -> Deeds:
        """Return what can be done here."""
        return Deeds(
            presses={
                OPEN: self.ask,
                OPEN_EDIT: self.ask_edit,
                STOP: self._stop,
                TRY: self._try,
                f"{SUBSCRIBE}:{SOURCE}": self.ask,
            },
            forms={SUBSCRIBE: self._subscribe, EDIT: self._edit},
            opens={OPEN: "Subscribe a channel", OPEN_EDIT: "Edit subscription"},
            checks={SUBSCRIBE: self._mistakes, EDIT: self._mistakes},
            redraws={SUBSCRIBE: self.ask, EDIT: self._ask_edit_again},
        )

    async def ask(self, request: Request) -> Form:
        """Return the form with what was chosen so far."""
        return await self._form(request)

    async def ask_edit(self, request: Request) -> Form:
        """Return the form of the subscription that a button names."""
        found = await self._found(request, request.text)
        return subscribe_form.edit_form(subscribe_form.values_of(found), found)

    async def _ask_edit_again(self, request: Request) -> Form:
        found = await self._known(request, request.context)
        return subscribe_form.edit_form(request.values, found)

    async def _form(self, request: Request, after: tuple[Line, ...] = ()) -> Form:
        values = request.values
        return subscribe_form.form(
            values,
            self._sources,
            await self._things(request, subscribe_form.source_of(values)),
            after=after,
            asks_channel=not request.channel_id or CHANNEL in values,
        )

    async def _things(self, request: Request, source: str) -> list[Choice]:
        """Return what there is to follow of a source: every kind, and what has been seen."""
        if source == ANY_SOURCE:
            return []
        kinds = self._sources[source].kinds
        choices = [
            Choice(value=subscribe_form.value_of(kind, ""), label=f"Every {kind}") for kind in kinds
        ]
        for kind in kinds:
            for one in await self._offering.options(request.team_id, source, kind):
                value = subscribe_form.value_of(kind, one.id)
                choices.append(Choice(value=value, label=f"{kind} {one.name or one.id}"))
        return choices[:_MOST_THINGS]

    async def _try(self, request: Request) -> Form:
        """Show in the form what would have been heard; nothing is posted."""
        await self._following.check_person(request)
        values = request.values
        found = await self._found(request, request.context) if request.context else None
        try:
            chosen = await asyncio.to_thread(subscribe_form.chosen, values, self._sources)
        except CommandError as error:
            return (await self._again(request, found)).at_fault(FILTER, str(error))
        source = found.source if found else subscribe_form.source_of(values)
        subject = found.subject if found else subscribe_form.subject_of(values)
        trial = await self._trying.count(source, subject, chosen.filter)
        return await self._again(request, found, outcome(trial).lines)

    async def _again(
        self, request: Request, found: Subscription | None, after: tuple[Line, ...] = ()
    ) -> Form:
        if found is None:
            return await self._form(request, after)
        return subscribe_form.edit_form(request.values, found, after=after)

    async def _subscribe(self, request: Request) -> Answer:
        values = request.values
        channel_id = str(values.get(CHANNEL, "")) or request.channel_id
        asked = request.model_copy(update={"channel_id": channel_id})
        await self._following.check_person(asked)
        here = channel_id == request.channel_id
        await self._following.check_channel(asked, here=here)
        chosen = await asyncio.to_thread(subscribe_form.chosen, values, self._sources)
        wanted = Wish(
            source=subscribe_form.source_of(values),
            subject=subscribe_form.subject_of(values),
            filter=chosen.filter,
            size=Size.STANDARD if chosen.size is None else chosen.size,
            thread=Thread.ONLY if chosen.thread is None else chosen.thread,
        )
        made, new = await self._following.follow(asked, wanted)
        (named,) = await self._offering.shown(request.team_id, [made])
        return subscribed(named, self._sources, new=new, here=here)

    async def _edit(self, request: Request) -> Answer:
        await self._following.check_person(request)
        found = await self._found(request, request.context)
        chosen = await asyncio.to_thread(subscribe_form.chosen, request.values, self._sources)
        after = found.model_copy(
            update={
                "filter": chosen.filter,
                "size": found.size if chosen.size is None else chosen.size,
                "thread": found.thread if chosen.thread is None else chosen.thread,
            }
        )
        made = await self._subscriptions.change(after)
        if made is None:
            raise CommandError(f"There is no subscription {found.id} any more.")
        (named,) = await self._offering.shown(request.team_id, [made])
        return changed(named, found.id, self._sources)

    async def _stop(self, request: Request) -> Answer:
        """End a subscription; the button has asked already."""
        await self._following.check_person(request)
        found = await self._subscriptions.get(request.team_id, number_of(request.text))
        if found is None:
            return stopped(None, self._sources)
        await self._check_member(request, found)
        await self._subscriptions.remove(request.team_id, found.id)
        (named,) = await self._offering.shown(request.team_id, [found])
        return stopped(named, self._sources, here=found.channel_id == request.channel_id)

    async def _found(self, request: Request, number: str) -> Subscription:
        found = await self._known(request, number)
        await self._check_member(request, found)
        return found

    async def _known(self, request: Request, number: str) -> Subscription:
        found = await self._subscriptions.get(request.team_id, number_of(number))
        if found is None:
            raise CommandError(f"There is no subscription {clip(number)} any more.")
        return found

    async def _check_member(self, request: Request, found: Subscription) -> None:
        """Raise `CommandError` unless the person is in the subscription's channel."""
        mine = await self._directory.memberships(request.team_id, request.user_id)
        if found.channel_id not in mine:
            raise CommandError("You are not in the channel of that subscription any more.")

    def _mistakes(self, values: Mapping[str, str | tuple[str, ...]]) -> Mapping[str, str]:
        return subscribe_form.mistakes(values, self._sources)
