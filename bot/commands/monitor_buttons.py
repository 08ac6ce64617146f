"""Web monitors by buttons and forms: make, edit, run, pause, resume, cancel."""

from __future__ import annotations

from bot.commands import monitor_form
from bot.commands.deeds import Deeds
from bot.commands.editing import Editing
from bot.commands.making import Making
from bot.commands.marking import Marking
from bot.commands.monitor_form import CHANNEL, CREATE, EDIT, EVERY, OTHER, PROCESSOR
from bot.commands.pausing import Pausing
from bot.commands.phrases import cost, pace
from bot.commands.register import Register
from bot.commands.running import Running
from bot.core.answers import Answer, bold, code, line
from bot.core.forms import Choice, Form, Input, Kind
from bot.core.monitors import SLOWEST, Definition, Pause
from bot.core.requests import Request

RUN, PAUSE, RESUME, CANCEL = (
    "parallel.run", "parallel.pause", "parallel.resume", "parallel.cancel",
)  # fmt: skip
OPEN_EDIT, OPEN_CREATE = "parallel.edit", "parallel.create"
SHORTCUT = "monitor_create"
_HOW = "how"
_PAUSED = {
    Pause.HOLD: "put it on hold",
    Pause.SLOW: "slowed it down",
    Pause.STOP: "stopped it",
}


class MonitorButtons:
    """Does by buttons and forms what `/monitors` does by words."""

    def __init__(
        self,
        register: Register,
        *,
        making: Making,
        editing: Editing,
        running: Running,
        pausing: Pausing,
        marking: Marking,
    ) -> None:
        self._register = register
        self._making = making
        self._editing = editing
        self._running = running
        self._pausing = pausing
        self._marking = marking

    def deeds(self) -> Deeds:
        """Return what can be done here."""
        costs = {
            f"{name}:{field}": self._drawn
            for name in (CREATE, EDIT)
            for field in (EVERY, OTHER, PROCESSOR)
        }
        return Deeds(
            presses={
                RUN: self._run,
                PAUSE: self._ask_pause,
                RESUME: self._resume,
                CANCEL: self._cancel,
                OPEN_EDIT: self.ask_edit,
                OPEN_CREATE: self.ask_create,
                **costs,
            },
            forms={CREATE: self._create, EDIT: self._edit, PAUSE: self._pause},
            shortcuts={SHORTCUT: self.ask_create},
            opens={
                PAUSE: "Pause",
                OPEN_EDIT: "Edit web monitor",
                OPEN_CREATE: "New web monitor",
                SHORTCUT: "New web monitor",
            },
            checks={CREATE: monitor_form.mistakes, EDIT: monitor_form.mistakes},
            redraws={CREATE: self._drawn, EDIT: self._drawn, PAUSE: self._ask_pause_again},
        )

    async def ask_create(self, request: Request) -> Form:
        """Return the empty form; where there is no channel it asks for one."""
        self._making.check_setup()
        return monitor_form.form(CREATE, {}, asks_channel=not request.channel_id)

    async def ask_edit(self, request: Request) -> Form:
        """Return the form of the monitor that a button names."""
        monitor_id = request.text
        seen = await self._register.look(request, monitor_id)
        values = monitor_form.values_of(seen.record(request, request.received_at).definition)
        return monitor_form.form(EDIT, values, context=monitor_id)

    async def _drawn(self, request: Request) -> Form:
        """Return the form as it is filled in, with what that would cost."""
        name, _, _ = request.name.partition(":")
        asks_channel = CHANNEL in request.values
        return monitor_form.form(
            name, request.values, context=request.context, asks_channel=asks_channel
        )

    async def _create(self, request: Request) -> Answer:
        values = request.values
        channel_id = str(values.get(CHANNEL, "")) or request.channel_id
        asked = request.model_copy(update={"channel_id": channel_id})
        definition = Definition(**monitor_form.wanted(values))
        here = channel_id == request.channel_id
        return await self._making.create(asked, definition, here=here)

    async def _edit(self, request: Request) -> Answer:
        monitor_id = request.context
        seen = await self._register.look(request, monitor_id)
        before = seen.record(request, request.received_at).definition
        changes = monitor_form.changed(request.values, before)
        return await self._editing.edit(request, monitor_id, changes)

    async def _run(self, request: Request) -> Answer:
        told = await self._running.run(request, request.text)
        await self._marking.note(request, request.message_ts, "run", "let it run once")
        return told

    async def _resume(self, request: Request) -> Answer:
        return await self._pausing.resume(request, request.text)

    async def _cancel(self, request: Request) -> Answer:
        """The button has asked already."""
        return await self._pausing.cancel(request, request.text, confirmed=True)

    async def _ask_pause(self, request: Request) -> Form:
        """Ask how, because no way of pausing is a pause, and say what each costs."""
        seen = await self._register.look(request, request.text, needed=False)
        slow = seen.running.model_copy(update={"frequency": SLOWEST})
        choices = (
            Choice(value=Pause.HOLD, label="Hold: keep quiet",
                   about=f"It runs on, {cost(seen.running)}."),
            Choice(value=Pause.SLOW, label=f"Slow: run every {SLOWEST}",
                   about=f"What it finds is told, {cost(slow)}."),
            Choice(value=Pause.STOP, label="Stop and remember",
                   about="Costs nothing; resume makes it anew, with a new history."),
        )  # fmt: skip
        query = seen.running.query or "A monitor whose query we do not know"
        how = request.values.get(_HOW) or Pause.HOLD
        return Form(
            name=PAUSE,
            title="Pause",
            lines=(
                line(bold(query)),
                line(code(seen.id), f" runs {pace(seen.running)}. Parallel knows no pause."),
            ),
            inputs=(Input(name=_HOW, label="How", kind=Kind.RADIO, choices=choices, value=how),),
            submit="Pause",
            context=f"{seen.id} {request.message_ts}".rstrip(),
        )

    async def _ask_pause_again(self, request: Request) -> Form:
        monitor_id, _, message_ts = request.context.partition(" ")
        pressed = {"text": monitor_id, "message_ts": message_ts}
        return await self._ask_pause(request.model_copy(update=pressed))

    async def _pause(self, request: Request) -> Answer:
        how = Pause(str(request.values.get(_HOW) or Pause.HOLD))
        monitor_id, _, message_ts = request.context.partition(" ")
        told = await self._pausing.pause(request, monitor_id, how, confirmed=True)
        await self._marking.note(request, message_ts, "paused", _PAUSED[how])
        return told
