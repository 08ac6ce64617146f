"""What people read for every recorded payload, word for word and in every size."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.alerts import Alert, Size
from bot.slack.limits import problems
from tests.handlers.cases import CASES, FORMS, ROOT, SOURCES, Case, detected, group, groups, read
from tests.handlers.rendering import in_every_size, messages

EXPECTED = ROOT / "tests/expected"
QUERY = "Harbor Biologics clinical, hiring and financing announcements"


def compare(path: Path, said: str, *, update: bool) -> None:
    """Compare with the expected text, or write it."""
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said, encoding="utf-8")

    assert path.is_file(), f"{path.name} is missing: run with --update-expected and read it"
    assert path.read_text(encoding="utf-8") == said


@pytest.mark.parametrize("case", [*CASES, *FORMS], ids=str)
def test_recorded_payload_reads_as_expected(case: Case, update_expected: bool) -> None:
    """Every sample and fixture says exactly what its text file says, within Slack's limits."""
    source = SOURCES[case.source]

    alerts = [source.format(event) for event in read(case)]

    said = "\n".join(in_every_size(alert) for alert in alerts)
    compare(EXPECTED / case.source / f"{case.name}.txt", said, update=update_expected)
    assert_within_limits(alerts)


@pytest.mark.parametrize("name", [name for name, _ in groups()])
def test_group_reads_as_expected(name: str, update_expected: bool) -> None:
    """Every recorded group says exactly what its text file says, replies and all."""
    members = dict(groups())[name]

    alert = SOURCES["parallel"].format(detected(), group(members, query=QUERY))

    path = EXPECTED / "parallel" / f"monitor.event.detected--group_{name}.txt"
    compare(path, in_every_size(alert), update=update_expected)
    assert_within_limits([alert])


def test_no_expected_text_is_left_over() -> None:
    """A text file whose payload is gone would be read as if it were still true."""
    known = {f"{case.source}/{case.name}" for case in (*CASES, *FORMS)}
    known |= {f"parallel/monitor.event.detected--group_{name}" for name, _ in groups()}

    assert {f"{path.parent.name}/{path.stem}" for path in EXPECTED.glob("*/*.txt")} <= known


def assert_within_limits(alerts: list[Alert]) -> None:
    """Slack would take every message of these alerts."""
    assert [
        problem
        for alert in alerts
        for size in Size
        for message in messages(alert, size)
        for problem in problems(message)
    ] == []
