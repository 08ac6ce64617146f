"""What may name a person is matched, and never offered in a list."""

from __future__ import annotations

import json

import pytest

from tests.handlers.cases import CASES, SOURCES, Case, read, webhook


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_address_may_be_listed(case: Case) -> None:
    """Of every recorded payload: an id with an address, or of a profile, is marked."""
    for event in read(case):
        for one in event.subjects:
            assert one.personal or not ("@" in one.id or one.kind == "entity")


@pytest.mark.parametrize(
    ("external", "personal"), [("ada@example.org", True), ("+44 20 7946", True), ("c-42", False)]
)
def test_external_ids_of_deck(external: str, personal: bool) -> None:
    """The customer's own id may be anything."""
    source = SOURCES["deck"]
    data = {"id": "conn_1", "object": "connection", "external_id": external}
    body = {"id": "evt_1", "type": "connection.invalid", "data": data}
    (event,) = source.read(webhook(source, json.dumps(body).encode()))

    assert [personal] == [one.personal for one in event.subjects if one.kind == "external"]


@pytest.mark.parametrize(
    ("kind", "one", "personal"),
    [("user", "user/email/ada@example.org", True), ("entity", "4f2c", True), ("work", "4f", False)],
)
def test_subjects_of_lytics(kind: str, one: str, personal: bool) -> None:
    """Profiles are people; jobs are not."""
    source = SOURCES["lytics"]
    body = {"id": "1", "subject_type": kind, "subject_id": one, "verb": "created"}
    (event,) = source.read(webhook(source, json.dumps(body).encode()))

    assert [personal] == [found.personal for found in event.subjects if found.kind == kind]
