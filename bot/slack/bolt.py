"""Bolt, with everything it would otherwise guess or look up said explicitly."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.responses import Response

from bot.core.answers import answer
from bot.core.errors import StoreUnavailableError
from bot.core.forms import page
from bot.core.ports import Clock
from bot.core.requests import HOME, Request
from bot.slack.answers import render_answer
from bot.slack.directory import Identity
from bot.slack.fields import text_of
from bot.slack.forms import view, working
from bot.slack.inbound import command_request, event_request
from bot.slack.interactions import form_request, press_request, shortcut_request
from bot.slack.modals import Modals, name_of

COMMANDS = {"/alerts": "alerts", "/monitors": "monitors"}
EVENTS = ("app_home_opened", "member_joined_channel", "channel_unarchive", "group_unarchive")
BUSY = "Nothing was done: the database does not answer. Please try again in a minute."
UNKNOWN_COMMAND = "This command is not set up here. Its name and the bot's settings differ."
WORKING = "Tocsin"

_ANY = re.compile("")
_log = logging.getLogger(__name__)
# Below ERROR Bolt quotes requests, and warns of choices that are made on purpose here.
_BOLT_LOG = logging.getLogger(f"{__name__}.internal")
_BOLT_LOG.setLevel(logging.ERROR)


def _no_form(request: Request) -> str | None:
    return None


def _no_mistakes(request: Request) -> Mapping[str, str]:
    return {}


class Bolt:
    """Writes down what people ask, wakes the worker, and acknowledges: in this order.

    `accept` stores a request durably and knows a repeated one; `wake` must neither wait
    nor fail. `commands` maps the names of slash commands in the workspace to ours.
    `opening` returns the title of the modal in which a request is answered, if it is;
    `mistakes` what can be seen to be wrong with a filled-in form, by input. Both are pure.
    HTTP and Socket Mode both end here.
    """

    def __init__(
        self,
        *,
        client: AsyncWebClient,
        modals: Modals,
        identity: Callable[[], Identity | None],
        accept: Callable[[Request], Awaitable[bool]],
        wake: Callable[[], None],
        clock: Clock,
        commands: Mapping[str, str] = COMMANDS,
        opening: Callable[[Request], str | None] = _no_form,
        mistakes: Callable[[Request], Mapping[str, str]] = _no_mistakes,
    ) -> None:
        self._client = client
        self._modals = modals
        self._identity = identity
        self._accept = accept
        self._wake = wake
        self._clock = clock
        self._commands = commands
        self._opening = opening
        self._mistakes = mistakes
        self.app = self._build()

    async def __call__(self, body: dict[str, Any], headers: dict[str, str]) -> Response:
        """Answer a request that proved its origin."""
        try:
            # As from a socket: Bolt neither checks the signature nor parses again.
            request = AsyncBoltRequest(body=body, mode="socket_mode", headers={**headers})
            said = await self.app.async_dispatch(request)
        except Exception:
            # Bolt takes the shape of what it reads for granted, even in its error handling.
            _log.exception("A request from Slack has a shape that cannot be handled")
            return Response(status_code=400)
        return Response(said.body, status_code=said.status, headers=said.first_headers())

    def _build(self) -> AsyncApp:
        app = AsyncApp(
            name="tocsin",
            logger=_BOLT_LOG,
            client=self._client,
            authorize=self._authorizer(),
            signing_secret="",
            request_verification_enabled=False,
            # The answer is what the listener made of it. Otherwise an event is acknowledged
            # before it is written down, and an ack is lost when the listener then fails.
            process_before_response=True,
            raise_error_for_unhandled_request=True,
            ignoring_self_events_enabled=False,  # that the bot itself joined is worth knowing
            ignoring_self_assistant_message_events_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        app.command(_ANY)(self._command)
        app.action(_ANY)(self._press)
        app.view(_ANY)(self._form)
        app.shortcut(_ANY)(self._shortcut)
        for event_type in EVENTS:
            app.event(event_type)(self._event)
        app.error(_answer_error)
        return app

    def _authorizer(self) -> Callable[..., Awaitable[AuthorizeResult]]:
        """Return a plain function, because Bolt passes a bound method its `self` again."""

        async def authorize(
            enterprise_id: str | None, team_id: str | None, user_id: str | None
        ) -> AuthorizeResult:
            # What is known; asking Slack would cost its time for each request.
            identity = self._identity()
            return AuthorizeResult(
                enterprise_id=enterprise_id,
                team_id=team_id,
                user_id=user_id,
                bot_token=self._client.token,
                bot_user_id=identity.bot_user_id if identity else None,
                bot_id=identity.bot_id if identity else None,
            )

        return authorize

    async def _command(self, body: dict[str, Any], ack: AsyncAck) -> None:
        name = self._commands.get(body["command"])
        if name is None:
            await ack(render_answer(answer(UNKNOWN_COMMAND)))
            return
        request = command_request(body, name, received_at=self._clock())
        if await self._take(request, body):
            await ack()
        else:
            await ack(render_answer(answer(BUSY)))

    async def _press(self, body: dict[str, Any], ack: AsyncAck) -> BoltResponse:
        if text_of(body["actions"][0], "url"):
            return await ack()  # Slack has opened the address; there is nothing to do
        request = press_request(body, received_at=self._clock())
        # On 503 Slack shows the person that the button did nothing.
        return await ack() if await self._take(request, body) else BoltResponse(status=503)

    async def _shortcut(self, body: dict[str, Any], ack: AsyncAck) -> BoltResponse:
        request = shortcut_request(body, received_at=self._clock())
        return await ack() if await self._take(request, body) else BoltResponse(status=503)

    async def _form(self, body: dict[str, Any], ack: AsyncAck) -> None:
        request = form_request(body, received_at=self._clock())
        # In a thread, because a parser may have to be loaded first.
        mistakes = dict(await asyncio.to_thread(self._mistakes, request))
        if not mistakes and not await self._take(request, body):
            mistakes = dict.fromkeys(request.values, BUSY)  # what was typed stays
        if mistakes:
            await ack(response_action="errors", errors=mistakes)
        else:
            title = text_of(body["view"].get("title") or {}, "text") or WORKING
            shown = view(working(title), channel_id=request.channel_id)
            await ack(response_action="update", view=shown)

    async def _event(self, body: dict[str, Any], ack: AsyncAck) -> BoltResponse:
        if await self._write_down(event_request(body, received_at=self._clock())):
            return await ack()
        return BoltResponse(status=503)  # Slack sends it again

    async def _take(self, request: Request, body: Mapping[str, Any]) -> bool:
        """Write a request down, and open its modal meanwhile if it has one.

        Slack's leave to open a modal ends before a slow database may have answered.
        """
        title = self._opening(request) if request.view in {"", HOME} else None
        trigger_id = text_of(body, "trigger_id")
        if title is None or not trigger_id:
            return await self._write_down(request)
        request = request.model_copy(update={"view": name_of(request.id)})
        opening = self._modals.open(request.view, trigger_id, title)
        _, taken = await asyncio.gather(opening, self._write_down(request))
        if not taken:
            self._modals.apologise(request.view, page(title, answer(BUSY)))
        return taken

    async def _write_down(self, request: Request) -> bool:
        try:
            await self._accept(request)
        except StoreUnavailableError:
            return False
        self._wake()
        return True


async def _answer_error(error: Exception) -> BoltResponse:
    """Answer 200 to what nobody listens to, such as a modal that was closed."""
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=200)
    _log.error("A request from Slack could not be handled", exc_info=error)
    return BoltResponse(status=400)
