"""What each field of a request body may hold.

A rule takes the value and returns what is wrong with it, or None.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

EVENT_TYPES = (
    "monitor.event.detected",
    "monitor.execution.completed",
    "monitor.execution.failed",
)
_HOURS = {"h": 1, "d": 24, "w": 168}
_LONGEST_H = 720
_METADATA_KEYS = 16
_METADATA_KEY_CHARACTERS = 16
_METADATA_VALUE_CHARACTERS = 512
_DOMAINS = 200
_DOMAIN = re.compile(r"\.?[\w-]+(\.[\w-]+)*(/[^\s?#]*)?")

Rule = Callable[[Any], str | None]


def _one_of(*allowed: str) -> Rule:
    words = " or ".join(f"'{name}'" for name in allowed)
    return lambda value: None if value in allowed else f"Input should be {words}"


def _nullable(rule: Rule) -> Rule:
    return lambda value: None if value is None else rule(value)


def _frequency(value: Any) -> str | None:
    match = re.fullmatch(r"([1-9][0-9]{0,3})([hdw])", value) if isinstance(value, str) else None
    if match and int(match[1]) * _HOURS[match[2]] <= _LONGEST_H:
        return None
    return "frequency must be between 1h and 30d"


def _words(value: Any) -> str | None:
    return None if isinstance(value, str) and value.strip() else "Input should be a non-empty text"


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "Input should be a valid boolean"


def _object(value: Any) -> str | None:
    return None if isinstance(value, Mapping) else "Input should be a valid object"


def _scope_key(value: Any) -> str | None:
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,128}", value):
        return None
    return "memory_scope_key must be 1 to 128 letters, digits, _ or -"


def _metadata(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return "Input should be a valid dictionary"
    if len(value) > _METADATA_KEYS:
        return f"metadata has more than {_METADATA_KEYS} keys"
    for key, text in value.items():
        if len(key) > _METADATA_KEY_CHARACTERS:
            return f"metadata key {key!r} is longer than {_METADATA_KEY_CHARACTERS} characters"
        if not isinstance(text, str) or len(text) > _METADATA_VALUE_CHARACTERS:
            return f"metadata {key!r} must be a text of at most {_METADATA_VALUE_CHARACTERS}"
    return None


def _webhook(value: Any) -> str | None:
    if not isinstance(value, Mapping) or not isinstance(value.get("url"), str) or not value["url"]:
        return "webhook must be an object with a url"
    types = value.get("event_types")
    if types is None or (isinstance(types, list) and all(name in EVENT_TYPES for name in types)):
        return None
    return f"event_types must be a list of {', '.join(EVENT_TYPES)}"


def _country(value: Any) -> str | None:
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2}", value):
        return None
    return "location must be an ISO 3166-1 alpha-2 country"


def _domains(value: Any) -> str | None:
    if not isinstance(value, list):
        return "Input should be a valid list"
    for one in value:
        if not isinstance(one, str) or not _DOMAIN.fullmatch(one):
            return f"{one!r} is not a domain without scheme, port, query and fragment"
    return None


def _date(value: Any) -> str | None:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return "Input should be a valid date"
    return None


def _policy(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return "Input should be a valid object"
    lists = (value.get("include_domains"), value.get("exclude_domains"))
    count = sum(len(one) for one in lists if isinstance(one, list))
    return f"at most {_DOMAINS} domains in total" if count > _DOMAINS else None


def _schema(value: Any) -> str | None:
    """Check an output schema; the vendor knows one type, and a schema is an object."""
    if not isinstance(value, Mapping):
        return "Input should be a valid object"
    if value.get("type", "json") != "json" or not isinstance(value.get("json_schema"), Mapping):
        return "output_schema must be of type json with a json_schema"
    if value["json_schema"].get("type") != "object":
        return "json_schema must describe an object"
    return None


MONITOR_RULES: Mapping[str, Rule] = {
    "type": _one_of("event_stream", "snapshot"),
    "frequency": _frequency,
    "settings": _object,
    "processor": _one_of("lite", "base"),
    "webhook": _nullable(_webhook),
    "metadata": _nullable(_metadata),
    "memory_scope_key": _nullable(_scope_key),
}
SETTINGS_RULES: Mapping[str, Mapping[str, Rule]] = {
    "event_stream": {
        "query": _words,
        "output_schema": _nullable(_schema),
        "include_backfill": _nullable(_flag),
        "advanced_settings": _nullable(_object),
    },
    "snapshot": {"task_run_id": _words},
}
NESTED_RULES: Mapping[tuple[str, ...], Mapping[str, Rule]] = {
    ("advanced_settings",): {
        "location": _nullable(_country),
        "source_policy": _nullable(_policy),
    },
    ("advanced_settings", "source_policy"): {
        "include_domains": _nullable(_domains),
        "exclude_domains": _nullable(_domains),
        "after_date": _nullable(_date),
    },
}
"""The objects inside settings, by the way that leads to them."""
