"""Answering what an agent of Deck's asks: in a form, once, and to Deck alone."""

from __future__ import annotations

from datetime import timedelta

from pydantic import ValidationError

from bot.commands.apologies import in_form
from bot.commands.deck_form import MOST_BLANKS, NAME, Answered, at_fault, filled_in, form, mistakes
from bot.commands.deeds import Deeds
from bot.commands.errand_words import stands_in_the_way
from bot.commands.following import Following
from bot.commands.once import Sleep
from bot.core.answers import Answer, answer, line
from bot.core.errands import Errand
from bot.core.errors import ApiError, CommandError
from bot.core.forms import Form
from bot.core.marks import Mark
from bot.core.ports import Clock, DeckApi
from bot.core.ports.everything import Memory
from bot.core.prompts import Prompt
from bot.core.reasons import AMBIGUOUS, Reason
from bot.core.requests import Request
from bot.core.wording import humanised

ACT = "deck.answer"
PAUSE = timedelta(seconds=60)
"""How long after an answer that perhaps arrived nobody can send another."""

LOOK_S = 1.0
_SENT = "Deck has the answer, and the run goes on. If it was wrong, Deck asks again."
_CHANGED = line("Deck asks something else by now, so nothing was sent. This is what it asks:")
_UNSURE = (
    " It still asks, and whether your answer arrived is not known. I do not send it again: "
    "if Deck still asks in a minute, press Answer once more."
)
_UNKNOWN = (
    " Whether your answer arrived is not known, and I do not send it again: look at the run in "
    "Deck's console, or press Answer once more in a minute."
)
_GONE = {
    "queued": "It was answered already: the run goes on.",
    "running": "It was answered already: the run goes on.",
    "completed": "The run is done; nobody needs to answer any more.",
    "canceled": "The run was canceled; nobody needs to answer any more.",
    "cancelled": "The run was canceled; nobody needs to answer any more.",
    "failed": "The run failed; it takes no answer any more.",
}
_TOO_LATE = (
    "Nobody answered in time, so the run failed: run it again in Deck, with the answer at hand."
)


class DeckAnswer:
    """Asks a person what Deck asks, and sends the answer exactly once.

    What is typed is in the request alone, which is wiped when it is done.
    """

    def __init__(
        self,
        deck: DeckApi,
        following: Following,
        memory: Memory,
        *,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        self._deck = deck
        self._following = following
        self._messages = memory.messages
        self._errands = memory.errands
        self._clock = clock
        self._sleep = sleep

    def deeds(self) -> Deeds:
        """Return what can be done here."""
        return Deeds(
            presses={ACT: self.ask},
            forms={NAME: self.submit},
            opens={ACT: "Answer Deck"},
            checks={NAME: mistakes},
        )

    async def ask(self, request: Request) -> Form:
        """Show what a run asks now."""
        await self._following.check_person(request)
        prompt = _waiting(await self._deck.prompt(request.text))
        self._check(await self._errands.get(ACT, _thing(prompt.run_id, prompt.mark)))
        return await self._form(prompt, request.message_ts)

    async def submit(self, request: Request) -> Answer | Form:
        """Send what was filled in, unless it was sent before or is not asked any more."""
        await self._following.check_person(request)
        asked = _asked(request)
        last = await self._errands.get(ACT, _thing(asked.run_id, asked.mark))
        if last is not None and last.request_id == request.id:
            return await self._again(request, asked, last)
        self._check(last)
        prompt = _waiting(await self._deck.prompt(asked.run_id))
        if prompt.mark != asked.mark:
            return await self._form(prompt, asked.message_ts, changed=True)
        wish = Errand(
            act=ACT,
            thing=_thing(asked.run_id, asked.mark),
            request_id=request.id,
            user_id=request.user_id,
            at=self._clock(),
        )
        last = await self._errands.begin(wish, pause=PAUSE, sure_pause=None)
        if last is not None:
            raise stands_in_the_way(last, "answered this", PAUSE, self._clock())
        return await self._send(request, asked, prompt, wish)

    async def _send(
        self, request: Request, asked: Answered, prompt: Prompt, wish: Errand
    ) -> Answer | Form:
        # To Deck all answers to one question are the same call, whoever sends them.
        values, key = filled_in(prompt, request.values), f"tocsin-{asked.mark}"
        try:
            await self._deck.answer(asked.run_id, values, key=key)
        except ApiError as error:
            if error.reason in AMBIGUOUS:
                await self._sleep(LOOK_S)
                return await self._look(request, asked, wish, error.text)
            await self._errands.settle(wish, taken=False)
            return await self._refused(asked, prompt, error)
        return await self._taken(request, asked, wish)

    async def _again(self, request: Request, asked: Answered, last: Errand) -> Answer:
        """Answer the second try of a request, which never sends."""
        if last.sure:
            return await self._taken(request, asked, last)
        return await self._look(request, asked, last, "I was interrupted.")

    async def _look(self, request: Request, asked: Answered, wish: Errand, words: str) -> Answer:
        """Look whether an answer arrived: then Deck asks this no more."""
        try:
            prompt = await self._deck.prompt(asked.run_id)
        except ApiError as error:
            raise CommandError(words + _UNKNOWN) from error
        if prompt.waits and prompt.mark == asked.mark:
            raise CommandError(words + _UNSURE)
        if prompt.failure == "interaction_timeout":
            raise CommandError(_TOO_LATE)
        return await self._taken(request, asked, wish)

    async def _refused(self, asked: Answered, prompt: Prompt, error: ApiError) -> Form:
        """Show in the form, which is empty again, what Deck does not take.

        If it asks something else by now, show that; if it asks nothing, say so.
        """
        if error.field is not None:
            wrong = "Deck does not take this."
            filled = await self._form(prompt, asked.message_ts)
            return at_fault(filled, prompt, error.field, wrong)
        if error.reason in {Reason.INVALID, Reason.NOT_FOUND}:
            now = await self._deck.prompt(asked.run_id)
            if _waiting(now).mark != asked.mark:
                return await self._form(now, asked.message_ts, changed=True)
        return in_form(error, await self._form(prompt, asked.message_ts))

    async def _taken(self, request: Request, asked: Answered, wish: Errand) -> Answer:
        await self._errands.settle(wish, taken=True)
        posted = await self._messages.find(request.team_id, request.channel_id, asked.message_ts)
        if posted is not None:
            by, at = wish.user_id, wish.at
            mark = Mark(kind="answered", by=by, words="answered this", at=at)
            await self._messages.mark(posted.row, mark)
        return answer(_SENT)

    async def _form(self, prompt: Prompt, message_ts: str, *, changed: bool = False) -> Form:
        agent = await self._deck.agent(prompt.agent_id) if prompt.agent_id else ""
        first = (_CHANGED,) if changed else ()
        return form(prompt, agent, message_ts=message_ts, first=first)

    def _check(self, last: Errand | None) -> None:
        """Raise `CommandError` if somebody has answered, or perhaps has a moment ago."""
        if last is not None and (last.sure or abs(self._clock() - last.at) < PAUSE):
            raise stands_in_the_way(last, "answered this", PAUSE, self._clock())


def _thing(run_id: str, mark: str) -> str:
    return f"{run_id}/{mark}"


def _asked(request: Request) -> Answered:
    try:
        return Answered.model_validate_json(request.context)
    except ValidationError:
        raise CommandError("This form is too old; press Answer on the alert again.") from None


def _waiting(prompt: Prompt) -> Prompt:
    """Return a prompt that waits for an answer which a form can give.

    Raises:
        CommandError: it does not.
    """
    if not prompt.waits:
        raise CommandError(_gone(prompt))
    if not prompt.blanks or len(prompt.blanks) > MOST_BLANKS:
        raise CommandError("Deck asks in a way that no form can answer; answer in its console.")
    return prompt


def _gone(prompt: Prompt) -> str:
    if prompt.failure == "interaction_timeout":
        return _TOO_LATE
    now = f"The run is {humanised(prompt.status)} now and asks nothing."
    return _GONE.get(prompt.status, now)
