"""Slack on loopback: a workspace with a Web API, and people who use the bot."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Self

from aiohttp import web

from bot.playground.faults import Fault, FaultPlan
from bot.playground.loopback import LoopbackServer
from bot.playground.slack.door import Door
from bot.playground.slack.message import Channel, Message, User
from bot.playground.slack.methods import METHODS
from bot.playground.slack.pacing import Pace
from bot.playground.slack.people import People
from bot.playground.slack.response_urls import OPERATION, ResponseUrls
from bot.playground.slack.socket_mode import CONNECTIONS_OPEN, ENVELOPE, SocketMode
from bot.playground.slack.web_api import WebApi
from bot.playground.slack.world import World, utc_now


class SlackStandIn:
    """A workspace with our app installed, to be read and changed directly.

    `world` has the state and its rules, `calls` every request to the Web API in order of
    arrival, `people` (also by its methods here) what reaches the bot, and `socket_mode`
    the websockets that it opened.
    """

    def __init__(self, *, port: int = 0, clock: Callable[[], datetime] = utc_now) -> None:
        self.signing_secret = secrets.token_hex(16)
        self._faults = FaultPlan((*METHODS, CONNECTIONS_OPEN, OPERATION, ENVELOPE))
        self.world = World(clock)
        self.socket_mode = SocketMode(self.world, self._faults, self._socket_url)
        self.app_token = self.socket_mode.app_token
        app_methods = {CONNECTIONS_OPEN: lambda *_: self.socket_mode.open()}
        self._web_api = WebApi(self.world, self._faults, app_methods, self.app_token)
        self.response_urls = ResponseUrls(self.world, self._faults, self._response_url)
        routes = [
            web.route("*", "/api/{method}", self._web_api.handle),
            web.post("/response/{secret}", self.response_urls.handle),
            web.get("/link", self.socket_mode.handle),
        ]
        self._server = LoopbackServer(routes, port)
        self._door = Door(self.signing_secret)
        self.people = People(self.world, self._door, self.socket_mode, self.response_urls)
        self._share_state()
        self._share_methods()

    def _share_state(self) -> None:
        """Offer the parts' state here, where tests look for it."""
        self.team = self.world.team
        self.users = self.world.users
        self.channels = self.world.channels
        self.ephemerals = self.world.ephemerals
        self.views = self.world.views
        self.homes = self.world.homes
        self.bot_token = self._web_api.token
        self.calls = self._web_api.calls

    def _share_methods(self) -> None:
        """Offer the parts' methods here as well."""
        self.command = self.people.command
        self.event = self.people.event
        self.action = self.people.action
        self.action_in_view = self.people.action_in_view
        self.fill = self.people.fill
        self.change = self.people.change
        self.submit = self.people.submit
        self.close = self.people.close
        self.shortcut = self.people.shortcut
        self.global_shortcut = self.people.global_shortcut
        self.open_home = self.people.open_home
        self.say = self.people.say
        self.invite_bot = self.people.invite_bot
        self.remove_bot = self.people.remove_bot
        self.sign = self._door.sign
        self.send_raw = self._door.send_raw
        self.heal = self._faults.heal

    @property
    def api_url(self) -> str:
        """The base address of the Web API. Raises: RuntimeError before the first start."""
        return f"{self._server.url}/api/"

    async def start(self) -> None:
        """Listen; the port stays the same after the first time."""
        await self._server.start()

    async def stop(self) -> None:
        """Drop all connections; the state is kept."""
        await self._server.stop()
        await self._door.close()

    async def go_down(self) -> None:
        """Refuse connections until `come_up`."""
        await self._server.stop()

    async def come_up(self) -> None:
        """Listen again on the same port."""
        await self._server.start()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def add_channel(
        self,
        channel_id: str,
        name: str,
        *,
        private: bool = False,
        member: bool = True,
        archived: bool = False,
        people: Collection[str] | None = None,
    ) -> Channel:
        """Add a channel; `member`: the bot is in it, `people`: who else, None for everybody."""
        present = None if people is None else frozenset(people)
        channel = Channel(channel_id, name, private, member, archived, people=present)
        self.channels[channel_id] = channel
        return channel

    def add_user(
        self,
        user_id: str,
        name: str,
        *,
        restricted: bool = False,
        admin: bool = False,
        owner: bool = False,
        team: str | None = None,
    ) -> User:
        """Add a person, by default of our own workspace."""
        user = User(user_id, name, team or self.team.id, restricted, admin or owner, is_owner=owner)
        self.users[user_id] = user
        return user

    def fail(self, method: str, *faults: Fault, channel: str | None = None) -> None:
        """Queue faults for `method`, `response_url`, `envelope` or `*`: each meets one call."""
        self._faults.fail(method, *faults, place=channel)

    def fail_always(self, method: str, fault: Fault, *, channel: str | None = None) -> None:
        """Let every call of `method` fail until `heal`."""
        self._faults.fail_always(method, fault, place=channel)

    def refuse_token(self, error: str = "token_revoked") -> None:
        """Answer `error` to the bot's token until `accept_token`."""
        self._web_api.token_error = error

    def accept_token(self) -> None:
        """Take the bot's token again."""
        self._web_api.token_error = None

    def limit_rate(self, *, per_s: float = 1.0, burst: int = 3) -> None:
        """Answer 429 to posts beyond `per_s` and a burst, in each channel by itself."""
        self.world.pace = Pace(per_s, burst)

    @property
    def history_delay_reads(self) -> int:
        """How many reads of the history do not show a new message yet."""
        return self.world.history_delay_reads

    @history_delay_reads.setter
    def history_delay_reads(self, reads: int) -> None:
        self.world.history_delay_reads = reads

    def answers(self, channel: str, user: str) -> list[Message]:
        """Return the ephemeral messages a person sees in a channel, oldest first."""
        return [m for m in self.ephemerals if (m.channel_id, m.visible_to) == (channel, user)]

    def post_times(self, channel: str) -> list[datetime]:
        """Return when each post to a channel was accepted."""
        posts = (call for call in self.calls if call.method == "chat.postMessage")
        accepted = (call for call in posts if call.outcome == "ok")
        return [call.at for call in accepted if call.args.get("channel") == channel]

    async def wait_for(self, predicate: Callable[[], bool], timeout_s: float = 10) -> None:
        """Return as soon as the predicate is true. Raises: TimeoutError."""
        await self.world.changes.wait_for(predicate, timeout_s)

    def _response_url(self, secret: str) -> str:
        return f"{self._server.url}/response/{secret}"

    def _socket_url(self, ticket: str) -> str:
        return f"{self._server.url.replace('http', 'ws', 1)}/link?ticket={ticket}"
