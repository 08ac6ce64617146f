"""What a monitor shall tell of each finding: a flat list of fields as a JSON schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from bot.core.events import Record

FieldType = Literal["string", "number", "integer", "boolean"]

_UNKNOWN = {"string": "“unknown” if it cannot be found"}


class OutputField(Record):
    """One field of a finding."""

    name: str
    type: FieldType = "string"
    description: str = ""


def schema_of(fields: Sequence[OutputField]) -> dict[str, Any]:
    """Return the JSON schema of findings with these fields.

    Parallel advises a flat object whose fields are described, and to say what an
    unknown text is to be; only texts are required, because a number has no such word.
    Source: docs.parallel.ai, Monitor API, structured outputs.
    """
    return {
        "type": "object",
        "properties": {one.name: _property(one) for one in fields},
        "required": [one.name for one in fields if one.type in _UNKNOWN],
        "additionalProperties": False,
    }


def names_of(schema: dict[str, Any] | None) -> tuple[str, ...]:
    """Return the names of the fields of a schema, whoever wrote it."""
    properties = (schema or {}).get("properties")
    return tuple(properties) if isinstance(properties, dict) else ()


def _property(field: OutputField) -> dict[str, str]:
    parts = (field.description or field.name.replace("_", " "), _UNKNOWN.get(field.type, ""))
    return {"type": field.type, "description": "; ".join(part for part in parts if part)}
