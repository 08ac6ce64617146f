"""A source of the tests: its reader and handlers do what the body tells them to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from bot.core.alerts import Alert, Reply
from bot.core.bodies import json_object
from bot.core.errors import ApiError, PayloadError
from bot.core.events import Event, Group, GroupRef, Member, Payload, Subject, Webhook
from bot.core.reasons import Reason
from bot.core.sources import Source
from bot.core.verify import SharedToken
from bot.core.verify.scheme import Headers

SECRET = "a-token-of-the-tests"
MONITOR = Subject(kind="monitor", id="m1")


class Crash(BaseException):
    """Ends a step as the end of the process would: nobody catches it."""


def probe() -> Source:
    """Return the source `probe` with a handler for each way to behave."""
    source = Source(name="probe", title="Probe", scheme=SharedToken())
    source.reader(_read)
    source.on("scan.*", Payload)(_plain)
    source.on("quiet.*", Payload, default=False)(_plain)
    source.on("raises", Payload)(_raises)
    source.on("returns_none", Payload)(cast("Any", lambda event, payload: None))
    source.on("crashes", Payload)(_crashes)
    source.on_group("found", Payload)(_found)
    return source


def body(key: str, kind: str = "scan.failed", **more: object) -> bytes:
    """Return a body of the source."""
    return json.dumps({"id": key, "type": kind, **more}).encode()


def signed(secret: str = SECRET) -> Headers:
    """Return the headers of a webhook that proves its origin."""
    return [(b"x-webhook-token", secret.encode()), (b"content-type", b"application/json")]


def _read(webhook: Webhook) -> Sequence[Event]:
    data = json_object(webhook.body)
    if data.get("reader") == "breaks":
        raise KeyError("reader")
    if "id" not in data:
        raise PayloadError("no id")
    if "batch" in data:
        return [_event(webhook, {"id": key, "type": "scan.failed"}) for key in data["batch"]]
    return [_event(webhook, data)]


def _event(webhook: Webhook, data: dict[str, Any]) -> Event:
    group = GroupRef(id=data["group"], subject=MONITOR) if "group" in data else None
    return Event(
        source="probe",
        id=data["id"],
        type=data["type"],
        occurred_at=webhook.received_at,
        subjects=(MONITOR,),
        group=group,
        data=data,
    )


def _plain(event: Event, payload: Payload) -> Alert:
    return Alert(title=f"Said: {event.id}")


def _raises(event: Event, payload: Payload) -> Alert:
    raise ValueError("a mistake in the handler")


def _crashes(event: Event, payload: Payload) -> Alert:
    raise Crash


def _found(event: Event, payload: Payload, group: Group | None) -> Alert:
    if group is None:
        return Alert(title="Findings", notice="Details pending")
    replies = tuple(Reply(key=one.id, text=f"Finding {one.id}") for one in group.members)
    return Alert(title=f"{len(replies)} findings", replies=replies)


class Shelf:
    """A `GroupReader` that holds groups; what it is told to raise it raises, once each."""

    def __init__(self) -> None:
        self.members: dict[str, list[str]] = {}
        self.trouble: list[BaseException] = []
        self.readings = 0

    async def read(self, ref: GroupRef) -> Group:
        """Return the members of a group."""
        self.readings += 1
        if self.trouble:
            raise self.trouble.pop(0)
        members = self.members.get(ref.id, [])
        return Group(ref=ref, members=tuple(Member(id=one, data={}) for one in members))


def busy(status: int = 429, reason: Reason = Reason.RATE_LIMITED) -> ApiError:
    """Return an error of the source's API."""
    return ApiError(f"The source answered {status}.", reason=reason, status=status)
