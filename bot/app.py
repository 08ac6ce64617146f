"""The composition root: which parts there are, and who is given what."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from bot.config import Settings
from bot.core.errors import ConfigError, SecretError, StoreUnavailableError
from bot.core.ports import Clock
from bot.core.sources import Source
from bot.core.verify import Key
from bot.metrics import Metrics
from bot.pipeline.ingest import Ingest
from bot.plugins import discover, secret_setting
from bot.slack.front_door import FrontDoor
from bot.store.sqlite import SqliteStore
from bot.web.routes import application
from bot.web.webhooks import Webhooks

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from bot.engine import Engine

log: Any = structlog.get_logger(__name__)

REQUESTS_GRACE_S = 5
"""Seconds that requests under way have when the process is asked to end."""

WORK_GRACE_S = 4.0
"""Seconds that calls under way have after that; together less than the ten that
containers are given. What does not end is taken up by the next start."""

READINESS_S = 3
"""Seconds that the database has to show that it can be written."""


def utc_now() -> datetime:
    """Return the time of day, the only place that asks the machine for it."""
    return datetime.now(UTC)


class Bot:
    """The whole bot on one database file.

    `clock`, `monotonic` (seconds that never go back) and `jitter` (from -1 to 1) are
    what tests put in the place of the machine's.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = lambda: random.uniform(-1, 1),  # noqa: S311 - no secret
    ) -> None:
        self.settings = settings
        self.sources = linked_sources(settings)
        self.metrics = Metrics()
        self.store = SqliteStore(settings.tocsin_database, clock)
        self.metrics.watch_log(self.store.writer.log_watch.size_bytes)
        self._clock = clock
        self._monotonic = monotonic
        self._jitter = jitter
        self._engine: Engine | None = None
        self._loading: asyncio.Task[None] | None = None
        keys = webhook_keys(settings, self.sources)
        ingest = Ingest(
            self.sources,
            keys,
            self.store.inbox,
            clock,
            tolerance_s=settings.tocsin_webhook_tolerance_s,
        )
        self._open_sources = list(ingest.sources.values())
        self._webhooks = Webhooks(ingest, accepted=self._wake, count=self.metrics.webhook)
        self.asgi = application(webhooks=self._webhooks, pages=self._pages)

    def open(self) -> None:
        """Open the database; call it from the event loop.

        Raises:
            ConfigError: it cannot be opened, or another process has it.
        """
        self.store.open()

    def begin(self) -> None:
        """Start everything behind the doors, without keeping the doors waiting."""
        self._loading = asyncio.create_task(self._load(), name="engine")

    async def close(self) -> None:
        """Finish what is under way, then stop."""
        if self._loading is not None:
            # It may be waiting for a database that does not come back.
            await asyncio.wait([self._loading], timeout=WORK_GRACE_S)
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
        if self._engine is not None:
            await self._engine.stop(WORK_GRACE_S)
        await self.store.close()

    async def loaded(self) -> Engine:
        """Return the engine once it runs."""
        if self._loading is None:
            raise RuntimeError("begin() was not called")
        await asyncio.shield(self._loading)
        if self._engine is None:
            raise RuntimeError("the engine did not start")
        return self._engine

    async def readiness(self) -> dict[str, str | None]:
        """Return, for each part, why it is not able to work; None where it is."""
        engine = self._engine
        working = engine is not None and engine.working
        hears_slack = engine is not None and engine.hears_slack
        return {
            "database": await self._database_trouble(),
            "workers": None if working else "the workers do not run",
            "slack": None if hears_slack else "Slack does not accept us, or cannot be reached",
        }

    def _pages(self) -> ASGIApp:
        from bot.web.pages import pages

        secrets = [one.get_secret_value() for one in self.settings.slack_signing_secret]
        return pages(
            slack=FrontDoor(secrets=secrets, build=lambda: self._understand, clock=self._clock),
            readiness=self.readiness,
            metrics=self.metrics,
            sources=self._open_sources,
        )

    async def _database_trouble(self) -> str | None:
        try:
            await asyncio.wait_for(self.store.writable(), timeout=READINESS_S)
        except StoreUnavailableError as error:
            return str(error)
        except TimeoutError:
            return f"the database does not answer within {READINESS_S} seconds"
        return None

    async def _load(self) -> None:
        """Import what only delivery needs, in a thread, then start it."""
        try:
            build = await asyncio.to_thread(_import_engine)
            engine = build(
                self.settings,
                self.store,
                self.sources,
                metrics=self.metrics,
                clock=self._clock,
                monotonic=self._monotonic,
                jitter=self._jitter,
                storm=self._webhooks.storm,
            )
            await engine.start()
            self._engine = engine
        except Exception:
            log.exception("the workers did not start")
            raise

    def _wake(self) -> None:
        if self._engine is not None:
            self._engine.webhook_arrived()

    async def _understand(self, fields: dict[str, Any], headers: dict[str, str]) -> Response:
        """Answer a request that proved to be Slack's; it waits for the start to end."""
        engine = await self.loaded()
        return await engine.bolt(fields, headers)


def _import_engine() -> type[Engine]:
    import bot.web.pages  # noqa: F401 - whoever asks first should not wait for it either
    from bot.engine import Engine

    return Engine


def linked_sources(settings: Settings) -> dict[str, Source]:
    """Return every source, with the address that an operator lets its alerts lead to.

    Raises:
        ConfigError: a plugin or a setting of a source cannot be used.
    """
    return {
        name: replace(source, link=settings.source(name).link_template)
        for name, source in discover().items()
    }


def webhook_keys(settings: Settings, sources: Mapping[str, Source]) -> dict[str, tuple[Key, ...]]:
    """Return the keys of every source that has a secret.

    Raises:
        ConfigError: a secret cannot be a key; the sentence names the setting.
    """
    keys: dict[str, tuple[Key, ...]] = {}
    problems: list[str] = []
    for name, source in sources.items():
        secrets = settings.source(name).webhook_secrets
        try:
            keys[name] = tuple(
                key for one in secrets for key in source.scheme.keys(one.get_secret_value())
            )
        except SecretError as error:
            problems.append(f"{secret_setting(name)}: {error}.")
    if problems:
        raise ConfigError(*problems)
    return keys


def serve(settings: Settings, host: str, port: int) -> None:
    """Run the bot until the process is asked to end.

    Raises:
        ConfigError: the address or the database cannot be had, or a secret is no key.
    """
    import uvloop

    bot = Bot(settings)
    listener = _listen(host, port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(bot, listener))


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise ConfigError(
            f"Cannot listen on {host}:{port}: {error.strerror or error}. "
            "Choose another with --host and --port, or TOCSIN_HOST and TOCSIN_PORT."
        ) from error


async def _serve(bot: Bot, listener: socket.socket) -> None:
    import uvicorn

    from bot.web.server import Server

    config = uvicorn.Config(
        bot.asgi,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=REQUESTS_GRACE_S,
        timeout_keep_alive=20,
    )
    # Only then, so that what it imports does not hold up who waits at the door.
    server = Server(config, opened=bot.begin)
    bot.open()
    try:
        host, port = listener.getsockname()[:2]
        log.info("listening", host=host, port=port)
        await server.serve(sockets=[listener])
    finally:
        await bot.close()
        log.info("stopped")
