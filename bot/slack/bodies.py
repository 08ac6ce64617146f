"""What Slack sends to our door, from bytes to one dictionary."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from pydantic_core import from_json

_MAX_FIELDS = 100


def parse(body: bytes, content_type: str) -> dict[str, Any]:
    """Return what a body says: JSON, a form, or the JSON in a form's `payload` field.

    Raises:
        ValueError: not UTF-8, not a form, broken or deep JSON, or no object.
    """
    if content_type.partition(";")[0].strip().lower() == "application/json":
        return _object(body)
    pairs = parse_qsl(
        body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS
    )
    form: dict[str, Any] = dict(pairs)
    payload = form.get("payload")
    # A command whose text has the word payload is no interaction: only the field counts.
    return _object(payload) if payload is not None else form


def _object(body: bytes | str) -> dict[str, Any]:
    # pydantic-core answers deep nesting with ValueError, the standard library otherwise.
    value = from_json(body, allow_inf_nan=False, cache_strings="none")
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - one error for every bad body
    return value
