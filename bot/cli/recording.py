"""Recorded payloads: whose they are, and what they say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import plugins
from bot.core.errors import PayloadError
from bot.core.events import Event, Group, Member, Webhook

if TYPE_CHECKING:
    from bot.core.sources import Source


def chosen_source(name: str | None, file_name: str, body: bytes) -> Source:
    """Return the source that was named, or that a file's place and content tell.

    Raises:
        click.UsageError: there is no source of that name, or none or several would fit.
    """
    sources = plugins.discover()
    if name is not None:
        if name not in sources:
            raise click.UsageError(f"No source is called {name!r}; there is {_either(sources)}.")
        return sources[name]
    fitting = _by_place(file_name, sources) or [
        one for one in sources if _accepts(sources[one], body)
    ]
    if len(fitting) == 1:
        return sources[fitting[0]]
    among = _either(fitting or sources)
    raise click.UsageError(f"Say with --source who sent {file_name}: {among}.")


def events_of(source: Source, body: bytes) -> Sequence[Event]:
    """Return the events of a recorded body.

    Raises:
        click.ClickException: its source cannot read it.
    """
    try:
        return _read(source, body)
    except (PayloadError, ValueError) as error:
        raise click.ClickException(f"{source.title} sends no such body: {error}.") from None


def group_of(event: Event, answer: bytes) -> Group | None:
    """Return the members that a recorded answer of the `events` endpoint holds.

    Raises:
        click.ClickException: the answer is none.
    """
    from bot.core.bodies import json_object

    if event.group is None:
        return None
    try:
        rows = json_object(answer).get("events")
    except PayloadError as error:
        raise click.ClickException(f"The group cannot be read: {error}.") from None
    if not isinstance(rows, list):
        raise click.ClickException("The group cannot be read: it has no list of events.")
    members = [
        Member(id=row["event_id"], data=row)
        for row in reversed(rows)  # the newest comes first
        if isinstance(row, dict) and isinstance(row.get("event_id"), str)
    ]
    return Group(ref=event.group, members=tuple(members))


def _by_place(file_name: str, sources: Mapping[str, Source]) -> list[str]:
    """Return the source whose name the file or the nearest folder bears, if any."""
    path = Path(file_name).absolute()
    for part in (path.stem, *(folder.name for folder in path.parents)):
        words = re.split(r"[^a-z0-9_]+", part.lower())
        if found := [name for name in sources if name in words]:
            return found
    return []


def _accepts(source: Source, body: bytes) -> bool:
    try:
        return bool(_read(source, body))
    except (PayloadError, ValueError):
        return False


def _read(source: Source, body: bytes) -> Sequence[Event]:
    """Read a body as if it had come now, with an id wherever the source takes one."""
    headers = dict.fromkeys(source.id_headers, "preview")
    webhook = Webhook(source=source.name, body=body, headers=headers, received_at=datetime.now(UTC))
    return source.read(webhook)


def _either(names: Sequence[str] | Mapping[str, Source]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last
