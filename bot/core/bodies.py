"""Reading a vendor's body: strict about what JSON is, tolerant of what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import from_json

from bot.core.errors import PayloadError

MOST_CHARACTERS = 255
"""Longest id, type or name that is taken as one."""

_NUMBERS = (bool, float)
# Built when first met, as records are.
_MOMENT: TypeAdapter[datetime] = TypeAdapter(datetime, config=ConfigDict(defer_build=True))


def json_value(body: bytes) -> Any:
    """Return what a JSON body says; of a repeated key the last one counts.

    Raises:
        PayloadError: not UTF-8, not JSON, NaN, too deep, or a number of too many digits.
    """
    try:
        # pydantic-core, because the standard library accepts NaN and half a surrogate pair,
        # and answers deep nesting with RecursionError.
        return from_json(body, allow_inf_nan=False, cache_strings="none")
    except ValueError as error:
        raise PayloadError(f"not JSON: {error}") from error


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object that a body is.

    Raises:
        PayloadError: not JSON, or JSON of another kind.
    """
    value = json_value(body)
    if not isinstance(value, dict):
        raise PayloadError("not a JSON object")
    return value


def required(value: object, name: str) -> str:
    """Return an id or a type that an event cannot be without; `name` is its name.

    Raises:
        PayloadError: it is missing, or longer than 255 characters.
    """
    found = text(value)
    if found is None:
        raise PayloadError(f"no {name} of 1 to {MOST_CHARACTERS} characters")
    return found


def text(value: object) -> str | None:
    """Return a short string, or a whole number as one; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and len(value) <= MOST_CHARACTERS and not value.isspace():
        return value or None
    return None


def inner(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the object under a name, an empty one if there is none."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def moment(value: object, otherwise: datetime) -> datetime:
    """Return the UTC time that a value means, or `otherwise` when it means none.

    Understands RFC 3339 and Unix time in seconds or milliseconds, as text or number;
    a time without zone is UTC.
    """
    try:
        found = _MOMENT.validate_python(value)
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValidationError, OverflowError):
        return otherwise


def facts(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, str | int | float | bool]:
    """Return the named short scalars of a body, in the order of `names`.

    Naming them keeps out what nobody may see, whatever the vendor adds.
    """
    return {
        name: value
        for name in names
        if (value := data.get(name)) is not None
        and (isinstance(value, _NUMBERS) or text(value) is not None)
    }
