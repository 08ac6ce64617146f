"""Everything behind the doors: Slack, the sources' APIs, and the loops that work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any

import structlog

from bot.apis.parallel import ParallelApi
from bot.commands.assembly import Outside
from bot.commands.assembly import commands as assemble
from bot.commands.notices import ChannelHeld
from bot.commands.run import Commands
from bot.config import Settings
from bot.core.errors import StoreUnavailableError
from bot.core.ports import Clock
from bot.core.sources import Source
from bot.metrics import Metrics
from bot.pipeline.deliver import Deliver
from bot.pipeline.notify import Notify
from bot.pipeline.operators import Operators
from bot.plugins import samples
from bot.slack.bolt import Bolt
from bot.slack.client import open_client
from bot.slack.directory import Identity, SlackDirectory
from bot.slack.messenger import SlackMessenger
from bot.slack.modals import Modals
from bot.slack.responder import SlackResponder
from bot.slack.socket import SocketMode
from bot.store.sqlite import SqliteStore
from bot.vendors import Vendors, offered, open_vendors
from bot.worker.lanes import Lanes
from bot.worker.loop import RETRY_STORE_S, Loop
from bot.worker.pace import Pace
from bot.worker.serving import Serving
from bot.worker.slack_watch import SlackWatch

log: Any = structlog.get_logger(__name__)

PARALLEL_BASE_URL = "https://api.parallel.ai"
GROUPS_AT_ONCE = 4
TOKEN_CHECK_S = 300.0


class Engine:
    """The working half of the bot. It lives from `start` to `stop`."""

    def __init__(
        self,
        settings: Settings,
        store: SqliteStore,
        sources: Mapping[str, Source],
        *,
        metrics: Metrics,
        clock: Clock,
        monotonic: Callable[[], float],
        jitter: Callable[[], float],
        storm: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._store = store
        self._sources = sources
        self._metrics = metrics
        self._clock = clock
        self._monotonic = monotonic
        self._jitter = jitter
        self._storm = storm
        self._resources = AsyncExitStack()
        self._loops: list[Loop] = []
        self._socket: SocketMode | None = None

    async def start(self) -> None:
        """Open the connections, take up what the last process left, and start the loops."""
        settings, store = self._settings, self._store
        token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
        client, session = await self._resources.enter_async_context(
            open_client(token, base_url=settings.slack_api_url)
        )
        self._directory = SlackDirectory(client, monotonic=self._monotonic)
        modals = Modals(client)
        responder = SlackResponder(
            client, session, modals, clock=self._clock, api_url=settings.slack_api_url
        )
        self._watch = SlackWatch(
            lambda: self._directory.identity(fresh=True),
            self._slack_is_back,
            monotonic=self._monotonic,
        )
        parallel = self._parallel()
        self._build_pipeline(SlackMessenger(client, self._offered()), parallel)
        vendors = open_vendors(settings, session, monotonic=self._monotonic)
        commands = self._commands(parallel, vendors)
        self._muting = commands.muting
        self._serving = Serving(
            store.requests, commands.run, responder, self._clock, done=self.wake
        )
        self.bolt = Bolt(
            client=client,
            modals=modals,
            identity=self._identity,
            accept=store.requests.accept,
            wake=self.wake,
            clock=self._clock,
            opening=commands.opening,
            mistakes=commands.mistakes,
        )
        if settings.slack_app_token is not None:
            self._socket = SocketMode(
                client,
                session,
                app_token=settings.slack_app_token.get_secret_value(),
                dispatch=self.bolt,
                jitter=self._jitter,
            )
        try:
            await self._recover()
        except BaseException:
            await self._resources.aclose()
            raise
        self._start_loops()
        if self._socket is not None:
            self._socket.start()

    async def stop(self, grace_s: float) -> None:
        """Begin nothing more, let what is under way end, then close the connections.

        What has not ended after `grace_s` is left as a crash would leave it.
        """
        try:
            async with asyncio.timeout(grace_s):
                if self._socket is not None:
                    await self._socket.close()
                loops = (loop.stop() for loop in self._loops)
                await asyncio.gather(*loops, self._lanes.stop())
                await self._serving.stop()
        except TimeoutError:
            log.warning("work under way was cut short; the next start takes it up")
            self._serving.abandon()
        await self._resources.aclose()

    async def _recover(self) -> None:
        """Take up what the last process left, however long the database takes to come back."""
        store = self._store
        while True:
            try:
                await store.outbox.recover()
                await store.requests.recover(self._clock())
                await store.groups.recover(self._clock())
            except StoreUnavailableError as error:
                log.warning("database unavailable", error=str(error))
                await asyncio.sleep(RETRY_STORE_S)
            else:
                return

    def webhook_arrived(self) -> None:
        """Say that there is something to route; the other loops have nothing to do yet."""
        self._route.wake()

    def wake(self) -> None:
        """Say that something arrived."""
        for loop in self._loops:
            loop.wake()

    @property
    def working(self) -> bool:
        """Whether every loop is alive."""
        return bool(self._loops) and all(loop.running for loop in self._loops)

    @property
    def hears_slack(self) -> bool:
        """Whether Slack accepts us, and in Socket Mode has a way to reach us."""
        connected = self._socket is None or self._socket.connected
        return self._watch.accepts_us and connected

    def _offered(self) -> set[str]:
        """Return the names of what can be done from an alert here."""
        possible = {"ack", "mute", "why", *offered(self._settings)}
        if self._settings.source("parallel").api_key is not None:
            possible |= {"parallel.pause", "parallel.run"}
        return possible

    def _open_sources(self) -> list[str]:
        return [name for name in self._sources if self._settings.source(name).webhook_secrets]

    def _commands(self, parallel: ParallelApi | None, vendors: Vendors) -> Commands:
        """Return what answers people's wishes."""
        settings = self._settings
        return assemble(
            Outside(
                sources=self._sources,
                memory=self._store,
                open_sources=self._open_sources(),
                monitors=parallel,
                deck=vendors.deck,
                lytics=vendors.lytics,
                catalogues=vendors.catalogues,
                directory=self._directory,
                clock=self._clock,
                public_url=settings.tocsin_public_url,
                samples=samples,
                admins=settings.tocsin_admins,
            )
        )

    def _parallel(self) -> ParallelApi | None:
        """Return Parallel's API, or None without a key."""
        parallel = self._settings.source("parallel")
        if parallel.api_key is None:
            return None
        public = self._settings.tocsin_public_url
        api = ParallelApi(
            parallel.api_key.get_secret_value(),
            parallel.base_url or PARALLEL_BASE_URL,
            webhook_url=f"{public.rstrip('/')}/webhooks/parallel" if public else None,
            monotonic=self._monotonic,
        )
        self._resources.push_async_callback(api.close)
        return api

    def _build_pipeline(self, messenger: SlackMessenger, parallel: ParallelApi | None) -> None:
        store = self._store
        self._notify = Notify(
            self._sources,
            inbox=store.inbox,
            router=store.router,
            groups=store.groups,
            readers={"parallel": parallel} if parallel else {},
            clock=self._clock,
            named=store.names.named,
            storm=self._storm,
        )
        deliver = Deliver(
            store.outbox,
            messenger,
            notices=ChannelHeld(store.subscriptions, self._directory, self._clock),
            clock=self._clock,
            jitter=self._jitter,
            count=self._delivered,
        )
        self._lanes = Lanes(store.outbox, deliver, Pace(self._monotonic), self._clock)

    def _start_loops(self) -> None:
        lanes = Loop("lanes", self._refresh_lanes)
        groups = Loop("groups", lambda: self._notify.read_groups(GROUPS_AT_ONCE), after=lanes.wake)

        def routed() -> None:
            lanes.wake()
            groups.wake()

        self._route = Loop("route", self._notify.route_some, after=routed)
        self._loops = [
            self._route,
            groups,
            Loop("requests", self._serving.serve_some),
            lanes,
            Loop("slack", self._watch.step),
            Loop("mutes", self._muting.end_due, after=lanes.wake),
            Loop("operators", self._operators().step),
        ]
        for loop in self._loops:
            loop.start()

    def _delivered(self, outcome: str, reason: str) -> None:
        self._metrics.delivery(outcome, reason)
        self._watch.failed(reason)

    async def _slack_is_back(self) -> None:
        await self._store.outbox.hurry()
        self.wake()

    def _operators(self) -> Operators:
        return Operators(
            self._sources,
            self._store.troubles,
            channel=self._settings.tocsin_operators_channel,
            workspace=lambda: one.team_id if (one := self._identity()) else None,
            monotonic=self._monotonic,
            count=self._metrics.trouble,
        )

    def _identity(self) -> Identity | None:
        return self._directory.known_identity

    async def _refresh_lanes(self) -> int:
        await self._lanes.refresh()
        return 0
