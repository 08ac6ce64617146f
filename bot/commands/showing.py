"""`/monitors list` and `show`: what runs, for whom, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from bot.commands.parse import clip
from bot.commands.phrases import cost, pace
from bot.commands.register import KIND, SOURCE, Register, followed_id
from bot.commands.sighting import Sighting
from bot.commands.watching import a_month, options
from bot.core.answers import Answer, Line, Span, answer, bold, code, line
from bot.core.errors import ApiError
from bot.core.monitors import KnownMonitor, Monitor, monthly_cost
from bot.core.ports import SubscriptionStore
from bot.core.requests import Request
from bot.core.subscriptions import ANY_SOURCE, Subscription

_MOST_LISTED = 50


class Shown(NamedTuple):
    """A monitor as it is seen now, and whether no channel hears of it."""

    seen: Sighting
    lonely: bool


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
        known = await self._known(request)
        for one in monitors:
            if one.id not in known and (found := await self._register.remember(request, one)):
                known[one.id] = found
        lonely = await self._lonely(request, monitors)
        rows = (
            _row(Sighting(id=one.id, known=known.get(one.id), live=one), lonely=one in lonely)
            for one in monitors[:_MOST_LISTED]
        )
        total = line(bold(f"{len(monitors)} active, {_cost_of(monitors)} in all"))
        return answer(*rows, *_more(len(monitors)), total, *_unheard(lonely))

    async def everything(self, request: Request) -> tuple[Sequence[Shown], Sequence[Line]]:
        """Return every monitor that runs or that we remember, and what could not be seen."""
        running, trouble = await self._running()
        known = await self._known(request)
        lonely = await self._lonely(request, [*(running or {}).values()])
        ids = [one for one in dict.fromkeys([*(running or {}), *known]) if one]
        seen = [_sighting(one, known, running) for one in ids]
        shown = [
            Shown(one, any(each.id == one.id for each in lonely))
            for one in seen
            if not one.ended or one.pause is not None
        ]
        return shown, [line(one) if isinstance(one, str) else one for one in trouble]

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
        offer = () if found or seen.ended else (_offer(monitor_id),)
        return answer(
            line(bold(seen.running.query or "A monitor whose query we do not know")),
            line(code(monitor_id), f" is {seen.state}."),
            *_facts(seen),
            f"{heard}{ours}.",
            *offer,
        )

    async def _lonely(self, request: Request, monitors: Sequence[Monitor]) -> Sequence[Monitor]:
        """Return the monitors that no channel hears."""
        found = await self._subscriptions.list(request.team_id)
        if any(map(_hears_all, found)):
            return ()
        ids = set(map(followed_id, found))
        return [one for one in monitors if one.id not in ids]

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
    if told := options(seen.running):
        yield line(told, bullet=True)
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


def _cost_of(monitors: Sequence[Monitor]) -> str:
    costs = [monthly_cost(one.frequency, one.processor) for one in monitors]
    total = a_month(sum((one for one in costs if one is not None), Decimal(0)))
    return f"{'at least' if None in costs else 'about'} {total}".replace("about less", "less")


def _unheard(lonely: Sequence[Monitor]) -> Iterable[Line]:
    """Yield what the monitors that nobody hears cost together, and what to do about it."""
    if lonely:
        number = "1 monitor runs" if len(lonely) == 1 else f"{len(lonely)} monitors run"
        yield line(f"{number} with nobody listening: {_cost_of(lonely)}.")
        yield _offer(lonely[0].id)


def _offer(monitor_id: str) -> Line:
    hear = code(f"/alerts subscribe {SOURCE} {KIND} {monitor_id}")
    return line("Nobody hears ", code(monitor_id), "; to hear it in a channel, type there ", hear,
                ", or end it with ", code(f"/monitors cancel {monitor_id}"), ".")  # fmt: skip


def _hears_all(subscription: Subscription) -> bool:
    """Return whether a subscription follows every monitor."""
    if subscription.source not in {ANY_SOURCE, SOURCE}:
        return False
    subject = subscription.subject
    return subject is None or (subject.kind == KIND and not subject.id)
