"""`/monitors events`: what a monitor did lately, page by page."""

from datetime import timedelta

import pytest

from bot.core.history import Entry, Outcome
from bot.core.reasons import Reason
from tests.commands.conftest import Desk
from tests.commands.fakes import NOW

ID = "monitor_0000" + "f" * 28
EVENTS = f"/monitors events {ID}"


@pytest.fixture
async def watching(desk: Desk) -> Desk:
    """Return a desk at which a monitor was made."""
    await desk.type("/monitors create Acme outages every 6h")
    return desk


def _quiet(hours: int) -> Entry:
    return Entry(outcome=Outcome.NOTHING_NEW, at=NOW - timedelta(hours=hours))


async def test_each_outcome_in_its_words(watching: Desk) -> None:
    """Findings by their first words, failures with their reason, quiet runs together."""
    watching.api.entries[ID] = [
        _quiet(0),
        _quiet(6),
        Entry(
            outcome=Outcome.FOUND,
            group_id="g1",
            date="2026-08-16",
            findings=("*Acme* <!channel> is down", "Mill closed", "Port shut"),
            count=7,
        ),
        Entry(outcome=Outcome.FAILED, at=NOW - timedelta(days=1), failure="No credit left"),
        _quiet(30),
        Entry(outcome=Outcome.FOUND, group_id="g2", count=1),
    ]

    words = await watching.type(EVENTS)

    assert words.splitlines() == [
        f"Monitor {ID}: Acme outages",
        "2 runs without news, 2026-08-17 02:15 to 2026-08-17 08:15 UTC",
        "Found 7 things, reported 2026-08-16: *Acme* <!channel> is down · Mill closed · Port shut"
        " · and 4 more",
        "Failed, 2026-08-16 08:15 UTC: No credit left",
        "1 run without news, 2026-08-16 02:15 UTC",
        "Found 1 thing",
    ]


async def test_pages_go_on_where_the_last_one_ended(watching: Desk) -> None:
    """Twenty runs a page, with the line that shows the next, and none after the last."""
    watching.api.entries[ID] = [
        Entry(outcome=Outcome.FAILED, failure=f"reason {number}") for number in range(25)
    ]

    first = (await watching.type(EVENTS)).splitlines()
    second = (await watching.type(f"{EVENTS} page 2")).splitlines()
    third = await watching.type(f"{EVENTS} page 3")

    assert [first[1], first[20]] == ["Failed: reason 0", "Failed: reason 19"]
    assert first[21] == f"Older: {EVENTS} page 2"
    assert [second[1], second[-1]] == ["Failed: reason 20", "Failed: reason 24"]
    assert "Nothing older." in third


async def test_new_monitor_has_nothing_yet(watching: Desk) -> None:
    """It does not look broken."""
    assert "a first run takes minutes" in await watching.type(EVENTS)


async def test_guests_may_look(watching: Desk) -> None:
    """Reading is for everybody, also of a cancelled monitor."""
    await watching.type(f"/monitors cancel {ID} confirm")

    assert "Acme outages" in await watching.type(EVENTS, user_id="UGUEST")


async def test_trouble_is_told(watching: Desk) -> None:
    """Without an answer there is a sentence with the reference."""
    watching.api.errors["history"] = [Reason.UNREACHABLE]

    assert "Nothing was done" in await watching.type(EVENTS)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ("all", "all"), ("page", "page"), ("page two", "two"), ("page 0", "0"), ("page 21", "21"),
        ("page 1 2", "2"), ("page -1", "-1"), ("page 9999999", "9999999"),
    ],
)  # fmt: skip
async def test_odd_pages_are_pointed_at(watching: Desk, more: str, word: str) -> None:
    """No call is made for a page that cannot be."""
    words = await watching.type(f"{EVENTS} {more}")

    assert f"“{word}”" in words
    assert "history" not in watching.api.calls
