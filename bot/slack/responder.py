"""Answers the person who asked, at the address that came with the question."""

from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.answers import Answer, answer
from bot.core.errors import DeliveryError
from bot.core.forms import Form, Home, Reply, page
from bot.core.ports import Clock
from bot.core.reasons import LANE_WIDE, Reason
from bot.core.requests import HOME, Request
from bot.slack.answers import render_answer
from bot.slack.client import SLACK_API_URL, call
from bot.slack.errors import classify, retry_after_s
from bot.slack.forms import faults_of, lines_of
from bot.slack.modals import Modals

LIFE = timedelta(minutes=30)
"""How long Slack takes answers at a response URL."""

PAGE_TITLE = "Tocsin"

_MAX_BODY_BYTES = 4_096
_PORTS = {"http": 80, "https": 443}
# So narrow that no two programs can disagree about which host it names.
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?:/[A-Za-z0-9._~/%?=&+-]*)?"
)

Origin = tuple[str, str, int]


class SlackResponder:
    """Sends answers to response URLs, and as ephemeral messages where those are gone.

    `api_url` decides which response URLs are Slack's.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        session: ClientSession,
        modals: Modals,
        *,
        clock: Clock,
        api_url: str = SLACK_API_URL,
    ) -> None:
        self._client = client
        self._session = session
        self._modals = modals
        self._clock = clock
        self._origins = allowed_origins(api_url)

    async def respond(self, request: Request, reply: Reply) -> bool:
        """Answer privately, in the open modal or on the Home tab as the request wants.

        Return False if it could not be delivered at all.

        Raises:
            DeliveryError: it may work later.
        """
        if isinstance(reply, Home):
            await self._modals.publish(request.user_id, reply)
            return True
        if request.view not in {"", HOME} and await self._fill(request, reply):
            return True
        return await self._say(request, _in_words(request, reply))

    async def _fill(self, request: Request, reply: Answer | Form) -> bool:
        form = reply if isinstance(reply, Form) else page(PAGE_TITLE, reply)
        return await self._modals.show(request.view, form, channel_id=request.channel_id)

    async def _say(self, request: Request, answer: Answer) -> bool:
        message = render_answer(answer)
        if request.kind != "command":
            message["replace_original"] = False
            if request.thread_ts:
                message["thread_ts"] = request.thread_ts
        url = request.response_url
        fresh = self._clock() - request.received_at < LIFE
        if url and fresh and origin(url) in self._origins and await self._send(url, message):
            return True
        return await self._whisper(request, message)

    async def _send(self, url: str, message: dict[str, Any]) -> bool:
        """Use a response URL; return False if Slack does not take it any more."""
        try:
            async with self._session.post(url, json=message, allow_redirects=False) as response:
                status, headers = response.status, response.headers
                body = await response.content.read(_MAX_BODY_BYTES)
        except Exception as error:
            # Not chained: the error holds the URL, which is a secret.
            raise classify(error) from None
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            seconds = retry_after_s(headers)
            raise DeliveryError(Reason.RATE_LIMITED, retry_after_s=seconds)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise DeliveryError(Reason.SERVER, detail=f"HTTP {status}")
        refused = b'"ok":false' in body.replace(b" ", b"")
        return status == HTTPStatus.OK and not refused

    async def _whisper(self, request: Request, message: dict[str, Any]) -> bool:
        """Answer by chat.postEphemeral, which works only where both are members."""
        if not request.channel_id or not request.user_id:
            return False
        names = ("text", "blocks", "parse", "thread_ts")
        ephemeral = {name: message[name] for name in names if name in message}
        try:
            await call(
                self._client.chat_postEphemeral(
                    channel=request.channel_id, user=request.user_id, **ephemeral
                )
            )
        except DeliveryError as error:
            if error.reason in LANE_WIDE:
                raise
            return False
        return True


def _in_words(request: Request, reply: Answer | Form) -> Answer:
    """Return a reply as a message, for where no modal can be shown."""
    if isinstance(reply, Answer):
        return reply
    if reply.submit and request.kind == "form":
        return Answer(lines=faults_of(reply))
    if reply.submit:
        return answer("Slack did not let me open a form in time. Please try again.")
    return Answer(lines=lines_of(reply), buttons=reply.buttons)


def allowed_origins(api_url: str) -> frozenset[Origin]:
    """Return where response URLs may point, given where Slack's API is."""
    ours = origin(api_url)
    for domain in ("slack.com", "slack-gov.com"):
        if ours == ("https", domain, 443):
            hooks = ("hooks.slack.com", "hooks.slack-gov.com")
            return frozenset(("https", host, 443) for host in hooks)
    return frozenset([ours] if ours else [])


def origin(url: str) -> Origin | None:
    """Return scheme, host and port of an address, None for any that is not plain."""
    match = _ADDRESS.fullmatch(url)
    if not match:
        return None
    scheme = match["scheme"]
    return scheme, match["host"], int(match["port"] or _PORTS[scheme])
