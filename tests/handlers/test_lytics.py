"""Lytics: whatever the export wraps around a record, it is the same record."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.alerts import Severity
from bot.core.errors import PayloadError
from bot.core.events import Event, Subject
from tests.handlers.cases import NOW, SOURCES, webhook

SOURCE = SOURCES["lytics"]
RECORD = {
    "id": "8234796d",
    "aid": 4821,
    "account_id": "5f2c9a7b",
    "subject_type": "work",
    "subject_id": "67e92c87",
    "verb": "failed",
    "timestamp": "2026-11-20T18:40:00Z",
    "notes": "It gave up",
}
WITHOUT_ID = {name: value for name, value in RECORD.items() if name != "id"}
TEXT = json.dumps(RECORD)


def events(body: Any) -> list[Event]:
    """Return the events of a body, of JSON if it is not bytes."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return list(SOURCE.read(webhook(SOURCE, raw)))


def one(body: Any) -> Event:
    """Return the one event of a body."""
    (event,) = events(body)
    return event


@pytest.mark.parametrize(
    "body",
    [
        RECORD,
        [RECORD],
        {"data": RECORD},
        {"data": [RECORD], "message": "success", "status": 200},
        {"events": [RECORD]},
        {"specversion": "1.0", "id": "ce", "type": "com.lytics.event", "data": RECORD},
        [{"specversion": "1.0", "id": "ce", "data": RECORD}],
        {"specversion": "1.0", "data": {"data": [RECORD]}},
        urlencode({"data": TEXT}).encode(),
        urlencode({"payload": json.dumps([RECORD])}).encode(),
        urlencode({"event": TEXT, "x": "y"}).encode(),
        urlencode({"json": TEXT}).encode(),
        urlencode(RECORD).encode(),
    ],
)
def test_wrapping_does_not_matter(body: Any) -> None:
    """The event is the record's, in every wrapping that exports are known to have."""
    event = one(body)

    assert (event.id, event.type) == ("8234796d", "work.failed")
    assert event.occurred_at.isoformat() == "2026-11-20T18:40:00+00:00"
    assert Subject(kind="work", id="67e92c87") in event.subjects


@pytest.mark.parametrize(
    "record",
    [
        {"subject_type": "work", "subject_id": "67e92c87", "verb": "failed"},
        {"subjectType": "work", "subjectId": "67e92c87", "verb": "failed"},
        {"subject": {"type": "work", "id": "67e92c87"}, "verb": "failed"},
        {"type": "work", "id": "67e92c87", "verb": "failed"},
        {"subject_type": "work", "subject_id": "67e92c87", "action": "failed"},
    ],
)
def test_spelling_does_not_matter(record: dict[str, Any]) -> None:
    """Subject and verb are found under each of their names; a subject's id is no event's."""
    event = one(record)

    assert (event.type, event.subjects) == (
        "work.failed",
        (Subject(kind="work", id="67e92c87"),),
    )
    assert len(event.id) == 64


@pytest.mark.parametrize(
    "when",
    [
        {"timestamp": "2026-11-20T18:40:00Z"},
        {"timestamp": "2026-11-20T19:40:00+01:00"},
        {"ts": "1795200000000"},
        {"ts": 1795200000000},
        {"ts": 1795200000},
        {"time": "1795200000"},
    ],
)
def test_time_is_read_in_every_form(when: dict[str, Any]) -> None:
    """Seconds, milliseconds and RFC 3339, as text or as number."""
    event = one({"subject_type": "work", "verb": "failed", **when})

    assert event.occurred_at.isoformat() == "2026-11-20T18:40:00+00:00"


def test_cloud_event_lends_its_time() -> None:
    """Two records that differ in nothing but their envelope's time are two events."""
    record = {"subject_type": "work", "verb": "synced"}
    batch = [
        {"specversion": "1.0", "time": f"2026-11-20T18:4{n}:00Z", "data": record} for n in (0, 1)
    ]

    first, second = events(batch)

    assert first.id != second.id
    assert first.occurred_at < second.occurred_at


@pytest.mark.parametrize("name", ["account_id", "subject_type", "subject_id", "verb", "timestamp"])
def test_id_is_a_digest_of_what_makes_it_unique(name: str) -> None:
    """Without an id, another account, subject, verb or time is another event."""
    other = {**WITHOUT_ID, name: "2026-11-20T18:41:00Z"}

    assert one(WITHOUT_ID).id != one(other).id
    assert one(WITHOUT_ID).id == one({"priority": 3, **WITHOUT_ID}).id


@given(st.lists(st.text(max_size=3), min_size=3, max_size=3, unique=True))
def test_digest_does_not_mix_its_parts(words: list[str]) -> None:
    """Moving text from one part to the next gives another id."""
    first, second, third = words
    record = {"subject_type": "work", "verb": "failed"}
    left = {**record, "account_id": f"a{first}{second}", "notes": third}
    right = {**record, "account_id": f"a{first}", "notes": f"{second}{third}"}

    assert (one(left).id == one(right).id) is (left == right)


@pytest.mark.parametrize("own_id", ["x" * 256, "", " ", {}, [], 1.5, True])
def test_unusable_id_becomes_a_digest(own_id: Any) -> None:
    """An id that is none does not cost the event, nor the rest of its batch."""
    event = one({**RECORD, "id": own_id})

    assert len(event.id) == 64
    assert event.id != one(WITHOUT_ID).id


def test_what_is_no_record_does_not_cost_the_others() -> None:
    """It is kept as an event of its own, which only those hear who hear everything."""
    batch = events([RECORD, {"no": "record"}, 7, {**RECORD, "id": "second"}])

    assert [event.type for event in batch] == ["work.failed", "unknown", "unknown", "work.failed"]
    assert not SOURCE.default_for(batch[1])


@pytest.mark.parametrize("body", [[{"no": "record"}], {"data": []}, b"a=b", b"a", [7, None], 7])
def test_no_record_at_all_is_refused(body: Any) -> None:
    """Then nobody understood the body, and the operators should know."""
    with pytest.raises(PayloadError):
        events(body)


def test_batch_has_a_limit() -> None:
    """A thousand records are one batch, as the vendor's largest is; one more is none."""
    batch = [{**RECORD, "id": str(n)} for n in range(1_001)]

    assert len(events(batch[:1_000])) == 1_000
    with pytest.raises(PayloadError, match="1,000"):
        events(batch)
    with pytest.raises(PayloadError, match="1,000"):
        events([batch[:600], batch[:600]])


def test_record_is_not_unwrapped() -> None:
    """What a record carries under a wrapper's name is the record's own matter."""
    record = {"subject": {"type": "work", "id": "67e92c87"}, "verb": "failed", "data": [{}, {}]}

    assert one(record).type == "work.failed"


def test_account_is_followed_by_either_id() -> None:
    """The account has two ids and is one account."""
    assert one(RECORD).subjects[:2] == (
        Subject(kind="account", id="5f2c9a7b", name="5f2c9a7b"),
        Subject(kind="account", id="4821", name="5f2c9a7b"),
    )


@pytest.mark.parametrize(
    ("kind", "subject_id", "shown"),
    [
        ("entity", "user/email/a.person@northwind.example", "user/email/…"),
        ("entity", "a.person@northwind.example", "…"),
        ("entity", "a.person/x@northwind.example/a.person", "…"),
        ("entity", "a.person", "…"),
        ("user", "a.person@northwind.example", "…"),
        ("topic-document", "-7204418830561927743", None),
        ("work", "67e92c87", None),
    ],
)
def test_person_is_matched_and_not_shown(kind: str, subject_id: str, shown: str | None) -> None:
    """Who follows a profile by its id hears of it; the channel does not learn the address."""
    notes = f"About {subject_id}" if "@" in subject_id else ""
    record = {"subject_type": kind, "subject_id": subject_id, "verb": "clustered", "notes": notes}
    event = one(record)

    personal = shown is not None
    assert event.subjects == (Subject(kind=kind, id=subject_id, name=shown, personal=personal),)
    assert (event.link_values.get("subject_id") is None) is (shown is not None)
    if shown:
        assert "a.person" not in str(SOURCE.format(event))
        assert "a.person" not in str(SOURCE.plain(event))
        assert "a.person" not in str(event.link_values)


def test_name_of_a_person_is_not_shown() -> None:
    """A profile may come with the name of whom it is about."""
    event = one({**RECORD, "subject_type": "entity", "subject_id": "user/_uid/7",
                 "context": {"name": "Ana Lopez"}})  # fmt: skip

    assert SOURCE.format(event).title == "Profile user/_uid/… failed"
    assert "Ana" not in str(SOURCE.plain(event))


def test_address_in_a_text_is_not_shown() -> None:
    """Notes, errors and names are written by people and by other systems."""
    ana = "ana@northwind.example"
    context = {"name": f"Job of {ana}", "error": f"No rights: <{ana}>", "user_email": ana}
    event = one({**RECORD, "notes": f"{ana} did it", "user_id": ana, "context": context})

    assert "ana" not in str(SOURCE.format(event))
    assert "ana" not in str(SOURCE.plain(event))


def test_verb_has_one_spelling_for_filters() -> None:
    """`update` is the table's word and `updated` the API's; the type keeps what was said."""
    event = one({"subject_type": "work", "verb": "update"})

    assert (event.type, event.fields["verb"]) == ("work.update", "updated")


@pytest.mark.parametrize(
    ("event_type", "severity", "action", "default"),
    [
        ("work.failed", Severity.ERROR, True, True),
        ("workflow.failed", Severity.ERROR, True, True),
        ("auth.failed", Severity.ERROR, True, True),
        ("auth.deleted", Severity.ERROR, True, True),
        ("stream.failed", Severity.ERROR, False, True),
        ("of-tomorrow.failed", Severity.ERROR, False, True),
        ("work.completed", Severity.INFO, False, True),
        ("segmentml.completed", Severity.INFO, False, True),
        ("workflow.completed", Severity.INFO, False, True),
        ("work.deleted", Severity.WARNING, False, False),
        ("segment.deleted", Severity.WARNING, False, False),
        ("user.deleted", Severity.WARNING, False, False),
        ("schema.updated", Severity.WARNING, False, False),
        ("account.of_tomorrow", Severity.WARNING, False, False),
        ("work.killed", Severity.INFO, False, False),
        ("work.of_tomorrow", Severity.INFO, False, False),
        ("work.created", Severity.INFO, False, False),
        ("work.update", Severity.INFO, False, False),
        ("work.started", Severity.INFO, False, False),
        ("work.syncing", Severity.INFO, False, False),
        ("work.synced", Severity.INFO, False, False),
        ("work.synccomplete", Severity.INFO, False, False),
        ("segment.created", Severity.INFO, False, False),
        ("user.created", Severity.INFO, False, False),
        ("auth.created", Severity.INFO, False, False),
        ("entity.clustered", Severity.INFO, False, False),
        ("entity.completed", Severity.INFO, False, False),
        ("entity.deleted", Severity.INFO, False, False),
        ("data.created", Severity.INFO, False, False),
    ],
)
def test_how_bad_and_who_hears(
    event_type: str, severity: Severity, action: bool, default: bool
) -> None:
    """What failed is heard of every subject; what drowns a channel is for those who ask."""
    kind, verb = event_type.split(".")
    event = one({"subject_type": kind, "verb": verb})
    alert = SOURCE.format(event)

    assert (alert.severity, alert.action) == (severity, action)
    assert SOURCE.default_for(event) is default


@pytest.mark.parametrize("kind", SOURCE.kinds)
def test_every_subject_and_any_verb_reads_as_a_sentence(kind: str) -> None:
    """All 25, with verbs that are known and verbs that nobody has seen."""
    changed = SOURCE.format(one({"subject_type": kind, "subject_id": "x1", "verb": "updated"}))
    danced = SOURCE.format(one({"subject_type": kind, "subject_id": "x1", "verb": "danced_off"}))

    assert changed.title.endswith(" was changed")
    assert danced.title.endswith(": danced off")
    assert changed.title[0].isupper()


def test_failure_says_why() -> None:
    """Notes, the error of the context, and the job's name as well as its id."""
    context = {"name": "To Google Ads", "error": "Refused.", "user_email": "ana@northwind.example"}
    said = SOURCE.format(one({**RECORD, "context": context}))

    assert (said.title, said.text) == ("Job To Google Ads failed", "It gave up\nRefused.")
    assert ("Id", "67e92c87") in {(one.name, one.value) for one in said.fields}


@pytest.mark.parametrize(
    ("code", "words"),
    [("UNAUTHORIZED-017", "Renew the authorization"), ("JOB-FAULT-022", "It does")],
)
def test_failed_job_says_what_to_do(code: str, words: str) -> None:
    """A refused authorization is renewed, anything else is resumed."""
    said = SOURCE.format(one({**RECORD, "context": {"code": code}}))

    assert (said.notice or "").startswith(words)


def test_time_falls_back_to_arrival() -> None:
    """A record without a time happened when it came."""
    assert one({"subject_type": "work", "verb": "failed"}).occurred_at == NOW


def test_lytics_may_put_and_patch() -> None:
    """The method of an export is for its owner to choose."""
    assert SOURCE.methods == ("POST", "PUT", "PATCH")
