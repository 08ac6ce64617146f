"""A vendor's next release: new types, fields and words are said, and operators told once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, cast

import pytest
from starlette.types import Message, Scope

from bot.core.sources import Source
from bot.pipeline.ingest import Ingest
from bot.pipeline.notify import Notify
from bot.pipeline.operators import Operators
from bot.store.sqlite import SqliteStore
from bot.web.webhooks import Webhooks
from tests.handlers.cases import CASES, SOURCES, Case, webhook
from tests.handlers.mutation import paths, replaced
from tests.pipeline.troubles import CHANNEL
from tests.store.conftest import SetClock
from tests.store.making import TEAM, follow, rows, subscription

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOVEL = "gadget"
_NAMES_OF_TYPES = frozenset(
    {"type", "event", "subject_type", "subjectType", "subject", "verb", "action", "object"}
)
_IDS = frozenset({"id", "specversion", "aid", "ts", "timestamp", "created_at", "time"})


def new_type(source: Source, body: Any) -> Any:
    """Return a body whose types are of tomorrow: `gadget.…`, which nobody describes."""
    types = {event.type for event in source.read(webhook(source, json.dumps(body).encode()))}
    kinds, verbs = ({one.split(".")[at] for one in types if "." in one} for at in (0, -1))
    for path in list(paths(body)):
        value = part(body, path)
        if isinstance(path[-1], str) and path[-1] in _NAMES_OF_TYPES and isinstance(value, str):
            if value in types:
                body = replaced(body, path, f"{NOVEL}.danced")
            elif value in kinds and path[-1] != "object":
                body = replaced(body, path, NOVEL)
            elif value in verbs:
                body = replaced(body, path, "danced")
    return body


def new_fields(source: Source, body: Any) -> Any:
    """Return a body with a field of tomorrow in every object."""
    for path in [(), *paths(body)]:
        if isinstance(value := part(body, path), dict):
            value |= {"from_tomorrow": {"a": [1, None]}, "also_new": "x"}
    return body


def new_words(source: Source, body: Any) -> Any:
    """Return a body in which every status and the like has a value of tomorrow."""
    for path in list(paths(body)):
        value = part(body, path)
        named = isinstance(path[-1], str) and path[-1] not in _NAMES_OF_TYPES | _IDS
        if named and isinstance(value, str) and value.replace("_", "").isalpha():
            body = replaced(body, path, "word_of_tomorrow")
    return body


def part(value: Any, path: tuple[Any, ...]) -> Any:
    """Return the part of a JSON value at a path."""
    for key in path:
        value = value[key]
    return value


MUTATIONS: tuple[Callable[[Source, Any], Any], ...] = (new_type, new_fields, new_words)


def cases(source: Source) -> Iterator[tuple[str, bytes]]:
    """Yield each recorded body as it may come tomorrow, with an id of its own."""
    number = count()
    for case in (one for one in CASES if one.source == source.name and _is_read(one)):
        for mutate in MUTATIONS:
            body = mutate(source, json.loads(case.body))
            identity = f"msg_{next(number)}"
            for place, record in enumerate(body if isinstance(body, list) else [body]):
                if isinstance(record, dict):
                    record["id"] = f"{identity}_{place}"
            yield identity, json.dumps(body).encode()


def _is_read(case: Case) -> bool:
    source = SOURCES[case.source]
    try:
        return bool(source.read(webhook(source, case.body)))
    except ValueError:
        return False


async def posted(door: Webhooks, source: Source, identity: str, body: bytes, now: Any) -> int:
    """Post a signed body and return the status of the answer."""
    said: list[Message] = []
    signed = source.scheme.sign(body, SECRET, id=identity, now=now)
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": f"/webhooks/{source.name}",
        "headers": [(name.lower().encode(), value.encode()) for name, value in signed.items()],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    await door(scope, receive, send)
    return cast("int", said[0]["status"])


@pytest.mark.parametrize("name", SOURCES)
async def test_what_comes_tomorrow_is_said(store: SqliteStore, clock: SetClock, name: str) -> None:
    """Every event reaches who follows everything, never a 5xx, and one notice a day."""
    source = SOURCES[name]
    await follow(store, subscription("C1", "*"))
    keys = {name: tuple(source.scheme.keys(SECRET))}
    ingest = Ingest(SOURCES, keys, store.inbox, clock, tolerance_s=300)
    door = Webhooks(ingest, accepted=lambda: None, count=lambda _source, _outcome: None)
    notify = Notify(
        SOURCES,
        inbox=store.inbox,
        router=store.router,
        groups=store.groups,
        readers={},
        clock=clock,
        named=store.names.named,
    )
    seconds = iter(range(0, 1000, 10))
    operators = Operators(
        SOURCES,
        store.troubles,
        channel=CHANNEL,
        workspace=lambda: TEAM,
        monotonic=lambda: float(next(seconds)),
    )
    bodies = list(cases(source))
    for identity, body in bodies:
        assert 200 == await posted(door, source, identity, body, clock())
        while await notify.route_some():
            pass
        if identity.endswith("7"):
            await operators.step()
    while await operators.step():
        pass

    assert len(bodies) >= 3 * 3
    events = await rows(store, "SELECT id, type, state, recipients FROM events")
    assert {("routed", 1)} == {(one["state"], one["recipients"]) for one in events}
    assert any(one["type"] == f"{NOVEL}.danced" for one in events)
    # Lytics has a handler for whatever verb of whatever subject: nothing there is new to us.
    novel = [one for one in events if source.handler_for(one["type"]) is None]
    assert novel or source.handler_for(f"{NOVEL}.danced")
    said = await rows(store, "SELECT event_id, alert ->> 'title' AS title FROM notifications")
    for one in novel:
        (title,) = [row["title"] for row in said if row["event_id"] == one["id"]]
        assert title == f"{source.title}: {one['type']}"
    told = await rows(store, "SELECT key FROM notifications WHERE channel_id = ?", CHANNEL)
    assert {f"operators:type:{name}:{one['type']}:2026-11-20" for one in novel} == {
        row["key"] for row in told if row["key"].startswith("operators:type:")
    }
