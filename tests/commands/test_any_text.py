"""Whatever is typed, there is an answer in plain spans and never an exception."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from bot.core.errors import StoreUnavailableError
from bot.core.subscriptions import Subscription
from tests.commands.conftest import Desk
from tests.commands.fakes import FakeSubscriptions

VERBS = (
    "subscribe", "unsubscribe", "list", "list all", "help", "create", "show", "pause", "resume",
    "cancel", "edit", "edit monitor_abcdef", "run", "events", "events monitor_abcdef", "",
)  # fmt: skip
PIECES = (
    "deck", "parallel", "monitor", "surfacedby workspace", "*", "all", "severity>=", "type:", "a:b",
    "fields", "a,", "price:number", "location", "us", "domains", "b.org,", "without", "none",
    "backfill", "query", "page", "2", "every", "6h", "processor", "base", "stop", "confirm", "12",
    "monitor_abcd", "“", "”", '"', "`",
    "—flag", "--x=1", "\x00", "\u202e", "<@U1|x>", "<!channel>", "{0.__class__}", "{{7*7}}", "%s",
    "../../x", "a?b#c", "%2e%2e", "²", "9" * 30,
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=8).map(" ".join),
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["/alerts", "/monitors", "/other"]), st.sampled_from(VERBS), TEXTS)
async def test_any_text_gives_an_answer(name: str, verb: str, text: str) -> None:
    """Usage, a sentence or the thing itself; at least one line with words."""
    desk = Desk()
    desk.api.add("monitor_abcdef")

    words = await desk.type(f"{name} {verb} {text}")

    assert words.strip()


@pytest.mark.parametrize(
    "text",
    [
        "x " * 20_000,
        "x" * 40_000,
        '"' * 40_000,
        "a:b " * 10_000,
        "fields " + "a, " * 12_000,
        "every " * 6_000,
        "domains " + "a.b " * 9_000,
    ],
)
@pytest.mark.parametrize("command", ["/alerts subscribe", "/monitors create", "/monitors show"])
async def test_huge_text_gives_a_short_answer(desk: Desk, command: str, text: str) -> None:
    """Forty thousand characters are refused in a few words."""
    words = await desk.type(f"{command} {text}")

    assert len(words) < 1_000


@pytest.mark.parametrize("text", ["{0.__class__}", "{{7*7}}", "%s %n", "${HOME}"])
async def test_templates_stay_text(desk: Desk, text: str) -> None:
    """A query that looks like a template is only a query."""
    await desk.type(f"/monitors create {text}")

    (made,) = desk.api.monitors.values()
    assert made.query == text


@pytest.mark.parametrize("name", ["/alerts", "alerts"])
async def test_name_with_and_without_slash(desk: Desk, name: str) -> None:
    """Both spellings of a command's name are the same command."""
    assert (await desk.type(f"{name} help")).startswith("/alerts is about")


async def test_silent_database_is_for_the_worker(desk: Desk) -> None:
    """The request stays, to be done when the database answers again."""

    class Silent(FakeSubscriptions):
        @override
        async def add(self, subscription: Subscription, **_: Any) -> tuple[Subscription, bool]:
            raise StoreUnavailableError("disk full")

    desk.subscriptions = Silent()

    with pytest.raises(StoreUnavailableError):
        await desk.type("/alerts subscribe deck")
