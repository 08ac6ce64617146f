"""Parallel: which webhook is which event, and how findings become replies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.core.alerts import Alert, Reply, Severity
from bot.core.errors import PayloadError
from bot.core.events import Event, Group, GroupRef, Subject, Webhook
from tests.handlers.cases import CASES, NOW, SOURCES, detected, group, groups, read, webhook

SOURCE = SOURCES["parallel"]
MONITOR = Subject(kind="monitor", id="monitor_1")


def execution(kind: str, event: dict[str, Any]) -> Event:
    """Return an event about a run."""
    data = {"monitor_id": "monitor_1", "event": event}
    body = {"type": f"monitor.execution.{kind}", "timestamp": "2026-08-17T15:30:00Z", "data": data}
    return SOURCE.read(webhook(SOURCE, json.dumps(body).encode()))[0]


def found(*members: dict[str, Any], complete: bool = True) -> Alert:
    """Return the alert of a group; the members are given newest first."""
    return SOURCE.format(detected(), group(members, complete=complete))


def finding(content: Any, *, kind: str = "text", basis: Any = ()) -> dict[str, Any]:
    """Return a detected event as the API tells it."""
    output = {"type": kind, "content": content, "basis": list(basis)}
    return {"event_id": "mevt_1", "event_type": "event_stream", "output": output}


def only(alert: Alert) -> Reply:
    """Return the one reply of an alert."""
    (reply,) = alert.replies
    return reply


def values(reply: Reply) -> dict[str, str]:
    """Return the fields of a reply by name."""
    return {field.name: field.value for field in reply.fields}


def test_event_is_read() -> None:
    """Id from the header, time from the body, and the group to fetch."""
    event = detected()

    monitor = Subject(kind="monitor", id="monitor_4f1c9ab27d6e40f58b93c0de17a2f6b8")
    group_id = "mevtgrp_4f1c9ab27d6e40f51a11464454ee29ff3392072222842153"
    assert event.id == "msg_2Lh9KRb0pdQ1Zf3c"
    assert event.occurred_at.isoformat() == "2026-08-17T09:00:12.418203+00:00"
    assert event.subjects == (monitor,)
    assert event.group == GroupRef(id=group_id, subject=monitor)


@pytest.mark.parametrize("headers", [{}, {"webhook-id": ""}, {"webhook-id": "x" * 256}])
def test_id_comes_from_the_header_or_not_at_all(headers: dict[str, str]) -> None:
    """The body has no id, and one made up would not survive redelivery."""
    body = b'{"type": "monitor.event.detected"}'
    with pytest.raises(PayloadError, match="webhook-id"):
        SOURCE.read(Webhook(source="parallel", body=body, headers=headers, received_at=NOW))


def test_only_a_detected_event_has_a_group() -> None:
    """A failed run that names a group has nothing to fetch."""
    assert execution("failed", {"event_group_id": "mevtgrp_1"}).group is None


def test_defaults() -> None:
    """A plain subscription hears findings and failures, not every run, not other products."""
    heard = {
        case.name: SOURCE.default_for(read(case)[0]) for case in CASES if case.source == "parallel"
    }

    assert {name for name in heard if heard[name] is False} == {
        "monitor.execution.completed",
        "task_run.status--other_api",
    }
    assert len(heard) > 5


def test_findings_are_pending_until_they_are_there() -> None:
    """Neither an unread nor an empty group claims that nothing was found."""
    unread = SOURCE.format(detected())
    empty = found()

    assert unread.notice == empty.notice == "Details pending: the findings are being fetched."
    assert unread.replies == empty.replies == ()
    assert unread.card == empty.card


def test_card_is_one_for_a_group() -> None:
    """A group that is announced twice, or read again, stays the same message."""
    event = detected()
    assert event.group is not None

    assert found(finding("x")).card == f"{event.group.subject.id}/{event.group.id}"


def test_growing_group_adds_a_reply() -> None:
    """The second reading keeps the first reply as it was and adds the new one."""
    readings = dict(groups())

    first = found(*readings["growing_read_1"]).replies
    second = found(*readings["growing_read_2"]).replies

    assert len(first) == 1
    assert second[:1] == first
    assert len(second) == 2


def test_title_counts() -> None:
    """One is a finding, two are findings, and a cut answer says that there may be more."""
    assert found(finding("x")).title.startswith("1 finding: ")
    assert found(finding("x"), finding("y")).title.startswith("2 findings: ")
    assert found(finding("x"), complete=False).title.startswith("At least 1 finding: ")


@pytest.mark.parametrize(
    ("count", "complete", "last"),
    [
        (25, True, ""),
        (26, True, "1 more finding"),
        (10_000, True, "9,975 more findings"),
        (10_000, False, "At least 9,975 more findings"),
        (3, False, "More findings"),
    ],
)
def test_many_findings(count: int, complete: bool, last: str) -> None:
    """At most the oldest 25 are told, then one reply says how many more and where."""
    members = [finding(str(n)) | {"event_id": f"mevt_{n}"} for n in range(count, 0, -1)]

    replies = found(*members, complete=complete).replies

    told = min(count, 25)
    assert [one.text for one in replies[:told]] == [str(n) for n in range(1, told + 1)]
    assert [one.title for one in replies[told:]] == ([last] if last else [])
    assert all(one.key == "more" and "monitor_4f1c9ab2" in one.text for one in replies[told:])


def test_text_keeps_its_lines() -> None:
    """The reply is the vendor's text; the parent's summary has it on one line."""
    alert = found(finding("One.\nTwo."))

    assert only(alert).text == "One.\nTwo."
    assert alert.text == "One. Two."


def test_object_becomes_fields() -> None:
    """Each value has its name, and a list or an object is put in words."""
    content = {"name": "Ostrava Grid", "tags": ["energy", "software"], "in": {"country": "CZ"}}
    reply = only(found(finding(content, kind="json")))

    assert reply.text == ""
    assert values(reply) == {
        "Name": "Ostrava Grid",
        "Tags": "energy, software",
        "In": "country: CZ",
    }


def test_object_is_called_by_its_first_values() -> None:
    """It has no sentence of its own, and a reply on one line would say nothing."""
    content = {"company_name": "Ostrava Grid", "round": "NA", "amount": "€31M"}
    reply = only(found(finding(content, kind="json")))

    assert reply.title == "Ostrava Grid · €31M"
    assert values(reply) == {"Company name": "Ostrava Grid", "Amount": "€31M"}


@pytest.mark.parametrize(
    ("kind", "content", "text", "fields"),
    [
        ("json", '{"a": "b"}', "", {"A": "b"}),
        ("json", "[1, 2]", "1, 2", {}),
        ("json", "not JSON", "not JSON", {}),
        ("text", '{"a": "b"}', '{"a": "b"}', {}),
    ],
)
def test_object_may_come_as_text(
    kind: str, content: str, text: str, fields: dict[str, str]
) -> None:
    """Only an output that calls itself JSON is parsed, and what cannot be is shown."""
    reply = only(found(finding(content, kind=kind)))

    assert (reply.text, values(reply)) == (text, fields)


@pytest.mark.parametrize("content", [None, "", {}, []])
def test_finding_without_content_says_so(content: Any) -> None:
    """An empty message would look like a fault of ours."""
    assert only(found(finding(content))).text.startswith("A finding in a shape")


def test_snapshot_shows_before_and_after() -> None:
    """Only the changed values, each with what it was."""
    reply = only(found(*dict(groups())["snapshot_json"]))

    assert reply.title == "Changed: executives, employee count"
    assert values(reply)["Employee count"] == "1,180 → 1,240"
    assert "Headquarters" not in values(reply)


def test_what_was_not_there_before_is_said() -> None:
    """A value that appears or goes is news, though Parallel writes NA for nothing."""
    snapshot = {
        "event_id": "mevt_1",
        "changed_output": {"type": "json", "content": {"ceo": "NA", "price": "$12"}},
        "previous_output": {"type": "json", "content": {"ceo": "Ana Lopez", "price": "NA"}},
    }

    assert values(only(found(snapshot))) == {"Ceo": "Ana Lopez → NA", "Price": "NA → $12"}


def test_snapshot_of_text_shows_before() -> None:
    """A text is compared as a whole."""
    reply = only(found(*dict(groups())["snapshot_text"]))

    assert reply.text == "The price is now $12."
    assert values(reply) == {"Before": "The price is $10."}


def test_sources_are_web_pages_named_once() -> None:
    """In order, without repeats, without other schemes, five at most and the rest counted."""
    reply = only(found(*dict(groups())["many_sources"]))

    assert [one.url for one in reply.links] == [f"https://news{n}.example.com/a" for n in range(5)]
    assert [one.label for one in reply.links[:2]] == ["Paper 0", "Source"]
    assert values(reply)["Sources not shown"] == "2 more"


def test_one_odd_citation_does_not_cost_the_others() -> None:
    """What is no object is passed over."""
    basis = ["odd", {"citations": [None, {"url": "https://a.example/"}], "confidence": "high"}]
    reply = only(found(finding("x", basis=basis)))

    assert [one.url for one in reply.links] == ["https://a.example/"]
    assert values(reply) == {"Confidence": "high"}


def test_large_object_is_cut_and_says_so() -> None:
    """Twenty values fit into a message; nobody should think there were no more."""
    reply = only(found(finding({f"n{n}": n for n in range(23)}, kind="json")))

    assert values(reply)["Values not shown"] == "3 more"
    assert len(reply.fields) == 21


def test_run_date_is_not_said() -> None:
    """`event_date` is when the monitor ran, and would be read as when it happened."""
    assert "2026-08-17" not in str(found(*dict(groups())["single_text"]).replies)


@pytest.mark.parametrize(
    ("error", "action"),
    [
        ("insufficient credit to run processor base", True),
        ("Payment required", True),
        ("The page about microcredits is gone.", False),
        ("The run took too long.", False),
    ],
)
def test_failed_run_says_what_to_do(error: str, action: bool) -> None:
    """A failure is an error; only one that a person can end asks for a person."""
    alert = SOURCE.format(execution("failed", {"error": error}))

    assert (alert.severity, alert.text, alert.action) == (Severity.ERROR, error, action)
    assert (alert.notice or "").startswith("Add credit" if action else "The monitor runs on")


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("failed", {"error": "x", "date": "2026-08-17T14:00:00Z"}),
        ("failed", {"error_message": "x", "timestamp": "2026-08-17T14:00:00Z"}),
        ("failed", {"error": "x", "id": "error_2026-08-17T14:00:00Z"}),
        ("completed", {"monitor_ts": "completed_2026-08-17T14:00:00Z"}),
        ("completed", {"timestamp": "2026-08-17T14:00:00+00:00"}),
    ],
)
def test_run_is_read_in_old_and_new_names(kind: str, names: dict[str, str]) -> None:
    """Text and time of a run are found under every name the vendor has used."""
    alert = SOURCE.format(execution(kind, names))

    assert alert.text == ("x" if kind == "failed" else "")
    assert alert.fields[-1].value == "2026-08-17 14:00 UTC"


def test_known_name_is_said() -> None:
    """When the monitor's name is known it stands in the title instead of the id."""
    event = execution("completed", {})
    named = event.model_copy(update={"subjects": (MONITOR.model_copy(update={"name": "Prices"}),)})

    assert SOURCE.format(named).title == "Nothing new: Prices"


def test_id_is_said_once() -> None:
    """A monitor without words has its id for a title, and not again below it."""
    known = found(finding("x"))
    named = SOURCE.format(detected(), group([finding("x")], query="Acme prices"))

    assert [one.name for one in known.fields] == []
    assert [one.name for one in named.fields] == ["Monitor", "Looks"]


@pytest.mark.parametrize(
    ("frequency", "said"),
    [("1h", "every hour"), ("6h", "every 6 hours"), ("1d", "every day"), ("2w", "every 2 weeks"),
     ("hourly", "hourly"), ("1x", "1x"), ("", None)],
)  # fmt: skip
def test_frequency_is_said_in_words(frequency: str, said: str | None) -> None:
    """And in the vendor's own where it is none that we know."""
    event = detected()
    assert event.group is not None
    about = {"query": "Prices", "frequency": frequency}

    alert = SOURCE.format(event, Group(ref=event.group, about=about))

    assert {one.name: one.value for one in alert.fields}.get("Looks") == said


@pytest.mark.parametrize(
    ("content", "headline"),
    [
        ({"a": "x", "b": None, "c": "NA", "d": True, "e": [1], "f": 2}, "x · 2"),
        ({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}, "1 · 2 · 3 · 4"),
        ({"a": True, "b": ["y"]}, "a: yes, b: y"),
    ],
)
def test_headline_of_an_object_is_its_first_values(content: Any, headline: str) -> None:
    """The first four that say something; what is only lists and switches is told whole."""
    assert found(finding(content, kind="json")).text == headline
