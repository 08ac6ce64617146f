"""The rules for request bodies, as the API description states them.

Stricter than the vendor in one thing: a field nobody documented is refused, so that a
misspelt one is found here and not by a monitor that behaves oddly.
"""

from collections.abc import Collection, Mapping
from typing import Any

from bot.playground.parallel.answers import Problem
from bot.playground.parallel.rules import MONITOR_RULES, NESTED_RULES, SETTINGS_RULES, Rule


def problem(loc: tuple[str | int, ...], msg: str, kind: str = "value_error") -> Problem:
    """Return one entry of a validation answer; `loc` is the way to the field."""
    return {"loc": list(loc), "msg": msg, "type": kind}


def create_problems(body: Any) -> list[Problem]:
    """Return what is wrong with the body of a create; nothing when it may pass."""
    if not isinstance(body, Mapping):
        return [problem(("body",), "Input should be a valid object", "object_type")]
    found = _check(body, MONITOR_RULES, ("body",), required=("type", "frequency", "settings"))
    if body.get("type") in tuple(SETTINGS_RULES) and isinstance(body.get("settings"), Mapping):
        rules = SETTINGS_RULES[body["type"]]
        needed = "query" if body["type"] == "event_stream" else "task_run_id"
        found += _check(body["settings"], rules, ("body", "settings"), required=(needed,))
        found += _nested(body["settings"])
    return found


def update_problems(body: Any, monitor_type: str) -> list[Problem]:
    """Return what is wrong with the body of an update of a monitor of this type."""
    if not isinstance(body, Mapping):
        return [problem(("body",), "Input should be a valid object", "object_type")]
    if not body:
        return [problem(("body",), "At least one field must be provided")]
    found = _check(body, MONITOR_RULES, ("body",), required=(), refused=("memory_scope_key",))
    if ("settings" in body) != ("type" in body):
        found.append(problem(("body", "type"), "type is required with settings, and only then"))
    elif "type" in body and (body["type"] != "event_stream" or monitor_type != "event_stream"):
        found.append(problem(("body", "type"), "only event_stream settings can be updated"))
    if isinstance(body.get("settings"), Mapping):
        fixed = ("output_schema", "include_backfill")
        rules = SETTINGS_RULES["event_stream"]
        found += _check(body["settings"], rules, ("body", "settings"), required=(), refused=fixed)
        found += _nested(body["settings"])
    return found


def _nested(settings: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong inside the objects of settings."""
    found: list[Problem] = []
    for way, rules in NESTED_RULES.items():
        inner: Any = settings
        for name in way:
            inner = inner.get(name) if isinstance(inner, Mapping) else None
        if isinstance(inner, Mapping):
            found += _check(inner, rules, ("body", "settings", *way), required=())
    return found


def _check(
    fields: Mapping[str, Any],
    rules: Mapping[str, Rule],
    loc: tuple[str | int, ...],
    *,
    required: Collection[str],
    refused: Collection[str] = (),
) -> list[Problem]:
    found = [
        problem((*loc, name), "Field required", "missing")
        for name in required
        if name not in fields
    ]
    for name, value in fields.items():
        if name not in rules or name in refused:
            found.append(problem((*loc, name), "Extra inputs are not permitted", "extra_forbidden"))
        elif (wrong := rules[name](value)) is not None:
            found.append(problem((*loc, name), wrong))
    return found
