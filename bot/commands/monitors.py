"""`/monitors`: the web monitors themselves."""

from __future__ import annotations

import re

from bot.commands.definition import changes, definition
from bot.commands.editing import Editing
from bot.commands.help import MONITORS, unknown
from bot.commands.making import Making
from bot.commands.parse import Typed, Word, clip, read
from bot.commands.pausing import Pausing
from bot.commands.recent import MOST_PAGES, Recent
from bot.commands.register import Register
from bot.commands.running import Running
from bot.commands.showing import Showing
from bot.core.answers import Answer
from bot.core.errors import CommandError
from bot.core.monitors import Pause
from bot.core.requests import Request

_CONFIRM = "confirm"
_PAGE = "page"
_CHANGES = {"pause", "resume", "cancel", "edit", "run"}


class MonitorCommands:
    """Answers `/monitors`."""

    def __init__(
        self,
        register: Register,
        *,
        making: Making,
        pausing: Pausing,
        editing: Editing,
        running: Running,
        showing: Showing,
        recent: Recent,
    ) -> None:
        self._register = register
        self._making = making
        self._pausing = pausing
        self._editing = editing
        self._running = running
        self._showing = showing
        self._recent = recent

    async def run(self, request: Request) -> Answer:
        """Answer one command; raises the errors that `Commands` puts into words."""
        typed = read("/monitors", request.text)
        if typed.verb in _CHANGES:
            return await self._change(request, typed)
        match typed.verb:
            case "create" if typed.word(1) is not None:
                return await self._making.create(request, definition(typed))
            case "list":
                return await self._list(request, typed)
            case "show" | "events":
                return await self._tell(request, typed)
            case "" | "help" | "create":
                return MONITORS
            case verb:
                return unknown(clip(verb), MONITORS)

    async def _tell(self, request: Request, typed: Typed) -> Answer:
        page = _page(typed) if typed.verb == "events" else _end(typed, 2)
        monitor_id = await self._register.resolve(request, typed, typed.word(1))
        if page:
            return await self._recent.events(request, monitor_id, page)
        return await self._showing.show(request, monitor_id)

    async def _change(self, request: Request, typed: Typed) -> Answer:
        match typed.verb:
            case "pause":
                return await self._pause(request, typed)
            case "resume":
                return await self._resume(request, typed)
            case "cancel":
                return await self._cancel(request, typed)
            case "edit":
                return await self._edit(request, typed)
            case _:
                _end(typed, 2)
                monitor_id = await self._register.resolve(request, typed, typed.word(1))
                return await self._running.run(request, monitor_id)

    async def _pause(self, request: Request, typed: Typed) -> Answer:
        how = _how(typed, typed.word(2))
        confirmed = _confirmed(typed, 3) if how is Pause.STOP else _end(typed, 3)
        monitor_id = await self._register.resolve(request, typed, typed.word(1))
        return await self._pausing.pause(request, monitor_id, how, confirmed=confirmed)

    async def _resume(self, request: Request, typed: Typed) -> Answer:
        _end(typed, 2)
        try:
            monitor_id = await self._register.resolve(request, typed, typed.word(1))
        except CommandError:
            done = await self._pausing.resumed_before(request)
            if done is None:
                raise
            return done
        return await self._pausing.resume(request, monitor_id)

    async def _cancel(self, request: Request, typed: Typed) -> Answer:
        confirmed = _confirmed(typed, 2)
        monitor_id = await self._register.resolve(request, typed, typed.word(1))
        return await self._pausing.cancel(request, monitor_id, confirmed=confirmed)

    async def _edit(self, request: Request, typed: Typed) -> Answer:
        wanted = changes(typed) if typed.word(1) else {}
        monitor_id = await self._register.resolve(request, typed, typed.word(1))
        return await self._editing.edit(request, monitor_id, wanted)

    async def _list(self, request: Request, typed: Typed) -> Answer:
        word = typed.word(1)
        if word is None:
            return await self._showing.followed(request)
        if word.plain.lower() != "all":
            raise typed.wrong(word, "is not expected here; type list, or list all.")
        return await self._showing.account(request)


def _how(typed: Typed, word: Word | None) -> Pause:
    if word is None:
        return Pause.HOLD
    try:
        return Pause(word.plain.lower())
    except ValueError:
        raise typed.wrong(word, "is no way to pause; try hold, slow or stop.") from None


def _page(typed: Typed) -> int:
    word, number = typed.word(2), typed.word(3)
    if word is None:
        return 1
    if word.plain.lower() != _PAGE:
        raise typed.wrong(word, f"is not expected here; type {_PAGE} and a number.")
    if number is None or not re.fullmatch("[0-9]{1,3}", number.plain):
        raise typed.wrong(number or word, f"is no page; type {_PAGE} and a number.")
    _end(typed, 4)
    if not 1 <= int(number.plain) <= MOST_PAGES:
        raise typed.wrong(number, f"is no page that I show; there are up to {MOST_PAGES}.")
    return int(number.plain)


def _confirmed(typed: Typed, position: int) -> bool:
    word = typed.word(position)
    if word is None:
        return False
    if word.plain.lower() != _CONFIRM:
        raise typed.wrong(word, f"is not expected here; type {_CONFIRM} if you mean it.")
    return not _end(typed, position + 1)


def _end(typed: Typed, position: int) -> bool:
    """Return False, or raise `CommandError` for a word too many."""
    word = typed.word(position)
    if word is not None:
        raise typed.wrong(word, "is one word too many.")
    return False
