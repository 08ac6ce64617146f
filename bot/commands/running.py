"""`/monitors run`: one run now, which costs, and never two for the same wish."""

from __future__ import annotations

from datetime import timedelta

from bot.commands.permission import Permission
from bot.commands.register import Register
from bot.commands.sighting import Sighting
from bot.commands.watching import price_of_a_run
from bot.core.answers import Answer, Line, answer, code, line, user
from bot.core.errors import ApiError, CommandError
from bot.core.monitors import Pause, Run
from bot.core.ports import Clock
from bot.core.reasons import AMBIGUOUS
from bot.core.requests import Request

PAUSE = timedelta(seconds=60)
"""How long after a run nobody can ask for another of the same monitor."""


class Running:
    """Lets a monitor run once, at most once a minute whoever asks."""

    def __init__(self, register: Register, permission: Permission, clock: Clock) -> None:
        self._register = register
        self._permission = permission
        self._clock = clock

    async def run(self, request: Request, monitor_id: str) -> Answer:
        """Ask for a run; the wish is written down first, because no call names its run."""
        seen = await self._register.look(request, monitor_id)
        await self._permission.check(request, created_by=seen.created_by)
        if seen.ended:
            raise CommandError(_why_not(seen))
        wish = Run(
            monitor_id=monitor_id,
            request_id=request.id,
            user_id=request.user_id,
            at=self._clock(),
        )
        stands = await self._register.store.begin_run(wish, pause=PAUSE)
        if stands is None:
            await self._trigger(wish)
        elif stands.request_id != request.id:
            raise CommandError("It was run a moment ago.", lines=(_who(stands, wish),))
        elif not stands.sure:
            raise _unsure("I was interrupted.", monitor_id)
        price = price_of_a_run(seen.running)
        return answer(
            line("Monitor ", code(monitor_id), f" runs once now, for {price}."), *_then(seen)
        )

    async def _trigger(self, wish: Run) -> None:
        store = self._register.store
        try:
            await self._register.api.trigger(wish.monitor_id)
        except ApiError as error:
            if error.reason in AMBIGUOUS:
                raise _unsure(error.cited, wish.monitor_id) from error
            await store.settle_run(wish, done=False)
            raise
        await store.settle_run(wish, done=True)


def _why_not(seen: Sighting) -> str:
    if seen.pause is Pause.STOP:
        return f"{seen.id} is stopped; /monitors resume {seen.id} makes it anew, and that runs it."
    return f"{seen.id} is cancelled, so it cannot run any more."


def _then(seen: Sighting) -> tuple[Line, ...]:
    if seen.pause is Pause.HOLD:
        return (line("It is on hold, so what it finds is kept from every channel."),)
    events = code(f"/monitors events {seen.id}")
    return (line("It takes minutes and may find nothing; ", events, " shows what became of it."),)


def _who(stands: Run, wish: Run) -> Line:
    left = max(1, round((PAUSE - abs(wish.at - stands.at)).total_seconds()))
    asked = " started it at " if stands.sure else " asked for it at "
    when = f"{stands.at:%H:%M:%S} UTC"
    return line(
        code(stands.monitor_id), " does not run again at once: ", user(stands.user_id), asked, when,
        f", and each run costs. If you want one more, ask again in {left} seconds.",
    )  # fmt: skip


def _unsure(words: str, monitor_id: str) -> CommandError:
    return CommandError(
        f"{words} Whether it runs now is not known, and each run costs: look at "
        f"/monitors events {monitor_id} in some minutes before you ask again."
    )
