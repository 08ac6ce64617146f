"""Commands without the words they need: they open a form that asks for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.commands.monitor_buttons import MonitorButtons
from bot.commands.parse import Typed, read
from bot.commands.register import Register
from bot.commands.subscribe_buttons import SubscribeButtons
from bot.core.forms import Form
from bot.core.requests import Request

_TITLES: Mapping[tuple[str, str, int], str] = {
    ("alerts", "subscribe", 1): "Subscribe this channel",
    ("alerts", "edit", 2): "Edit subscription",
    ("monitors", "create", 1): "New web monitor",
    ("monitors", "edit", 2): "Edit web monitor",
}
"""By command, verb and number of words; what has more words is done at once."""


class WordedForms:
    """Knows which commands open a form, and makes it."""

    def __init__(
        self, register: Register, subscribe: SubscribeButtons, monitor: MonitorButtons
    ) -> None:
        self._register = register
        self._monitor = monitor
        self._makers: Mapping[str, Callable[[Request, Typed], Awaitable[Form]]] = {
            "Subscribe this channel": lambda request, _: subscribe.ask(request),
            "Edit subscription": self._edit_subscription,
            "New web monitor": lambda request, _: monitor.ask_create(request),
            "Edit web monitor": self._edit_monitor,
        }
        self._subscribe = subscribe

    def title(self, request: Request) -> str | None:
        """Return the title of the form that a command opens, if it does."""
        typed = read(request.name, request.text)
        return _TITLES.get((request.name, typed.verb, len(typed.words)))

    async def form(self, request: Request) -> Form | None:
        """Return the form that a command opens, if it does."""
        title = self.title(request)
        if title is None:
            return None
        return await self._makers[title](request, read(f"/{request.name}", request.text))

    async def _edit_subscription(self, request: Request, typed: Typed) -> Form:
        number = typed.words[1].plain.removeprefix("#")
        return await self._subscribe.ask_edit(request.model_copy(update={"text": number}))

    async def _edit_monitor(self, request: Request, typed: Typed) -> Form:
        monitor_id = await self._register.resolve(request, typed, typed.word(1))
        return await self._monitor.ask_edit(request.model_copy(update={"text": monitor_id}))
