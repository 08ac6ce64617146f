"""Every recorded payload of every source, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from typing_extensions import override

from bot.core.events import Event, Group, Member, Webhook
from bot.core.sources import Source
from bot.plugins import discover

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOURCES = discover()

_MOST_RECORDS = 3
_FIXTURES = ROOT / "tests/fixtures"


@dataclass(frozen=True, slots=True)
class Case:
    """A recorded body; `name` is its event type, perhaps with `--` and what is special."""

    source: str
    name: str
    body: bytes

    @override
    def __str__(self) -> str:
        return f"{self.source}/{self.name}"


def recorded(ending: str) -> list[Case]:
    """Return the samples and the fixtures of every source, of files that end so."""
    roots = ((ROOT / "handlers", f"*/samples/*.{ending}"), (_FIXTURES, f"*/*.{ending}"))
    return [
        Case(source=path.relative_to(root).parts[0], name=path.stem, body=path.read_bytes())
        for root, pattern in roots
        for path in sorted(root.glob(pattern))
    ]


CASES = recorded("json")
FORMS = recorded("form")


def webhook(source: Source, body: bytes, *, received_at: datetime = NOW) -> Webhook:
    """Return a verified webhook as the web layer would hand it to a source."""
    headers = dict.fromkeys(source.id_headers, "msg_2Lh9KRb0pdQ1Zf3c")
    return Webhook(source=source.name, body=body, headers=headers, received_at=received_at)


def read(case: Case) -> Sequence[Event]:
    """Return the events of a recorded body."""
    source = SOURCES[case.source]
    return source.read(webhook(source, case.body))


def distinct() -> list[Case]:
    """Return one case of each shape that a handler is given.

    What differs in texts and figures alone takes the same way through reader and handler,
    and so does each record of a long batch.
    """
    short = (case for case in reversed(CASES) if len(read(case)) <= _MOST_RECORDS)
    return list({_shape(case): case for case in short}.values())


def _shape(case: Case) -> object:
    handlers = (SOURCES[case.source].handler_for(event.type) for event in read(case))
    parts = frozenset(_parts(json.loads(case.body)))
    return case.source, tuple(one.format if one else None for one in handlers), parts


def _parts(value: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], type]]:
    """Yield where each value stands, and its type."""
    yield at, type(value)
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from _parts(inside, (*at, name))
    elif isinstance(value, list):
        for inside in value:
            yield from _parts(inside, (*at, "[]"))


def groups() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each recorded answer of the events call: its name, and its events as they came."""
    for path in sorted((_FIXTURES / "parallel/groups").glob("*.json")):
        yield path.stem, json.loads(path.read_bytes())["events"]


def detected() -> Event:
    """Return Parallel's sample of a detected event."""
    case = next(one for one in CASES if one.name == "monitor.event.detected")
    return read(case)[0]


def group(members: Sequence[dict[str, Any]], *, complete: bool = True, query: str = "") -> Group:
    """Return a fetched group of the sample event; the API's order is newest first."""
    ref = detected().group
    assert ref is not None
    return Group(
        ref=ref,
        members=tuple(
            Member(id=str(one.get("event_id", place)), data=one)
            for place, one in enumerate(reversed(members))
        ),
        complete=complete,
        about={"query": query, "frequency": "1d"} if query else {},
    )
