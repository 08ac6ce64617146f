"""One system event of Lytics, in the spellings of its two APIs and of exports."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from bot.core.bodies import facts, inner, moment, text
from bot.core.events import Event, Subject
from handlers.lytics.person import hidden_id, without_addresses

UNKNOWN = "unknown"
"""The type of an item that is no record."""

_FACTS = ("priority", "user_id")
_CONTEXT = ("workflow", "code", "added", "omitted", "removed")
# The vendor's table says `update`, its APIs say `updated`.
_VERBS = {"update": "updated"}


def is_record(item: Any) -> bool:
    """Return whether an item of a webhook says to what something happened, and what."""
    return isinstance(item, dict) and _type(item) is not None


def event_of(item: Any, received_at: datetime) -> Event:
    """Return the event that an item of a webhook is; of type `unknown` if it is no record.

    The id is the record's own, else a digest of what makes it unique, so that both
    survive redelivery.
    """
    record = item if isinstance(item, dict) else {"item": item}
    raw_time = _raw_time(record)
    when = moment(raw_time, received_at)
    event_type = _type(record)
    if event_type is None:
        return Event(
            source="lytics", id=_digest(record), type=UNKNOWN, occurred_at=when, data=record
        )
    _, subject_id, own_id = _identity(record)
    account = _first(record, "account_id", "aid")
    parts = (account, event_type, subject_id, raw_time, record.get("notes"), own_id)
    return Event(
        source="lytics",
        id=text(own_id) or _digest(parts),
        type=event_type,
        occurred_at=when,
        subjects=(*_accounts(record), *_subject(record)),
        fields=_fields(record),
        link_values=_link_values(record),
        data=record,
    )


def _type(record: Mapping[str, Any]) -> str | None:
    kind, _, _ = _identity(record)
    verb = _verb(record)
    return text(f"{kind}.{verb}") if kind and verb else None


def _verb(record: Mapping[str, Any]) -> str | None:
    return _first(record, "verb", "action")


def _identity(record: Mapping[str, Any]) -> tuple[str | None, str | None, Any]:
    """Return the subject's type and id, and the record's own id."""
    kind = _first(record, "subject_type", "subjectType")
    if kind is not None:
        return kind, _first(record, "subject_id", "subjectId"), record.get("id")
    subject = inner(record, "subject")
    if subject:
        return text(subject.get("type")), text(subject.get("id")), record.get("id")
    # `related` names things as type and id; a record may name its subject so, too.
    return text(record.get("type")), text(record.get("id")), None


def _accounts(record: Mapping[str, Any]) -> Iterator[Subject]:
    """Yield the account under both of its ids, and under one name."""
    name = _first(record, "account_id", "aid")
    for field in ("account_id", "aid"):
        if one := text(record.get(field)):
            yield Subject(kind="account", id=one, name=name)


def _subject(record: Mapping[str, Any]) -> Iterator[Subject]:
    kind, subject_id, _ = _identity(record)
    if kind and subject_id:
        name = text(inner(record, "context").get("name"))
        hidden = hidden_id(kind, subject_id)
        # What has an id that may name a person has a name that does.
        known = without_addresses(name) if name and hidden is None else hidden
        yield Subject(kind=kind, id=subject_id, name=known, personal=hidden is not None)


def _link_values(record: Mapping[str, Any]) -> dict[str, str | int | float | bool]:
    """Return the ids that may stand in an address, which everybody sees: nobody's name."""
    kind, subject_id, _ = _identity(record)
    own = {"aid": record.get("aid"), "subject_type": kind}
    if kind and subject_id and hidden_id(kind, subject_id) is None:
        own |= {"id": subject_id, "subject_id": subject_id}
    return facts(own, own)


def _fields(record: Mapping[str, Any]) -> dict[str, str | int | float | bool]:
    verb = _verb(record) or ""
    said = facts(record, _FACTS) | facts(inner(record, "context"), _CONTEXT)
    nobody = {name: value for name, value in said.items() if "@" not in str(value)}
    return {"verb": _VERBS.get(verb, verb), **nobody}


def _raw_time(record: Mapping[str, Any]) -> object:
    names = ("timestamp", "ts", "time", "created")
    return next((record[name] for name in names if record.get(name)), None)


def _first(record: Mapping[str, Any], *names: str) -> str | None:
    return next((found for name in names if (found := text(record.get(name)))), None)


def _digest(parts: object) -> str:
    """Return a digest of JSON values; JSON, because joined text could be split anew."""
    return hashlib.sha256(to_json(parts)).hexdigest()
