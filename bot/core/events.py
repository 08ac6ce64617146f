"""What happened, in one shape for every source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)


class Record(BaseModel):
    """Data of ours: frozen, and an unknown field is a bug."""

    # Built when first met: most processes meet few of them.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Payload(BaseModel):
    """Data of a vendor: every field has a default and nothing makes it fail.

    A value that is missing, null or of another type becomes the field's default,
    so that a vendor's next release costs us one fact and never the alert.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, defer_build=True)

    @field_validator("*", mode="wrap")
    @classmethod
    def _fall_back(
        cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> Any:
        try:
            return handler(value)
        except ValidationError:
            field = cls.model_fields[str(info.field_name)]
            return field.get_default(call_default_factory=True, validated_data={})


P = TypeVar("P", bound=Payload)


def empty(model: type[P]) -> P:
    """Return the default of a field that is a Payload: one in which nothing was said.

    It is made when it is missed; an instance in its place would build the model at import.
    """
    default: P = Field(default_factory=model)
    return default


MOST_OBJECTS = 1_000


def _objects(value: Any) -> Any:
    """Drop what is no object, so that one odd entry does not cost the others."""
    if not isinstance(value, list):
        return value
    return [one for one in value[:MOST_OBJECTS] if isinstance(one, dict)]


Objects = Annotated[tuple[P, ...], BeforeValidator(_objects)]
"""The objects of a vendor's list, at most 1,000: the type of a field of a Payload."""


class Subject(Record):
    """A thing that a channel can follow, such as a monitor or a workspace.

    `personal` marks an id that may name a person: it is matched, but never listed.
    """

    kind: str
    id: str
    name: str | None = None
    personal: bool = False


class GroupRef(Record):
    """A set of findings that must be fetched before it can be told.

    `subject` owns the group; `id` is the vendor's name of the group.
    """

    id: str
    subject: Subject


class Event(Record):
    """One thing that happened at a source.

    `id` is the sender's own and survives redelivery; `type` is the vendor's word
    and stays a string, because the vendor may add one tomorrow. `data` is the
    vendor's body, untouched; `fields` are the scalars that filters compare, `link_values`
    the ids that may stand in a link: an address is seen by whoever sees the message.
    """

    source: str
    id: str
    type: str
    occurred_at: datetime
    subjects: tuple[Subject, ...] = ()
    group: GroupRef | None = None
    test: bool = False
    fields: dict[str, str | int | float | bool] = {}
    link_values: dict[str, str | int | float | bool] = {}
    data: dict[str, Any] = {}


def is_counted(event: Envelope | Event) -> bool:
    """Return whether an event belongs in statistics; what a test button sent does not."""
    return not event.test


class Webhook(NamedTuple):
    """One verified HTTP request, before anybody read it.

    `headers` holds only the few that `read` of any source may need, by
    lower-case name; `body` is exactly what arrived.
    """

    source: str
    body: bytes
    received_at: datetime
    headers: Mapping[str, str] = {}


class Envelope(NamedTuple):
    """What a webhook with one event says of it on the outside: enough to keep it."""

    id: str
    type: str
    test: bool = False


class Member(Record):
    """One finding of a group: `id` is stable, `data` the vendor's record."""

    id: str
    data: dict[str, Any]


class Group(Record):
    """The fetched members of a group, oldest first.

    `complete` is False when the answer was cut at our size limit, so that there
    are more members than we hold. `about` describes the group's owner.
    """

    ref: GroupRef
    members: tuple[Member, ...] = ()
    complete: bool = True
    about: dict[str, Any] = {}
