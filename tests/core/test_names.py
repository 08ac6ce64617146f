"""Names from outside, and what somebody means by one."""

from datetime import UTC, datetime

import pytest

from bot.core.events import Subject
from bot.core.names import Seen, fitting, looks_like_one, plain_name, things

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def seen(one: str, name: str | None = None, thing: str | None = None) -> Seen:
    """Return a thing that events spoke of."""
    return Seen(source="deck", kind="agent", id=one, name=name, thing=thing, seen_at=NOW)


AGENTS = (
    seen("agt_01HX", "Invoice fetcher"),
    seen("agt_01HY", "Payroll"),
    seen("agt_01HZ", "Payroll archive"),
    seen("agt_7f00"),
)
WORKSPACES = (
    seen("wsp_01AA", "acme"),
    seen("acme", "acme", "wsp_01AA"),
    seen("acme-old", "acme-old", "wsp_01AA"),
    seen("wsp_01BB", "globex"),
    seen("globex", "globex", "wsp_01BB"),
)
ACCOUNTS = (seen("4f2c", "4f2c"), seen("1041", "4f2c", "4f2c"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (None, None), ("", None), (" \n ", None), ("\u202e\u200b", None),
        ("Invoice fetcher", "Invoice fetcher"),
        ("two\nlines\tand more", "two lines and more"),
        ("a\u202eb\u200bc\x00d", "abc d"),
        ("👩\u200d🔧 fixer", "👩\u200d🔧 fixer"),
        ("<!channel> *bold*", "<!channel> *bold*"),
        ("x" * 200, "x" * 79 + "…"),
    ],
)  # fmt: skip
def test_a_name_is_one_short_line(text: str | None, name: str | None) -> None:
    """Without what hides, reorders or breaks a line; mark-up is left, and shown as data."""
    assert plain_name(text) == name


def test_a_slug_is_another_name_of_its_workspace() -> None:
    """Of subjects with one name the first is the thing; kinds are kept apart."""
    subjects = (
        Subject(kind="workspace", id="wsp_1", name="acme"),
        Subject(kind="workspace", id="acme", name="acme"),
        Subject(kind="domain", id="acme", name="acme"),
        Subject(kind="agent", id="agt_1"),
        Subject(kind="agent", id="agt_2"),
    )

    assert [thing for _, thing in things(subjects)] == [None, "wsp_1", None, None, None]


def test_a_person_is_never_listed() -> None:
    """An id that may name somebody is passed over."""
    assert not list(things([Subject(kind="user", id="user/email/a@b.example", personal=True)]))


@pytest.mark.parametrize(
    ("among", "typed", "found"),
    [
        (AGENTS, "agt_01HX", ["agt_01HX"]),
        (AGENTS, "Invoice fetcher", ["agt_01HX"]),
        (AGENTS, "INVOICE FETCHER", ["agt_01HX"]),
        (AGENTS, "invoice", ["agt_01HX"]),
        (AGENTS, "payroll", ["agt_01HY"]),  # whole goes before a part
        (AGENTS, "pay", ["agt_01HY", "agt_01HZ"]),
        (AGENTS, "01HX", ["agt_01HX"]),
        (AGENTS, "7f00", ["agt_7f00"]),
        (AGENTS, "agt_01H", ["agt_01HX", "agt_01HY", "agt_01HZ"]),
        (AGENTS, "agt_", []),
        (AGENTS, "f00", []),  # too little of an id
        (AGENTS, "nobody", []),
        (WORKSPACES, "wsp_01AA", ["wsp_01AA"]),
        (WORKSPACES, "acme", ["wsp_01AA"]),
        (WORKSPACES, "acme-old", ["wsp_01AA"]),
        (WORKSPACES, "ACME", ["wsp_01AA"]),
        (WORKSPACES, "glob", []),  # may be the whole slug of another
        (ACCOUNTS, "4f2c", ["4f2c"]),
        (ACCOUNTS, "1041", ["1041"]),  # its own id, though it has the name of another
    ],
)
def test_what_is_meant(among: tuple[Seen, ...], typed: str, found: list[str]) -> None:
    """A whole id or name, else a part; a slug means the workspace that has it."""
    assert [one.id for one in fitting(among, typed)] == found


@pytest.mark.parametrize(
    ("among", "typed", "alike"),
    [
        ((), "anything at all", True),
        (AGENTS, "agt_99", True),
        (AGENTS, "agt_", False),
        (AGENTS, "nobody", False),
        (AGENTS, "agt_9 9", False),
        (WORKSPACES, "initech", True),
        (WORKSPACES, "two words", False),
        (ACCOUNTS, "99", True),
        (ACCOUNTS, "nightly", False),
    ],
)
def test_what_may_be_an_id(among: tuple[Seen, ...], typed: str, alike: bool) -> None:
    """The prefix and the digit that all ids of a kind have; of no ids, anything."""
    assert looks_like_one(typed, among) is alike
