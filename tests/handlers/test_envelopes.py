"""What is kept of a webhook before it is answered is what its reader says later."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from bot.core.errors import PayloadError
from bot.core.events import Envelope, Event, Webhook
from tests.handlers.cases import CASES, FORMS, SOURCES, Case, webhook
from tests.handlers.test_bodies import BODIES

Kept = list[tuple[str, str, bool]] | str


def kept(look: Callable[[Webhook], Sequence[Envelope | Event]], arrived: Webhook) -> Kept:
    """Return ids, types and tests of the events, or why there are none."""
    try:
        return [(one.id, one.type, one.test) for one in look(arrived)]
    except PayloadError as error:
        return str(error)


@pytest.mark.parametrize("case", [*CASES, *FORMS], ids=str)
def test_an_envelope_says_what_the_reader_says(case: Case) -> None:
    """An id that only one of them knows would bury an event that was acknowledged."""
    source = SOURCES[case.source]
    arrived = webhook(source, case.body)

    assert kept(source.open, arrived) == kept(source.read, arrived)


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_is_no_event_is_none_for_both(name: str, body: bytes) -> None:
    """Neither takes for an event what the other refuses, and the reason is the same."""
    source = SOURCES[name]
    arrived = webhook(source, body)

    assert kept(source.open, arrived) == kept(source.read, arrived)
