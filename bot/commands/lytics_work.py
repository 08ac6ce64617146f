"""Resuming a job of Lytics' that failed, and reading its log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.commands.deeds import Deeds
from bot.commands.errand_words import stands_in_the_way
from bot.commands.following import Following
from bot.commands.once import Sleep
from bot.core.answers import Answer, Line, Span, answer, bold, code, line
from bot.core.errands import Errand
from bot.core.errors import ApiError, CommandError
from bot.core.forms import Form
from bot.core.jobs import Job, LogLine
from bot.core.marks import Mark
from bot.core.ports import Clock, LyticsApi
from bot.core.ports.everything import Memory
from bot.core.reasons import AMBIGUOUS
from bot.core.requests import Request
from bot.core.wording import clip, humanised

RESUME, LOGS = "lytics.resume", "lytics.logs"
PAUSE = timedelta(seconds=60)
"""How long after a job was resumed nobody can ask for it again."""

LOOK_S = 1.0
MOST_LINES = 20
_MOST_NAME, _MOST_MESSAGE = 80, 250
_TITLE = "Log of a job"
_STOPPED = ("failed", "paused", "pausing", "fault")
_OVER = {"completed", "deleted", "deleting", "killed"}


class LyticsWork:
    """Lets a failed job run again, each wish once, and shows the end of its log."""

    def __init__(
        self,
        lytics: LyticsApi,
        following: Following,
        memory: Memory,
        *,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        self._lytics = lytics
        self._following = following
        self._messages = memory.messages
        self._errands = memory.errands
        self._clock = clock
        self._sleep = sleep

    def deeds(self) -> Deeds:
        """Return what can be done here."""
        return Deeds(presses={RESUME: self.resume, LOGS: self.logs}, opens={LOGS: _TITLE})

    async def logs(self, request: Request) -> Form:
        """Show the last lines of a job's log."""
        await self._following.check_person(request)
        job = await self._lytics.job(request.text)
        found = await self._lytics.logs(job.id, most=MOST_LINES)
        head = line(bold(_named(job)), f" is {humanised(job.status) or 'in no known state'} now.")
        return Form(name="page", title=_TITLE, lines=(head, *_told(found)))

    async def resume(self, request: Request) -> Answer:
        """Let a job run again, unless it does or somebody has just asked for it."""
        await self._following.check_person(request)
        last = await self._errands.get(RESUME, request.text)
        if last is not None and last.request_id == request.id:
            return await self._again(request, last)
        job = await self._lytics.job(request.text)
        _check(job)
        wish = Errand(
            act=RESUME,
            thing=job.id,
            request_id=request.id,
            user_id=request.user_id,
            at=self._clock(),
        )
        last = await self._errands.begin(wish, pause=PAUSE, sure_pause=PAUSE)
        if last is not None:
            raise stands_in_the_way(last, "resumed this", PAUSE, self._clock())
        try:
            await self._lytics.resume(job.id)
        except ApiError as error:
            if error.reason in AMBIGUOUS:
                await self._sleep(LOOK_S)
                return await self._look(request, wish, error.text)
            await self._errands.settle(wish, taken=False)
            raise
        return await self._taken(request, wish, job)

    async def _again(self, request: Request, last: Errand) -> Answer:
        """Answer the second try of a request, which asks for nothing."""
        if not last.sure:
            return await self._look(request, last, "I was interrupted.")
        return await self._taken(request, last, await self._lytics.job(last.thing))

    async def _look(self, request: Request, wish: Errand, words: str) -> Answer:
        """Look whether a job was resumed: then it has stopped no more."""
        unsure = f"{words} Whether the job was resumed is not known; look again in a minute."
        try:
            job = await self._lytics.job(wish.thing)
        except ApiError as error:
            raise CommandError(unsure) from error
        if job.status.startswith(_STOPPED):
            raise CommandError(unsure)
        return await self._taken(request, wish, job)

    async def _taken(self, request: Request, wish: Errand, job: Job) -> Answer:
        await self._errands.settle(wish, taken=True)
        posted = await self._messages.find(request.team_id, request.channel_id, request.message_ts)
        if posted is not None:
            mark = Mark(kind="resumed", by=wish.user_id, words="resumed this job", at=wish.at)
            await self._messages.mark(posted.row, mark)
        return answer(line("Lytics lets ", bold(_named(job)), " run again."))


def _named(job: Job) -> str:
    return clip(job.name or job.id, _MOST_NAME)


def _check(job: Job) -> None:
    """Raise `CommandError` for a job that cannot be resumed; unknown states are tried."""
    if job.status in _OVER:
        raise CommandError(f"The job is {job.status}; nothing can resume it.")
    if job.status in {"running", "sleeping", "initializing", "runnable"}:
        raise CommandError(f"The job is {job.status} already; there is nothing to resume.")


def _told(found: Sequence[LogLine]) -> Iterator[Line]:
    if not found:
        yield line("Its log is empty.")
        return
    yield line(f"The last {len(found)} lines of its log:" if len(found) > 1 else "Its log:")
    for one in found:
        yield line(*_words(one), bullet=True)


def _words(one: LogLine) -> Iterator[str | Span]:
    yield f"{one.at:%Y-%m-%d %H:%M} UTC" if isinstance(one.at, datetime) else clip(one.at, 40)
    for word in filter(None, (one.level, one.code)):
        yield " "
        yield code(clip(word, 40))
    if one.message:
        yield f" {clip(one.message, _MOST_MESSAGE)}"
