"""One source behind the real door: proven, stored on SQLite, formatted and owed to a channel."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from starlette.types import Message, Scope

from bot.core.alerts import Alert
from bot.core.filters import TYPE, Operator, Term
from bot.core.sources import Source
from bot.core.subscriptions import Subscription
from bot.pipeline.ingest import Ingest
from bot.pipeline.notify import Notify
from bot.store.sqlite import SqliteStore
from bot.web.webhooks import Webhooks
from tests.handlers.cases import NOW

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
"""A secret that every scheme takes: some decode it, the others use its letters."""

TOLERANCE_S = 300
EVERYTHING = Term(field=TYPE, operator=Operator.HAS, value="*")


class House:
    """A door with one source, a memory of its own, and a channel that follows everything."""

    def __init__(self, path: Path, source: Source) -> None:
        self.source = source
        self.now = NOW
        self._path = path
        self._store = SqliteStore(path, lambda: self.now)
        ingest = Ingest(
            {source.name: source},
            {source.name: source.scheme.keys(SECRET)},
            self._store.inbox,
            lambda: self.now,
            tolerance_s=TOLERANCE_S,
        )
        self._door = Webhooks(ingest, accepted=lambda: None, count=lambda *_: None)
        self._notify = Notify(
            {source.name: source},
            inbox=self._store.inbox,
            router=self._store.router,
            groups=self._store.groups,
            readers={},
            clock=lambda: self.now,
        )

    async def __aenter__(self) -> Self:
        """Open the memory and let the channel subscribe."""
        self._store.open()
        everything = Subscription(team_id="T1", channel_id="C1", filter=EVERYTHING)
        await self._store.subscriptions.add(everything, request_id="r1")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the memory go."""
        await self._store.close()

    def signed(self, body: bytes, *, key: str = SECRET, message: str = "msg_1", age_s: int = 0
               ) -> dict[str, str]:  # fmt: skip
        """Return the headers that prove a body, as its source makes them."""
        at = self.now - timedelta(seconds=age_s)
        made = self.source.scheme.sign(body, key, id=message, now=at)
        return {name.lower(): value for name, value in made.items()}

    async def post(self, body: bytes, headers: Mapping[str, str], *repeated: str) -> int:
        """Send a body and return the status; the headers of these names are sent twice."""
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        raw += [(name.encode(), headers[name].encode()) for name in repeated]
        path = f"/webhooks/{self.source.name}"
        scope: Scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "headers": raw,
        }
        said: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            said.append(message)

        await self._door(scope, receive, send)
        status: int = said[0]["status"]
        return status

    async def deliver(self, body: bytes, message: str = "msg_1") -> int:
        """Send a body that proves its origin."""
        return await self.post(body, self.signed(body, message=message))

    async def route(self) -> None:
        """Let everything that was taken become messages."""
        while await self._notify.route_some():
            pass

    def count(self, table: str) -> int:
        """Return how many rows a table has; `table` may end with a condition."""
        (number,) = self._rows(f"SELECT COUNT(*) FROM {table}")[0]  # noqa: S608
        return int(number)

    def bodies(self) -> list[bytes]:
        """Return what is stored, byte for byte, in the order of its arrival."""
        return [bytes(raw) for (raw,) in self._rows("SELECT raw FROM bodies ORDER BY id")]

    def owed(self) -> list[Alert]:
        """Return what the channel is owed, threads left out."""
        found = self._rows("SELECT alert FROM notifications WHERE parent_id IS NULL ORDER BY id")
        return [Alert.model_validate_json(text) for (text,) in found]

    def told(self) -> list[Alert]:
        """Return every message that is owed, those of threads too."""
        found = self._rows("SELECT alert FROM notifications ORDER BY id")
        return [Alert.model_validate_json(text) for (text,) in found]

    def later(self, seconds: int) -> datetime:
        """Let time go by."""
        self.now += timedelta(seconds=seconds)
        return self.now

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()
