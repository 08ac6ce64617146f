"""The whole world on loopback: Slack, the sources, and the bot between them."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.playground.child import PROGRAM, BotProcess, free_port
from bot.playground.deck import DeckSim
from bot.playground.lytics import LyticsSim
from bot.playground.parallel import ParallelSim
from bot.playground.senders import SourceName, WebhookSender
from bot.playground.slack import SOCKET, SlackStandIn

SOURCES: tuple[SourceName, ...] = ("parallel", "deck", "surfacedby", "lytics")


class Stage:
    """A workspace, the APIs of Parallel, Deck and Lytics, a sender for each source, and the bot.

    Everything is in `folder`; `bot` can be killed and started again, and finds its
    database where it left it. `settings` are added to the bot's own, `program` is what
    runs it first, and in `socket_mode` it hears Slack by a websocket instead of by HTTP.
    Unless it `starts` with the stage, it is left to be started by hand.
    """

    def __init__(
        self,
        folder: Path,
        *,
        settings: dict[str, str] | None = None,
        program: Sequence[str] = PROGRAM,
        socket_mode: bool = False,
        starts: bool = True,
    ) -> None:
        self.slack = SlackStandIn()
        self.parallel = ParallelSim()
        self.deck = DeckSim()
        self.lytics = LyticsSim()
        self._folder = folder
        self._extra = settings or {}
        self._program = program
        self._starts = starts
        self._socket_mode = socket_mode
        self._secrets: dict[SourceName, str] = {name: _secret(name) for name in SOURCES}
        self._port = free_port()
        self.senders: dict[SourceName, WebhookSender] = {}
        self.bot: BotProcess

    @property
    def slack_url(self) -> str:
        """Where Slack sends commands and events; SOCKET in Socket Mode."""
        return SOCKET if self._socket_mode else f"{self.bot.url}/slack/events"

    @property
    def database(self) -> Path:
        """The bot's database file."""
        return self._folder / "tocsin.db"

    async def __aenter__(self) -> Self:
        """Start everything and wait until the bot is ready."""
        await self.slack.start()
        await self.parallel.start()
        await self.deck.start()
        await self.lytics.start()
        self.bot = BotProcess(self._folder, self._settings(), port=self._port)
        self.senders = {
            name: WebhookSender(name, f"{self.bot.url}/webhooks/{name}", secret)
            for name, secret in self._secrets.items()
        }
        if self._starts:
            await self.bot.start(program=self._program)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything."""
        await self.bot.stop()
        await self.lytics.stop()
        await self.deck.stop()
        await self.parallel.stop()
        await self.slack.stop()

    def hear(self, source: str, event: Mapping[str, Any]) -> None:
        """Let a source's API know of what its webhook is about to tell."""
        if source == "deck":
            self.deck.hear(event)
        elif source == "lytics":
            self.lytics.hear(event)

    def _proof(self) -> dict[str, str]:
        """Return the one setting by which bot and Slack know each other."""
        if self._socket_mode:
            return {"SLACK_APP_TOKEN": self.slack.app_token}
        return {"SLACK_SIGNING_SECRET": self.slack.signing_secret}

    def _settings(self) -> dict[str, str]:
        url = f"http://127.0.0.1:{self._port}"
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            **self._proof(),
            "SLACK_API_URL": self.slack.api_url,
            "PARALLEL_API_KEY": self.parallel.api_key,
            "PARALLEL_BASE_URL": self.parallel.base_url,
            "DECK_API_KEY": self.deck.api_key,
            "DECK_BASE_URL": self.deck.base_url,
            "LYTICS_API_KEY": self.lytics.api_key,
            "LYTICS_BASE_URL": self.lytics.base_url,
            "TOCSIN_PUBLIC_URL": url,
            "TOCSIN_DATABASE": str(self.database),
            **{f"{name.upper()}_WEBHOOK_SECRET": one for name, one in self._secrets.items()},
            **self._extra,
        }


def _secret(source: str) -> str:
    """Return a fresh secret of the form that a source uses."""
    if source in {"parallel", "deck"}:
        return "whsec_" + b64encode(secrets.token_bytes(24)).decode()
    return secrets.token_hex(24)
