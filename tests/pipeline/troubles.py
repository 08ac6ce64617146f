"""One of each thing that operators should know, on a real store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.core.notifications import Lane
from bot.core.reasons import Reason
from bot.core.troubles import Kind
from bot.pipeline.operators import EVERY_S, Operators
from bot.store.sqlite import SqliteStore
from tests.pipeline.probe import probe
from tests.store.making import (
    PROOF,
    TEAM,
    accept,
    claim,
    draft,
    event,
    follow,
    route,
    subscription,
    webhook,
)  # fmt: skip

CHANNEL = "COPS"
OURS = Lane(TEAM, CHANNEL)


class Office:
    """The operators' loop on a store, and what it logged as told."""

    def __init__(
        self, store: SqliteStore, channel: str | None = CHANNEL, team_id: str | None = TEAM
    ) -> None:
        self.team_id = team_id
        self.counted: list[tuple[str, str]] = []
        self.seconds = 0.0
        self.operators = Operators(
            {"probe": probe()},
            store.troubles,
            channel=channel,
            workspace=lambda: self.team_id,
            monotonic=lambda: self.seconds,
            count=lambda kind, source: self.counted.append((kind, source)),
        )

    async def work(self) -> None:
        """Step until nothing is left to look through, some seconds later."""
        self.seconds += EVERY_S
        while await self.operators.step():
            pass


async def unknown_type(store: SqliteStore, key: str = "e1") -> None:
    """Have an event of a type that no handler describes."""
    await accept(store, event(key, "unheard.of"))


async def unreadable(store: SqliteStore, key: str = "e1") -> None:
    """Have a body in which there is no event; nobody may see what is in it."""
    raw = f"password={key}".encode()
    await store.inbox.accept(webhook(raw), PROOF, (), unreadable=f"not JSON: {raw!r}")


async def conflict(store: SqliteStore, key: str = "e1") -> None:
    """Have a known id come again with another body."""
    await accept(store, event(key), body=b"first")
    await accept(store, event(key), body=f"password={key}".encode())


async def buried(store: SqliteStore, key: str = "e1") -> None:
    """Have an event that ends the process again and again."""
    await accept(store, event(key))
    (stored,) = await store.inbox.claim(1)
    await store.inbox.bury(stored.row, Reason.POISON, "begun 4 times: password=1")


async def dead(store: SqliteStore, key: str = "e1") -> None:
    """Have a message that is given up."""
    await store.outbox.enqueue([draft(f"gone-{key}", "C7")])
    await store.outbox.end(await claim(store, Lane(TEAM, "C7")), Reason.EXPIRED, "password=1")


async def held(store: SqliteStore, key: str = "e1", channel: str = "C8") -> None:
    """Have a channel that takes nothing."""
    await follow(store, subscription(channel))
    await route(store, event(f"held-{key}"))
    claimed = await claim(store, Lane(TEAM, channel))
    await store.outbox.hold_channel(claimed, Reason.CHANNEL, "not_in_channel", ())


HAPPEN: dict[Kind, Callable[..., Awaitable[None]]] = {
    Kind.TYPE: unknown_type,
    Kind.UNREADABLE: unreadable,
    Kind.CONFLICT: conflict,
    Kind.BURIED: buried,
    Kind.DEAD: dead,
    Kind.HELD: held,
}
