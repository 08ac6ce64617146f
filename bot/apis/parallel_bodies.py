"""What we send to Parallel: a definition as the fields of create and update.

Source: docs.parallel.ai, API reference, Monitor.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bot.core.monitors import Definition

_TOP = ("frequency", "processor")
_ADVANCED = frozenset({"location", "include_domains", "exclude_domains", "after_date"})


def settings_of(definition: Definition) -> dict[str, Any]:
    """Return the settings of a new monitor, without what is not asked for."""
    settings: dict[str, Any] = {"query": definition.query}
    if definition.output_schema is not None:
        settings["output_schema"] = {"type": "json", "json_schema": definition.output_schema}
    if definition.backfill:
        settings["include_backfill"] = True
    if advanced := _advanced(definition):
        settings["advanced_settings"] = advanced
    return settings


def changes_of(definition: Definition, names: Collection[str]) -> dict[str, Any]:
    """Return the arguments of an update that brings these fields, and no others.

    Advanced settings replace what was there, so all of them go together; none is null.
    """
    body: dict[str, Any] = {name: getattr(definition, name) for name in _TOP if name in names}
    settings: dict[str, Any] = {"query": definition.query} if "query" in names else {}
    if not _ADVANCED.isdisjoint(names):
        settings["advanced_settings"] = _advanced(definition) or None
    if settings:
        body |= {"type": "event_stream", "settings": settings}
    return body


def _advanced(definition: Definition) -> dict[str, Any]:
    policy: dict[str, Any] = {}
    if definition.include_domains:
        policy["include_domains"] = list(definition.include_domains)
    if definition.exclude_domains:
        policy["exclude_domains"] = list(definition.exclude_domains)
    if definition.after_date:
        policy["after_date"] = definition.after_date
    advanced: dict[str, Any] = {"location": definition.location} if definition.location else {}
    return {**advanced, "source_policy": policy} if policy else advanced
