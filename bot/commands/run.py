"""The one door to what people ask: a request in, a reply out."""

from __future__ import annotations

from collections.abc import Mapping

from bot.commands.alerts import AlertCommands
from bot.commands.apologies import Refusal, in_form, in_words
from bot.commands.deeds import Deeds
from bot.commands.help import ALERTS, MONITORS
from bot.commands.home import OPENED, HomePage
from bot.commands.monitors import MonitorCommands
from bot.commands.muting import Muting
from bot.commands.welcome import Welcome
from bot.commands.worded import WordedForms
from bot.core.answers import Answer
from bot.core.errors import ApiError, CommandError, DeliveryError
from bot.core.forms import Form, Home, Reply
from bot.core.requests import HOME, Request


class Commands:
    """Does what people ask; the same request twice ends as once.

    `deeds` are what buttons, forms and shortcuts do; `forms` the commands that open one.
    """

    def __init__(
        self,
        *,
        alerts: AlertCommands,
        monitors: MonitorCommands,
        deeds: Deeds,
        forms: WordedForms,
        home: HomePage,
        welcome: Welcome,
        muting: Muting,
    ) -> None:
        self._alerts = alerts
        self._monitors = monitors
        self._deeds = deeds
        self._forms = forms
        self._home = home
        self._welcome = welcome
        self.muting = muting

    def opening(self, request: Request) -> str | None:
        """Return the title of the modal in which a request is answered, if it is."""
        if request.kind == "command":
            return self._forms.title(request)
        return self._deeds.opens.get(request.name)

    def mistakes(self, request: Request) -> Mapping[str, str]:
        """Return what can be seen to be wrong with a filled-in form, by input."""
        check = self._deeds.checks.get(request.name)
        return check(request.values) if check else {}

    async def run(self, request: Request) -> Reply | None:
        """Do what was asked and return what to say, or None when there is nobody to tell.

        Raises:
            StoreUnavailableError: to be done again later.
            DeliveryError: as above, for an event of Slack's and for the Home tab.
        """
        if request.kind == "event":
            return await self._hear(request)
        try:
            reply = await self._do(request)
        except (ApiError, CommandError, DeliveryError) as error:
            reply = await self._refused(request, error)
        if request.view == HOME and not isinstance(reply, Form | Home):
            return await self._home.show(request, reply)
        if request.kind == "form" and not request.channel_id and isinstance(reply, Answer):
            # Opened where there is no channel: mostly on the tab, which shows what was changed.
            await self._home.refresh(request)
        return reply

    async def _refused(self, request: Request, error: Refusal) -> Answer | Form:
        """Return what went wrong; a form keeps what was typed, if it can be drawn again."""
        redraw = self._deeds.redraws.get(request.name) if request.kind == "form" else None
        if redraw is None:
            return in_words(error)
        try:
            return in_form(error, await redraw(request))
        except (ApiError, CommandError, DeliveryError):
            return in_words(error)

    async def _hear(self, request: Request) -> Reply | None:
        if request.name == OPENED:
            opened = request.payload.get("tab") == "home"
            return await self._home.show(request) if opened else None
        await self._welcome.hear(request)
        return None

    async def _do(self, request: Request) -> Reply | None:
        if request.kind == "command":
            return await self._command(request)
        deed = self._deeds.find(request)
        if deed is None:  # of a release that knew it, or will
            raise CommandError("I do not know this button any more; look for a newer message.")
        return await deed(request)

    async def _command(self, request: Request) -> Reply:
        if request.view and (form := await self._forms.form(request)) is not None:
            return form
        match request.name.removeprefix("/"):
            case "alerts":
                return await self._alerts.run(request)
            case "monitors":
                return await self._monitors.run(request)
            case _:
                return Answer(lines=ALERTS.lines + MONITORS.lines)
