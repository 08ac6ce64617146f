"""What may be wrapped around Lytics' records: batches, CloudEvents, forms, answers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

from bot.core.bodies import json_value
from bot.core.errors import PayloadError

MOST_ITEMS = 1_000
"""Lytics' own largest batch."""

_LAYERS = 4
_FORM_FIELDS = 64
_FORM_NAMES = ("data", "payload", "event", "json")


def unwrap(body: bytes) -> list[Any]:
    """Return what is in a body, at least one item, whatever its content type was.

    Raises:
        PayloadError: neither JSON nor a form, empty, or more than 1,000 items.
    """
    try:
        value = json_value(body)
    except PayloadError:
        value = _form(body)
    items = list(islice(_items(value, _LAYERS), MOST_ITEMS + 1))
    if not items:
        raise PayloadError("no items")
    if len(items) > MOST_ITEMS:
        raise PayloadError(f"more than {MOST_ITEMS:,} items")
    return items


def _items(value: Any, layers: int) -> Iterator[Any]:
    """Yield the items under at most `layers` layers of wrapping."""
    wrapped = _wrapped(value) if layers else None
    if wrapped is None:
        yield value
    elif isinstance(wrapped, dict):
        yield from (_with_time(item, value) for item in _items(wrapped, layers - 1))
    elif len(wrapped) > MOST_ITEMS:
        raise PayloadError(f"more than {MOST_ITEMS:,} items")
    else:
        for one in wrapped:
            yield from (_with_time(item, value) for item in _items(one, layers - 1))


def _wrapped(value: Any) -> list[Any] | dict[str, Any] | None:
    """Return what an envelope or a list holds; None if the value is neither."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or "verb" in value or "subject_type" in value:
        return None
    held = (value.get(name) for name in ("data", "events"))
    return next((one for one in held if isinstance(one, list | dict)), None)


def _with_time(item: Any, envelope: Any) -> Any:
    """Return an item that knows its CloudEvent's time if it has none of its own."""
    if isinstance(item, dict) and isinstance(envelope, dict) and "specversion" in envelope:
        return {"time": envelope.get("time"), **item}
    return item


def _form(body: bytes) -> Any:
    """Return the JSON in a form's field, or the fields themselves."""
    try:
        pairs = parse_qsl(body.decode(), strict_parsing=True, max_num_fields=_FORM_FIELDS)
    except ValueError as error:
        raise PayloadError("neither JSON nor a form") from error
    fields = dict(pairs)
    for name in _FORM_NAMES:
        if name in fields:
            return json_value(fields[name].encode())
    return fields
