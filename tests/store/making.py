"""Small ways to put things into a store and to look at what is in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from bot.commands.filter_grammar import read_filter
from bot.commands.parse import read
from bot.core.alerts import Alert, Reply
from bot.core.errors import DeliveryError
from bot.core.events import Event, GroupRef, Subject, Webhook
from bot.core.filters import NO_FILTER, Expression, Operator, Term, any_of
from bot.core.notifications import Deferral, Draft, Lane, Notification, State
from bot.core.ports import Accepted, Told
from bot.core.reasons import Reason
from bot.core.subscriptions import Subscription
from bot.core.verify import Proof
from bot.store.sqlite import SqliteStore

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TEAM = "T1"
LANE = Lane(TEAM, "C1")
PROOF = Proof("shared-token", "0badcafe", "text")
MONITOR = Subject(kind="monitor", id="m1")
GROUP = GroupRef(id="g1", subject=MONITOR)


def webhook(body: bytes = b"{}", *, source: str = "probe") -> Webhook:
    """Return a webhook as the front door hands it over."""
    return Webhook(source=source, body=body, received_at=NOW)


def event(key: str = "e1", kind: str = "scan.failed", **more: Any) -> Event:
    """Return an event of the source `probe`."""
    values: dict[str, Any] = {"source": "probe", "occurred_at": NOW, "data": {"id": key}} | more
    return Event(id=key, type=kind, **values)


def grouped(key: str = "e1", group: str = "g1") -> Event:
    """Return an event that announces a group of findings."""
    ref = GroupRef(id=group, subject=MONITOR)
    return event(key, "monitor.found", group=ref, subjects=(MONITOR,))


def typed(*types: str) -> Expression:
    """Return a filter that lets through events of some types, or of those on by default."""
    terms = [Term(field="type", operator=Operator.HAS, value=one) for one in types]
    return any_of(terms) if terms else NO_FILTER


def filtered(words: str) -> Expression:
    """Return the filter that a person types so."""
    return read_filter(read("/alerts", words)).filter


def subscription(channel: str = "C1", *types: str, **more: Any) -> Subscription:
    """Return what a channel wishes to hear, of every source unless said otherwise."""
    values: dict[str, Any] = {"team_id": TEAM, "filter": typed(*types)} | more
    return Subscription(channel_id=channel, **values)


def draft(key: str = "k1", channel: str = "C1", **more: Any) -> Draft:
    """Return a message to be owed."""
    values: dict[str, Any] = {"team_id": TEAM, "alert": Alert(title=f"About {key}")} | more
    return Draft(channel_id=channel, key=key, **values)


def found(*members: str, title: str = "Findings") -> Alert:
    """Return the alert of a group with a reply for each member."""
    replies = tuple(Reply(key=one, text=f"Finding {one}") for one in members)
    return Alert(title=title, card="g1", replies=replies)


async def accept(store: SqliteStore, *events: Event, body: bytes = b"") -> Accepted:
    """Store a webhook that holds some events."""
    raw = body or json.dumps([one.data for one in events]).encode()
    return await store.inbox.accept(webhook(raw), PROOF, events, unreadable=None)


async def follow(store: SqliteStore, wanted: Subscription) -> Subscription:
    """Store a subscription."""
    stored, _ = await store.subscriptions.add(wanted, request_id=f"r{wanted.channel_id}")
    return stored


async def route(store: SqliteStore, one: Event, alert: Alert | None = None) -> int:
    """Take an event in, route it, and return how many channels are owed a message."""
    await accept(store, one)
    (stored,) = await store.inbox.claim(1)
    alert = alert or Alert(title=one.type, card="g1" if one.group else None)
    return await routed(store, Told(stored.row, one, alert, default=True))


async def routed(store: SqliteStore, told: Told) -> int:
    """Route one event and return how many channels are owed a message."""
    (end,) = await store.router.route([told])
    if isinstance(end, BaseException):
        raise end
    return end


async def claim(store: SqliteStore, lane: Lane = LANE, *, at: datetime = NOW) -> Notification:
    """Claim a lane's next work, which there must be."""
    claimed = await store.outbox.claim(lane, at)
    assert claimed is not None
    return claimed


async def say(
    store: SqliteStore, ts: str, lane: Lane = LANE, *, at: datetime = NOW
) -> Notification:
    """Claim a lane's next message and settle it as posted."""
    claimed = await claim(store, lane, at=at)
    assert await store.outbox.sent(claimed, ts)
    return claimed


def doubt(at: datetime = NOW) -> Deferral:
    """Return the deferral of a post that timed out."""
    return Deferral(state=State.UNKNOWN, at=at, reason=Reason.TIMEOUT)


def refused(reason: Reason = Reason.RATE_LIMITED, **more: Any) -> DeliveryError:
    """Return an error of Slack's."""
    return DeliveryError(reason, **more)


async def rows(store: SqliteStore, statement: str, *values: object) -> list[dict[str, Any]]:
    """Return what a query of the tests sees, on a connection that only reads."""
    return await store.readers.run(
        lambda connection: [dict(row) for row in connection.execute(statement, values)]
    )


async def states(store: SqliteStore) -> dict[str, str]:
    """Return the state of every message, by its key."""
    found_rows = await rows(store, "SELECT key, state FROM notifications ORDER BY id")
    return {row["key"]: row["state"] for row in found_rows}


async def break_in(store: SqliteStore, statement: str, *values: object) -> None:
    """Change the file behind the store's back, as a broken disk would."""
    await store.writer.run(lambda connection: connection.execute(statement, values).rowcount)
