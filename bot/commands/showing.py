"""`/monitors list` and `show`: what runs, for whom, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from bot.commands.parse import clip
from bot.commands.phrases import cost, money, pace
from bot.commands.register import KIND, SOURCE, Register, followed_id
from bot.commands.sighting import Sighting
from bot.core.answers import Answer, Line, Span, answer, bold, code, line
from bot.core.errors import ApiError
from bot.core.monitors import KnownMonitor, Monitor, monthly_cost
from bot.core.ports import SubscriptionStore
from bot.core.requests import Request
from bot.core.subscriptions import ANY_SOURCE, Subscription

_MOST_LISTED = 50


class Showing:
    """Lists and describes monitors; changes nothing."""

    def __init__(self, register: Register, subscriptions: SubscriptionStore) -> None:
        self._register = register
        self._subscriptions = subscriptions

    async def followed(self, request: Request) -> Answer:
        """Return the monitors that this channel follows by id."""
        found = await self._subscriptions.list(request.team_id, request.channel_id)
        ids = list(dict.fromkeys(one for one in map(followed_id, found) if one))
        catch_all = [one.id for one in found if _hears_all(one)]
        notes = [
            line("This channel hears every monitor, by subscription ", code(str(number)), ".")
            for number in catch_all
        ]
        if not ids:
            start = line("Start with ", code("/monitors create"), " and what to watch.")
            return answer(*(notes or [line("This channel follows no monitor yet.")]), start)
        running, trouble = await self._running()
        known = await self._known(request)
        shown = (_sighting(one, known, running) for one in ids[:_MOST_LISTED])
        return answer(*map(_row, shown), *_more(len(ids)), *notes, *trouble)

    async def account(self, request: Request) -> Answer:
        """Return every active monitor of the account, with the cost of all."""
        monitors = await self._register.api.list()
        if not monitors:
            return answer("The account has no active monitor.")
        found = await self._subscriptions.list(request.team_id)
        ids = {one for one in map(followed_id, found) if one}
        all_heard = any(map(_hears_all, found))
        known = await self._known(request)
        rows = (
            _row(
                Sighting(id=one.id, known=known.get(one.id), live=one),
                lonely=not all_heard and one.id not in ids,
            )
            for one in monitors[:_MOST_LISTED]
        )
        total = line(bold(_total(monitors)))
        return answer(*rows, *_more(len(monitors)), total)

    async def show(self, request: Request, monitor_id: str) -> Answer:
        """Return all that is known of one monitor."""
        seen = await self._register.look(request, monitor_id, needed=False)
        found = [
            one
            for one in await self._subscriptions.list(request.team_id)
            if followed_id(one) == monitor_id or _hears_all(one)
        ]
        here = [str(one.id) for one in found if one.channel_id == request.channel_id]
        channels = len({one.channel_id for one in found})
        heard = f"{channels} {'channel hears' if channels == 1 else 'channels hear'} it"
        ours = f"; this one by subscription {', '.join(here)}" if here else "; this one does not"
        return answer(
            line(bold(seen.running.query or "A monitor whose query we do not know")),
            line(code(monitor_id), f" is {seen.state}."),
            *_facts(seen),
            f"{heard}{ours}.",
        )

    async def _running(self) -> tuple[dict[str, Monitor] | None, Sequence[Line | str]]:
        """Return the active monitors by id, or None and why they could not be had."""
        if not self._register.has_api:
            return None, ()
        try:
            return {one.id: one for one in await self._register.api.list()}, ()
        except ApiError as error:
            return None, (f"{error.text} So this is what I remember.",)

    async def _known(self, request: Request) -> dict[str, KnownMonitor]:
        return {one.id: one for one in await self._register.store.list(request.team_id)}


def _sighting(
    monitor_id: str, known: dict[str, KnownMonitor], running: dict[str, Monitor] | None
) -> Sighting:
    live = running.get(monitor_id) if running is not None else None
    gone = running is not None and live is None
    return Sighting(id=monitor_id, known=known.get(monitor_id), live=live, gone=gone)


def _row(seen: Sighting, *, lonely: bool = False) -> Line:
    runs = "" if seen.ended else f", {pace(seen.running)}, {cost(seen.running)}"
    query: tuple[str | Span, ...] = (
        (" ", bold(clip(seen.running.query))) if seen.running.query else ()
    )
    nobody = " — nobody follows it" if lonely else ""
    return line(code(seen.id), *query, f" — {seen.state}{runs}{nobody}", bullet=True)


def _facts(seen: Sighting) -> Iterable[Line]:
    if not seen.ended:
        yield line(f"It runs {pace(seen.running)}, {cost(seen.running)}.", bullet=True)
    created = seen.live.created_at if seen.live else seen.known and seen.known.created_at
    if created:
        yield line(f"Made {_minute(created)}.", bullet=True)
    if seen.live is not None:
        last = seen.live.last_run_at
        yield line(f"Last run {_minute(last)}." if last else "It has not run yet.", bullet=True)


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _more(count: int) -> Sequence[str]:
    return (f"… and {count - _MOST_LISTED} more.",) if count > _MOST_LISTED else ()


def _total(monitors: Sequence[Monitor]) -> str:
    costs = [monthly_cost(one.frequency, one.processor) for one in monitors]
    total = money(sum((one for one in costs if one is not None), Decimal(0)))
    some = "at least " if None in costs else "about "
    return f"{len(monitors)} active, {some}{total} a month in all"


def _hears_all(subscription: Subscription) -> bool:
    """Return whether a subscription follows every monitor."""
    if subscription.source not in {ANY_SOURCE, SOURCE}:
        return False
    subject = subscription.subject
    return subject is None or (subject.kind == KIND and not subject.id)
