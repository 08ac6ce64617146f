"""What each field of a request body may hold.

A rule takes the value and returns what is wrong with it, or None.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

EVENT_TYPES = (
    "monitor.event.detected",
    "monitor.execution.completed",
    "monitor.execution.failed",
)
_HOURS = {"h": 1, "d": 24, "w": 168}
_LONGEST_H = 720
_METADATA_KEY_CHARACTERS = 16
_METADATA_VALUE_CHARACTERS = 512
_DOMAINS = 200

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


def _advanced_settings(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return "Input should be a valid object"
    location, policy = value.get("location"), value.get("source_policy") or {}
    if location is not None and not re.fullmatch(r"[A-Za-z]{2}", str(location)):
        return "location must be an ISO 3166-1 alpha-2 country"
    if not isinstance(policy, Mapping):
        return "source_policy must be an object"
    domains = [*(policy.get("include_domains") or []), *(policy.get("exclude_domains") or [])]
    return f"at most {_DOMAINS} domains in total" if len(domains) > _DOMAINS else None


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
        "output_schema": _nullable(_object),
        "include_backfill": _nullable(_flag),
        "advanced_settings": _nullable(_advanced_settings),
    },
    "snapshot": {"task_run_id": _words},
}
