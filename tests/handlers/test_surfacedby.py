"""SurfacedBy: two envelopes, subjects by id and by name, the vendor's own severity."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.core.alerts import Severity
from bot.core.events import Event, Subject
from tests.handlers.cases import SOURCES, webhook

SOURCE = SOURCES["surfacedby"]


def event(body: dict[str, Any]) -> Event:
    """Return the event of a body."""
    return SOURCE.read(webhook(SOURCE, json.dumps({"id": "evt_1", **body}).encode()))[0]


def alert_triggered(**data: Any) -> Event:
    """Return an alert with such data."""
    return event({"type": "alert.triggered", "data": data})


def test_workspace_and_domain_are_followed_by_id_or_name() -> None:
    """People type the slug and the domain; the vendor's ids work as well."""
    scan = alert_triggered(
        workspace_id="wsp_1", workspace_slug="acme", domain_id="dom_1", domain="acme.example"
    )

    assert scan.subjects == (
        Subject(kind="workspace", id="wsp_1", name="acme"),
        Subject(kind="workspace", id="acme", name="acme"),
        Subject(kind="domain", id="dom_1", name="acme.example"),
        Subject(kind="domain", id="acme.example", name="acme.example"),
    )


def test_subject_is_said_once() -> None:
    """Being matched by two ids is no reason to be read twice."""
    body = {"type": "of.tomorrow", "data": {"workspace_id": "wsp_1", "workspace_slug": "acme"}}
    said = SOURCE.format(event(body))

    assert [(one.name, one.value) for one in said.fields] == [("workspace", "acme")]


def test_console_envelope_is_read() -> None:
    """The console says `event` for the type and has an account instead of a workspace."""
    scan = event({"event": "scan.failed", "account_id": "acc_1", "data": {}})

    assert (scan.type, scan.subjects) == ("scan.failed", (Subject(kind="account", id="acc_1"),))


@pytest.mark.parametrize(
    ("body", "test"), [({"livemode": False}, True), ({"livemode": True}, False), ({}, False)]
)
def test_only_livemode_false_is_a_test(body: dict[str, Any], test: bool) -> None:
    """A body that does not say is a live one."""
    assert event({"type": "scan.failed", **body}).test is test


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("info", Severity.INFO),
        ("warning", Severity.WARNING),
        ("critical", Severity.CRITICAL),
        ("Critical", Severity.CRITICAL),
        ("apocalyptic", Severity.WARNING),
        (None, Severity.WARNING),
    ],
)
def test_severity_is_the_vendors(word: str | None, severity: Severity) -> None:
    """A new word is a warning: worth a look, and no reason to wake anybody."""
    assert SOURCE.format(alert_triggered(severity=word)).severity is severity


def test_failed_scan_is_an_error() -> None:
    """A failure has no severity of its own, and its reason is said."""
    said = SOURCE.format(event({"type": "scan.failed", "data": {"error_summary": "No answer."}}))

    assert (said.severity, said.text) == (Severity.ERROR, "No answer.")


def test_fields_for_filters() -> None:
    """What people filter by is there; the vendor's own cost is not."""
    data = {
        "alert_type": "visibility_drop",
        "measurement_scope": "full_benchmark",
        "scan_type": "pulse",
        "delta": -17,
        "percentage": 55,
        "results_summary": {"citation_rate": 31.5, "total_cost_usd": 1.83},
    }

    assert alert_triggered(**data).fields == {
        "alert_type": "visibility_drop",
        "measurement_scope": "full_benchmark",
        "scan_type": "pulse",
        "delta": -17,
        "percentage": 55,
        "citation_rate": 31.5,
    }


def completed(**data: Any) -> Event:
    """Return a scan that ended, with such data."""
    return event({"type": "scan.completed", "data": data})


def changed(**data: Any) -> Event:
    """Return a change of citations between scans that compare, unless `data` says otherwise."""
    return event({"type": "citation.changed", "data": {"comparison_scope": "same_scope", **data}})


@pytest.mark.parametrize(
    ("event_type", "default"),
    [
        ("alert.triggered", True),
        ("scan.failed", True),
        ("report.ready", True),
        ("competitor.discovered", True),
        ("scan.progress", False),
        ("domain.added", False),
        ("of.tomorrow", False),
        ("scan.paused", False),
    ],
)
def test_defaults(event_type: str, default: bool) -> None:
    """Progress, new domains and what nobody knows are for those who ask."""
    assert SOURCE.default_for(event({"type": event_type, "data": {}})) is default


@pytest.mark.parametrize(
    ("scan", "default"),
    [
        ({"measurement_scope": "full_benchmark"}, True),
        ({"measurement_scope": "daily_monitoring"}, False),
        ({"measurement_scope": "of_tomorrow"}, False),
        ({"scan_type": "pulse"}, False),
        ({"scan_type": "console_on_demand"}, True),
        ({}, True),
    ],
)
def test_daily_scans_are_quiet(scan: dict[str, Any], default: bool) -> None:
    """A benchmark is news; what runs every day is for those who ask."""
    assert SOURCE.default_for(completed(**scan)) is default


@pytest.mark.parametrize(
    ("counts", "default"),
    [
        ({"previous_count": 100, "delta": -11}, True),
        ({"previous_count": 100, "delta": 11}, True),
        ({"previous_count": 100, "delta": -10}, False),
        ({"previous_count": 100, "new_count": 80}, True),
        ({"previous_count": 0, "new_count": 1}, True),
        ({"previous_count": 0, "delta": 0}, False),
        ({"previous_count": 100, "delta": -50, "comparison_scope": "mixed_scope"}, False),
        ({"previous_count": 100, "delta": -50, "comparison_scope": None}, False),
        ({"previous_count": 100}, False),
        ({"previous_count": 10**400, "delta": 10**400}, False),
        ({}, False),
    ],
)
def test_small_changes_are_quiet(counts: dict[str, Any], default: bool) -> None:
    """Over a tenth, between scans that compare: the rest is noise."""
    citation = changed(**counts)

    assert SOURCE.default_for(citation) is default
    assert SOURCE.format(citation).title


def test_fall_is_a_warning() -> None:
    """More citations are good news."""
    assert SOURCE.format(changed(delta=-20)).severity is Severity.WARNING
    assert SOURCE.format(changed(delta=20)).severity is Severity.INFO


def test_scopes_that_differ_give_a_direction_only() -> None:
    """Two figures that do not compare would be compared if they stood there."""
    mixed = changed(
        previous_count=143, new_count=31, delta=-112, comparison_scope="mixed_scope", domain="a.b"
    )
    said = SOURCE.format(mixed)

    assert said.title == "Citations of a.b fell"
    assert "143" not in str(said)
    assert "direction" in (said.notice or "")


@pytest.mark.parametrize(
    ("score", "reading"),
    [(0, "weak"), (19, "weak"), (20, "usual"), (50, "usual"), (51, "strong"), (75, "strong"),
     (76, "rarely reached"), (-5, None), (10**9, None), ("47", "usual"), (None, None)],
)  # fmt: skip
def test_score_is_read(score: Any, reading: str | None) -> None:
    """A number means nothing to who sees it for the first time; nonsense is left out."""
    said = SOURCE.format(completed(visibility_score=score))

    assert {one.name: one.value for one in said.fields}.get("Such a score is") == reading
    assert ("score" in said.title) is (reading is not None)


@pytest.mark.parametrize(
    ("percentage", "said"),
    [(0, "0 %"), (55.4, "55 %"), (100, "100 %"), (250, "100 %"), (-3, "0 %"), (10**400, "0 %")],
)
def test_progress_is_between_nothing_and_all(percentage: Any, said: str) -> None:
    """The bar has ten places, whatever is sent."""
    alert = SOURCE.format(event({"type": "scan.progress", "data": {"percentage": percentage}}))

    assert alert.title.endswith(f": {said}")
    assert len(alert.text) == 10


def test_details_are_few_and_tame() -> None:
    """The known first, then five others in their order; nothing nested, costly or secret."""
    details = {
        **{f"n{number}": number for number in range(7)},
        "nested": {"a": 1},
        "list": [1],
        "total_cost_usd": 1.83,
        "user_email": "ana@northwind.example",
        "api_token": "CANARY",
        "delta": -6,
        "platform": "chatgpt",
    }
    said = SOURCE.format(alert_triggered(details=details))

    names = ["Platform", "Change", *(f"N{number}" for number in range(5))]
    assert [one.name for one in said.fields] == names


def test_footer_names_the_rule() -> None:
    """People mute and search by what they read."""
    said = SOURCE.format(alert_triggered(alert_type="visibility_drop"))

    assert said.footer == "SurfacedBy · alert.triggered · visibility_drop"


@pytest.mark.parametrize("kind", [one.pattern for one in SOURCE.handlers])
def test_vendors_own_cost_is_not_said(kind: str) -> None:
    """What a scan costs the vendor is nobody's business, also not in the fallback."""
    summary = {"total_cost_usd": 987.65, "citation_rate": 31.5}
    data = {"results_summary": summary, "total_cost_usd": 987.65, "details": summary}
    said = event({"type": kind, "data": data})

    assert "987" not in str(SOURCE.format(said))
    assert "987" not in str(SOURCE.plain(said))


@pytest.mark.parametrize(
    ("minutes", "same"), [(("05", "59"), True), (("05", "05"), True), (("59", "60"), False)]
)
def test_competitors_of_an_hour_share_a_message(minutes: tuple[str, str], same: bool) -> None:
    """A scan that finds twenty is one message with a thread."""
    times = {"05": "06:05:00", "59": "06:59:59", "60": "07:00:00"}
    cards = {
        SOURCE.format(
            event(
                {
                    "type": "competitor.discovered",
                    "created_at": f"2026-11-20T{times[minute]}Z",
                    "data": {"domain_id": "dom_1", "competitor_domain": f"{minute}.example"},
                }
            )
        ).card
        for minute in minutes
    }

    assert None not in cards
    assert (len(cards) == 1) is same
