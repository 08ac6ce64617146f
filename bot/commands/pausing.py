"""`/monitors pause`, `resume` and `cancel`: what is possible where no pause exists."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.commands.making import Making, remade
from bot.commands.once import made_before
from bot.commands.permission import Permission
from bot.commands.phrases import cost, pace
from bot.commands.register import Register
from bot.commands.sighting import Sighting
from bot.core.answers import Answer, answer, bold, code, line
from bot.core.errors import ApiError, CommandError
from bot.core.monitors import SLOWEST, KnownMonitor, Monitor, Pause
from bot.core.ports import Clock
from bot.core.reasons import AMBIGUOUS
from bot.core.requests import Request

_EVENT_STREAM = "event_stream"


class Pausing:
    """Pauses, resumes and ends monitors; each twice is the same as once."""

    def __init__(
        self, register: Register, making: Making, permission: Permission, clock: Clock
    ) -> None:
        self._register = register
        self._making = making
        self._permission = permission
        self._clock = clock

    async def pause(
        self, request: Request, monitor_id: str, how: Pause, *, confirmed: bool
    ) -> Answer:
        """Keep a monitor quiet, slow it down, or stop it."""
        seen = await self._register.look(request, monitor_id, needed=how is not Pause.HOLD)
        await self._permission.check(request, created_by=seen.created_by)
        if seen.ended and seen.pause is not Pause.STOP:
            raise CommandError(f"{monitor_id} is cancelled; there is nothing to pause.")
        if seen.pause not in {None, how} and how is not Pause.STOP:
            raise CommandError(
                f"{monitor_id} is {seen.state} already; type /monitors resume {monitor_id} first."
            )
        match how:
            case Pause.HOLD:
                return await self._hold(request, seen)
            case Pause.SLOW:
                return await self._slow(request, seen)
            case Pause.STOP:
                return await self._stop(request, seen, confirmed=confirmed)

    async def resume(self, request: Request, monitor_id: str) -> Answer:
        """Undo a pause, whichever it was."""
        known = await self._register.store.get(monitor_id)
        if known is None and (done := await self.resumed_before(request)) is not None:
            return done
        pause = known.pause if known else None
        needed = pause in {Pause.SLOW, Pause.STOP}
        seen = await self._register.look(request, monitor_id, needed=needed)
        await self._permission.check(request, created_by=seen.created_by)
        if seen.ended and pause is not Pause.STOP:
            raise CommandError(f"{monitor_id} is cancelled for good; make a new one.")
        if known is None or pause is None:
            return answer(line("Monitor ", code(monitor_id), " is not paused."))
        if seen.ended:
            return await self._making.remake(request, known)
        return await self._go_on(known, seen)

    async def resumed_before(self, request: Request) -> Answer | None:
        """Return the answer of an earlier try, after which the old id is forgotten."""
        if not self._register.has_api:
            return None
        made = await made_before(self._register.api, request)
        known = await self._register.store.get(made.id) if made else None
        return remade(known.id, known.definition) if known else None

    async def cancel(self, request: Request, monitor_id: str, *, confirmed: bool) -> Answer:
        """End a monitor for good."""
        seen = await self._register.look(request, monitor_id)
        await self._permission.check(request, created_by=seen.created_by)
        if not confirmed and (not seen.ended or seen.pause is Pause.STOP):
            return _ask(seen, f"/monitors cancel {monitor_id} confirm", "It cannot be undone.")
        if not seen.ended:
            await self._register.api.cancel(monitor_id)
        record = seen.record(request, self._clock())
        await self._register.store.save(
            record.model_copy(update={"pause": None, "cancelled": True})
        )
        return answer(
            line("Monitor ", code(monitor_id), " is cancelled for good and costs nothing more.")
        )

    async def _go_on(self, known: KnownMonitor, seen: Sighting) -> Answer:
        runs, notes = seen.running, []
        if known.pause is Pause.SLOW:
            runs = known.definition
            await self._register.api.update(known.id, runs, {"frequency"})
        if known.pause is Pause.HOLD:
            notes.append(_kept_quiet(await self._register.store.kept_quiet(known.id)))
        await self._register.store.save(known.model_copy(update={"pause": None}))
        told = f" speaks again. It runs {pace(runs)}, {cost(runs)}."
        return answer(line("Monitor ", code(known.id), told), *notes)

    async def _hold(self, request: Request, seen: Sighting) -> Answer:
        record = seen.record(request, self._clock())
        await self._register.store.save(record.model_copy(update={"pause": Pause.HOLD}))
        runs = seen.running
        return answer(
            line("Monitor ", code(seen.id), " is on hold: I keep its alerts from every channel."),
            f"Parallel has no pause, so it runs on {pace(runs)}, {cost(runs)}.",
            line("Go on with ", code(f"/monitors resume {seen.id}"), "; save money with ",
                 code(f"/monitors pause {seen.id} slow"), " or ", code("stop"), " instead."),
        )  # fmt: skip

    async def _slow(self, request: Request, seen: Sighting) -> Answer:
        before = seen.record(request, self._clock())
        slowed = seen.running.model_copy(update={"frequency": SLOWEST})
        if seen.running.frequency != SLOWEST:
            after = before.model_copy(update={"pause": Pause.SLOW})
            await self._switch(
                before, after, lambda: self._register.api.update(seen.id, slowed, {"frequency"})
            )
        elif seen.pause is None:
            raise CommandError(
                f"{seen.id} runs every {SLOWEST} already, which is the slowest; try hold or stop."
            )
        return answer(
            line("Monitor ", code(seen.id), f" runs every {SLOWEST} now, {cost(slowed)}."),
            "Parallel has no pause; this is the slowest it knows. What it finds is still told.",
            line("Go back to every ", before.definition.frequency, " with ",
                 code(f"/monitors resume {seen.id}"), "."),
        )  # fmt: skip

    async def _stop(self, request: Request, seen: Sighting, *, confirmed: bool) -> Answer:
        if seen.live is not None and seen.live.kind != _EVENT_STREAM:
            raise CommandError(
                f"{seen.id} is a {seen.live.kind} monitor, which I could not make anew; "
                "use hold, slow or /monitors cancel."
            )
        resume = code(f"/monitors resume {seen.id}")
        if not confirmed and not seen.ended:
            loses = "Its history ends, and "
            if not seen.created_by:
                loses += "what Parallel does not tell of it, such as a memory scope, is lost; "
            loses += "resume makes a new monitor with the same query and options."
            return _ask(seen, f"/monitors pause {seen.id} stop confirm", loses)
        if not seen.ended:
            before = seen.record(request, self._clock())
            after = before.model_copy(update={"pause": Pause.STOP})
            await self._switch(before, after, lambda: self._register.api.cancel(seen.id))
        return answer(
            line("Monitor ", code(seen.id), " is stopped and costs nothing more."),
            line("I keep its query and options: ", resume, " makes it anew."),
        )

    async def _switch(
        self, before: KnownMonitor, after: KnownMonitor, call: Callable[[], Awaitable[Monitor]]
    ) -> None:
        """Remember first and then call, so that a crash between loses nothing to go back to."""
        await self._register.store.save(after)
        try:
            await call()
        except ApiError as error:
            if error.reason not in AMBIGUOUS:
                await self._register.store.save(before)
            raise


def _ask(seen: Sighting, command: str, loses: str) -> Answer:
    query = seen.running.query
    runs = f"It runs {pace(seen.running)}, {cost(seen.running)}."
    if seen.ended:
        runs = "It is stopped and could still be made anew."
    return answer(
        line("This ends monitor ", code(seen.id), *((": ", bold(query)) if query else ()), "."),
        f"{runs} {loses}",
        line("If you mean it, type ", code(command), "."),
    )


def _kept_quiet(count: int) -> str:
    if count == 0:
        return "Nothing was kept quiet meanwhile."
    return f"{count} {'alert was' if count == 1 else 'alerts were'} kept quiet meanwhile."
