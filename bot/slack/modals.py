"""Opens modals while there is leave to, and fills them when there is an answer."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import DeliveryError
from bot.core.forms import Form, Home
from bot.slack.client import call
from bot.slack.forms import home_view, view, working

OPEN_S = 2.0
"""Seconds that the acknowledgement of a request waits for its modal."""

_PREFIX = "tocsin-"
_GONE = frozenset({"not_found", "view_not_found"})

_log = logging.getLogger(__name__)


class Modals:
    """The modals of one workspace.

    Slack gives leave to open one for three seconds. So it is opened at once, saying that
    we are at work, and what is to stand in it comes when the request has been done.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._opening: dict[str, asyncio.Task[None]] = {}
        self._apologies: set[asyncio.Task[None]] = set()

    async def open(self, view_name: str, trigger_id: str, title: str) -> None:
        """Open a modal under a name of ours; if that fails, nobody is told but the log."""
        task = asyncio.create_task(self._open(view_name, trigger_id, title))
        self._opening[view_name] = task
        task.add_done_callback(lambda _: self._opening.pop(view_name, None))
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(task), OPEN_S)

    async def show(self, view_name: str, form: Form, *, channel_id: str) -> bool:
        """Fill a modal; False if it is not there, because it was closed or never opened.

        Raises:
            DeliveryError: it may work later.
        """
        if (opening := self._opening.get(view_name)) is not None:
            await asyncio.wait([opening])
        named = view_name.startswith(_PREFIX)
        shown = view(form, channel_id=channel_id, external_id=view_name if named else "")
        where = {"external_id": view_name} if named else {"view_id": view_name}
        try:
            await call(self._client.views_update(view=shown, **where))
        except DeliveryError as error:
            if error.detail in _GONE:
                return False
            raise
        return True

    def apologise(self, view_name: str, form: Form) -> None:
        """Fill a modal by and by, or not at all."""
        task = asyncio.create_task(self._apologise(view_name, form))
        self._apologies.add(task)
        task.add_done_callback(self._apologies.discard)

    async def publish(self, user_id: str, home: Home) -> None:
        """Show a person's Home tab.

        Raises:
            DeliveryError: it may work later.
        """
        await call(self._client.views_publish(user_id=user_id, view=home_view(home)))

    async def _apologise(self, view_name: str, form: Form) -> None:
        with suppress(DeliveryError):
            await self.show(view_name, form, channel_id="")

    async def _open(self, view_name: str, trigger_id: str, title: str) -> None:
        shown = view(working(title), external_id=view_name)
        try:
            await call(self._client.views_open(trigger_id=trigger_id, view=shown))
        except DeliveryError as error:
            _log.info("A modal could not be opened: %s", error)


def name_of(request_id: str) -> str:
    """Return the name of the modal in which a request is answered."""
    return f"{_PREFIX}{request_id}"
