"""Where alerts lead: the addresses that operators set, filled by each source."""

from __future__ import annotations

import re

import pytest

from bot.app import linked_sources
from bot.config import Settings
from bot.core.events import Event
from bot.core.links import PLACES
from tests.handlers.cases import CASES, ROOT, read

README = (ROOT / "handlers/README.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (Parallel|Deck|SurfacedBy|Lytics) \| (.*) \|$", README, re.MULTILINE)
SAMPLES = {
    "parallel": "monitor.event.detected",
    "deck": "task_run.failed",
    "surfacedby": "scan.completed",
    "lytics": "work.failed",
}
BASE = "https://console.example"


def sample(name: str) -> Event:
    """Return the sample of a source."""
    return next(
        read(case)[0] for case in CASES if (case.source, case.name) == (name, SAMPLES[name])
    )


@pytest.mark.parametrize(
    ("name", "template", "url"),
    [
        ("parallel", "{id}", "monitor_4f1c9ab27d6e40f58b93c0de17a2f6b8"),
        ("deck", "{subject_type}/{id}", "task_run/trun_5fJ0aXq8ZeLk"),
        (
            "surfacedby",
            "{workspace_slug}/{domain_id}/{scan_id}",
            "northwind-marketing/dom_01JD0A1B2C3D4E5F6G7H8J9K0M/scan_01JD5Z3K7M8N9P0Q1R2S3T4V5W",
        ),
        (
            "lytics",
            "{aid}/{subject_id}?of={subject_type}",
            "4821/67e92c8765a9bc7fb2d335c459de9eb5?of=work",
        ),
    ],
)
def test_alert_leads_where_the_operator_said(name: str, template: str, url: str) -> None:
    """A setting is all it takes; the handlers know nothing of it."""
    settings = Settings.from_values({f"{name.upper()}_LINK_TEMPLATE": f"{BASE}/{template}"})
    source = linked_sources(settings)[name]

    for alert in (source.format(sample(name)), source.plain(sample(name))):
        assert [one.url for one in alert.links if one.url.startswith(BASE)] == [f"{BASE}/{url}"]


@pytest.mark.parametrize("name", SAMPLES)
def test_without_a_template_nothing_leads_anywhere(name: str) -> None:
    """No vendor documents addresses, so none is made up; and one bot's setting is not another's."""
    source = linked_sources(Settings.from_values({}))[name]

    assert source.format(sample(name)).links == ()


def test_documented_places_are_those_that_are_filled() -> None:
    """What the README lists for a source its events have, and only that is in the list."""
    told = {name.lower(): set(re.findall(r"\{(\w+)\}", places)) for name, places in ROWS}

    assert set(told) == set(SAMPLES)
    for name, places in told.items():
        filled = set().union(
            *(event.link_values for case in CASES if case.source == name for event in read(case))
        )
        assert places <= filled <= set(PLACES)
