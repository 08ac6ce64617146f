"""People at a counter: the commands over a real database, with Slack and Parallel in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from typing_extensions import override

from bot.commands.assembly import Outside
from bot.commands.assembly import commands as assemble
from bot.commands.run import Commands
from bot.core.answers import Button
from bot.core.events import Event, Webhook
from bot.core.forms import Form, Home, Reply
from bot.core.monitors import KnownMonitor
from bot.core.notifications import Lane
from bot.core.ports import DeckApi, LyticsApi
from bot.core.requests import Request
from bot.core.subscriptions import Subscription
from bot.pipeline.notify import Notify
from bot.plugins import samples
from bot.store.sqlite import SqliteStore
from tests.commands.fakes import FakeDirectory, FakeMonitorApi
from tests.handlers.cases import SOURCES
from tests.store.conftest import SetClock
from tests.store.making import PROOF, TEAM, filtered, rows

Values = Mapping[str, str | tuple[str, ...]]

PEOPLE = ("U1", "U2", "UADMIN", "UOPERATOR", "UGUEST", "USTRANGER")
LASTING = (
    "SELECT * FROM subscriptions WHERE team_id = 'T1'",
    "SELECT * FROM mutes WHERE team_id = 'T1'",
    "SELECT id, state, marks, revision FROM notifications WHERE team_id = 'T1'",
    "SELECT * FROM monitors WHERE team_id = 'T1'",
    "SELECT monitor_id, user_id FROM monitor_runs",
)
"""What the deeds of people change."""


class Rooms(FakeDirectory):
    """Who is in which of the channels that we are in; unless said, everybody is in C1 and C2."""

    def __init__(self) -> None:
        super().__init__()
        self.guests = {"UGUEST", "USTRANGER"}
        self.rooms: dict[str, set[str]] = {}

    @override
    async def memberships(self, team_id: str, user_id: str) -> frozenset[str]:
        """Return what the test put there."""
        self._fail()
        return frozenset(self.rooms.get(user_id, {"C1", "C2"}))


class Counter:
    """Everything that people can do, and what is behind it."""

    def __init__(self, store: SqliteStore, clock: SetClock) -> None:
        self.store = store
        self.clock = clock
        self.directory = Rooms()
        self.api = FakeMonitorApi()
        self.deck: DeckApi | None = None
        self.lytics: LyticsApi | None = None
        self._asked = 0
        self._said = 0

    @property
    def commands(self) -> Commands:
        """Return the commands as a fresh process has them."""
        return assemble(
            Outside(
                sources=SOURCES,
                memory=self.store,
                open_sources=tuple(SOURCES),
                monitors=self.api,
                deck=self.deck,
                lytics=self.lytics,
                directory=self.directory,
                clock=self.clock,
                samples=samples,
                public_url="https://bot.example.com",
                admins=["UOPERATOR"],
                sleep=_no_sleep,
            )
        )

    def request(self, kind: str, name: str, **more: Any) -> Request:
        """Return something that U1 asks in C1, unless said otherwise."""
        self._asked += 1
        fields = {
            "id": f"request-{self._asked}",
            "team_id": TEAM,
            "channel_id": "C1",
            "user_id": "U1",
            "received_at": self.clock(),
            "attempts": 1,
            **more,
        }
        return Request(kind=kind, name=name, **fields)

    async def run(self, request: Request) -> Reply | None:
        """Do what a request asks."""
        return await self.commands.run(request)

    async def type(self, text: str, **more: Any) -> str:
        """Type a command such as `/alerts mute 2h` and return the words of the answer."""
        name, _, typed = text.removeprefix("/").partition(" ")
        return words(await self.run(self.request("command", name, text=typed, **more)))

    async def press(self, act: str, value: str = "", **more: Any) -> Reply | None:
        """Press a button."""
        return await self.run(self.request("press", act, text=value, **more))

    async def shortcut(self, name: str, **more: Any) -> Reply | None:
        """Use a shortcut."""
        return await self.run(self.request("shortcut", name, **more))

    async def submit(self, shown: Reply | None, values: Values, **more: Any) -> Reply | None:
        """Fill in an open form and submit it, as Slack does: what was not touched stays."""
        assert isinstance(shown, Form)
        request = self.filled(shown, values, **more)
        assert self.commands.mistakes(request) == {}
        return await self.run(request)

    def filled(self, shown: Form, values: Values, **more: Any) -> Request:
        """Return the request of a form that was filled in."""
        return self.request(
            "form", shown.name, context=shown.context, values={**untouched(shown), **values}, **more
        )

    async def follow(self, channel: str = "C1", **more: Any) -> Subscription:
        """Have U1 subscribe a channel to SurfacedBy, unless said otherwise."""
        typed = more.pop("words", "")
        fields = {"source": "surfacedby", "created_by": "U1", "created_at": self.clock(), **more}
        wanted = Subscription(
            team_id=fields.pop("team_id", TEAM),
            channel_id=channel,
            filter=filtered(typed),
            **fields,
        )
        self._asked += 1
        made, _ = await self.store.subscriptions.add(wanted, request_id=f"made-{self._asked}")
        return made

    async def arrive(self, body: Mapping[str, Any], source: str = "surfacedby") -> Event:
        """Have an event arrive and be routed, and return it."""
        raw = json.dumps(body).encode()
        self._asked += 1
        headers = dict.fromkeys(SOURCES[source].id_headers, f"msg_{self._asked}")
        webhook = Webhook(source=source, body=raw, headers=headers, received_at=self.clock())
        (event,) = SOURCES[source].read(webhook)
        await self.store.inbox.accept(webhook, PROOF, [event], unreadable=None)
        notify = Notify(
            SOURCES,
            inbox=self.store.inbox,
            router=self.store.router,
            groups=self.store.groups,
            readers={},
            clock=self.clock,
            named=self.store.names.named,
        )
        await notify.route_some()
        return event

    async def say(self, channel: str = "C1") -> str:
        """Settle the next message of a channel as posted, and return its timestamp."""
        self._said += 1
        ts = f"1700000000.{self._said:06d}"
        claimed = await self.store.outbox.claim(Lane(TEAM, channel), self.clock())
        assert claimed is not None
        assert await self.store.outbox.sent(claimed, ts)
        return ts

    async def alert(self, site: str = "acme.example", channel: str = "C1") -> str:
        """Have an alert stand in a channel that follows SurfacedBy, and return its timestamp."""
        await self.follow(channel)
        await self.arrive(scan_failed(site))
        return await self.say(channel)

    async def monitor(self, **more: Any) -> KnownMonitor:
        """Have U1 make a web monitor in C1 and return it."""
        await self.type("/monitors create Acme outages every 6h", **more)
        return (await self.store.monitors.list(TEAM))[0]

    async def state(self) -> list[Any]:
        """Return everything that deeds change, in the database of our workspace and outside."""
        found: list[Any] = [await rows(self.store, statement) for statement in LASTING]
        return [*found, dict(self.api.monitors), list(self.api.triggered)]


async def _no_sleep(seconds: float) -> None:
    """Let no time pass."""


def scan_failed(site: str = "acme.example", event_id: str = "") -> dict[str, Any]:
    """Return a SurfacedBy webhook about a site."""
    return {
        "id": event_id or f"evt_{site}",
        "type": "scan.failed",
        "created_at": "2026-11-20T06:09:40Z",
        "livemode": True,
        "data": {
            "workspace_id": "wsp_northwind",
            "workspace_slug": "northwind",
            "scan_id": f"scan_{site}",
            "domain_id": f"dom_{site}",
            "domain": site,
            "scan_type": "pulse",
        },
    }


def untouched(shown: Form) -> dict[str, str | tuple[str, ...]]:
    """Return what stands in a form before anybody fills it in."""
    return {one.name: one.value for one in shown.inputs}


def words(reply: Reply | None) -> str:
    """Return the words that a person reads."""
    match reply:
        case None:
            return ""
        case Home():
            found = [line for part in reply.parts for line in part.lines]
            heads = [part.heading for part in reply.parts]
            return "\n".join([*heads, *("".join(span.text for span in one.spans) for one in found)])
        case Form():
            found = [*reply.lines, *reply.after]
            wrong = [one.wrong for one in reply.inputs if one.wrong]
            return "\n".join([*("".join(span.text for span in one.spans) for one in found), *wrong])
        case _:
            return reply.text


def buttons(reply: Reply | None) -> Iterator[Button]:
    """Yield everything that can be pressed."""
    match reply:
        case None:
            return
        case Home():
            for part in reply.parts:
                yield from part.buttons
        case _:
            yield from reply.buttons
