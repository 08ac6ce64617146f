"""Bodies that are no events: refused with a reason, and soon."""

from __future__ import annotations

import json
import timeit
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.core.errors import PayloadError
from tests.handlers.cases import CASES, NOW, SOURCES, Case, webhook

MIB = 2**20
MOST_MS_PER_MIB = 50

BODIES = {
    "empty": b"",
    "nothing": b"null",
    "number": b"7",
    "string": b'"text"',
    "empty list": b"[]",
    "empty object": b"{}",
    "cut off": b'{"id": "evt_1", "type": "a.b", "da',
    "no JSON": b"<html>502 Bad Gateway</html>",
    "deep list": b"[" * MIB,
    "deep object": b'{"a":' * (MIB // 5),
    "deep and closed": b"[" * (MIB // 2) + b"]" * (MIB // 2),
    "5,000 digits": b'{"id": ' + b"9" * 5_000 + b', "type": "a.b", "verb": "x"}',
    "NaN": b'{"id": NaN, "type": "a.b", "verb": "x", "subject_type": "work"}',
    "byte order mark": b'\xef\xbb\xbf{"id": "1", "type": "a.b"}',
    "UTF-16": '{"id": "1", "type": "a.b"}'.encode("utf-16"),
    "lone surrogate": b'{"id": "\\ud800", "type": "a.b", "verb": "x"}',
    "no UTF-8": b'{"id": "\xff", "type": "a.b", "verb": "x"}',
    "a long form": b"a=b&" * (MIB // 4),
}


# Refused as well, but every item is a Python object before anybody can look at it.
STORMS = {
    "many keys": b"{" + b",".join(b'"%d":1' % n for n in range(30_000)) + b"}",
    "many items": b"[" + b",".join([b"{}"] * 100_000) + b"]",
    "many lists": b"[" + b",".join([b"[]"] * 100_000) + b"]",
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("body", [*BODIES.values(), *STORMS.values()], ids=[*BODIES, *STORMS])
def test_what_is_no_event_is_refused(name: str, body: bytes) -> None:
    """Garbage that proved its origin ends in `PayloadError` with a short reason."""
    source = SOURCES[name]

    with pytest.raises(PayloadError) as refusal:
        source.read(webhook(source, body))

    assert 0 < len(str(refusal.value)) < 200


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_garbage_costs_little(name: str, body: bytes) -> None:
    """No body keeps the reader busy for longer than 50 ms a MiB."""
    best_s = _best_s(lambda: _refused(name, body))

    assert best_s * 1_000 < MOST_MS_PER_MIB * max(1, len(body) / MIB)


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("body", STORMS.values(), ids=STORMS)
def test_storm_costs_what_parsing_costs(name: str, body: bytes) -> None:
    """Looking at a body of very many parts costs no more than a few parsings of it."""
    best_s = _best_s(lambda: _refused(name, body))
    yardstick_s = _best_s(lambda: json.loads(body))

    assert best_s < 4 * yardstick_s


@pytest.mark.parametrize("case", CASES, ids=str)
def test_redelivery_has_the_same_ids(case: Case) -> None:
    """The same bytes an hour later are the same events, so they are said once."""
    source = SOURCES[case.source]
    later = NOW + timedelta(hours=1)

    first = source.read(webhook(source, case.body))
    again = source.read(webhook(source, case.body, received_at=later))

    assert [event.id for event in first] == [event.id for event in again]
    assert len({event.id for event in first}) == len(first)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_content_decides_and_not_layout(case: Case) -> None:
    """The vendor's own words are kept: the body in `data`, its time in `occurred_at`."""
    source = SOURCES[case.source]
    compact = json.dumps(json.loads(case.body)).encode()

    first = source.read(webhook(source, case.body))
    again = source.read(webhook(source, compact))

    assert first == again


def _refused(name: str, body: bytes) -> None:
    source = SOURCES[name]
    with pytest.raises(PayloadError):
        source.read(webhook(source, body))


def _best_s(action: Callable[[], object]) -> float:
    """Return the seconds of the fastest of five runs: the others were disturbed."""
    return min(timeit.repeat(action, number=1, repeat=5))
