"""What a monitor shall watch, from a line of words."""

import pytest

from bot.commands.definition import MOST_QUERY, definition
from bot.commands.parse import read
from bot.core.errors import CommandError
from bot.core.monitors import Definition


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Acme funding news", Definition(query="Acme funding news")),
        ('"Acme funding news"', Definition(query="Acme funding news")),
        ("“Acme news” every 6h", Definition(query="Acme news", frequency="6h")),
        ("Acme news every 6 hours", Definition(query="Acme news", frequency="6h")),
        ("Acme news every day", Definition(query="Acme news", frequency="1d")),
        ("Acme news every WEEK", Definition(query="Acme news", frequency="1w")),
        ("Acme news processor base", Definition(query="Acme news", processor="base")),
        (
            "Acme news every 2d processor base",
            Definition(query="Acme news", frequency="2d", processor="base"),
        ),
        (
            "Acme news processor lite every 2d",
            Definition(query="Acme news", frequency="2d", processor="lite"),
        ),
        ("track every startup", Definition(query="track every startup")),
        ("the Intel processor market", Definition(query="the Intel processor market")),
        ("news of the Intel processor", Definition(query="news of the Intel processor")),
        ("Acme\u2019s “next” thing", Definition(query="Acme\u2019s next thing")),
        ('say "every 6h"', Definition(query="say every 6h")),
        ('the word "every" 6h', Definition(query="the word every 6h")),
        ("<#C1|deals> of <https://a.example|a.example>", Definition(query="#deals of a.example")),
        ("every", Definition(query="every")),
    ],
)
def test_understood(typed: str, expected: Definition) -> None:
    """Options stand at the end; their words inside a query stay there."""
    assert definition(read("/monitors", f"create {typed}")) == expected


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("Acme every 31d", "every 1h to every 30d"),
        ("Acme every 0h", "every 1h to every 30d"),
        ("Acme every 5 minutes", "is not a frequency"),
        ("Acme every month", "is not a frequency"),
        ("Acme every 1h every 2h", "said twice"),
        ("Acme processor pro", "lite or base"),
        ("“Acme” often", "“often”"),
        ("every 6h", "What shall it watch"),
        ("“”", "What shall it watch"),
        ("x" * (MOST_QUERY + 1), "too long"),
    ],
)
def test_refused(typed: str, hint: str) -> None:
    """A value that cannot be is named instead of becoming part of the query."""
    with pytest.raises(CommandError, match=hint):
        definition(read("/monitors", f"create {typed}"))
