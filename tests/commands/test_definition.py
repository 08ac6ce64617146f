"""What a monitor shall watch, from a line of words."""

import pytest

from bot.commands.definition import changes, definition
from bot.commands.parse import read
from bot.commands.values import MOST_QUERY
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
        ("“Acme” location DE", Definition(query="Acme", location="de")),
        ("Acme news location us", Definition(query="Acme news", location="us")),
        ("Acme backfill every 2h", Definition(query="Acme", frequency="2h", backfill=True)),
        (
            "“Acme” domains a.com, B.org/News every 2d",
            Definition(query="Acme", frequency="2d", include_domains=("a.com", "b.org/News")),
        ),
        (
            "Acme domains <http://a.com|a.com>,https://www.b.org/ .gov .gov",
            Definition(query="Acme", include_domains=("a.com", "www.b.org", ".gov")),
        ),
        ("Acme without c.com", Definition(query="Acme", exclude_domains=("c.com",))),
        ("startups without funding", Definition(query="startups without funding")),
        ("news on the domains of Acme", Definition(query="news on the domains of Acme")),
        ("oil fields in Norway", Definition(query="oil fields in Norway")),
        ("oil fields location no", Definition(query="oil fields", location="no")),
        ("Acme\u2019s new location", Definition(query="Acme\u2019s new location")),
        ("on every startup processor base", Definition(query="on every startup", processor="base")),
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
        ("“Acme” location germany", "two letters"),
        ("“Acme” location uk", "United Kingdom is gb"),
        ("“Acme” location", "needs a value"),
        ("“Acme” location us de", "one word too many"),
        ("“Acme” processor", "needs a value"),
        ("“Acme” every", "needs a value"),
        ("“Acme” domains", "needs domains"),
        ("“Acme” domains acme", "“acme” is not a domain"),
        ("“Acme” domains a.com:8080", "is not a domain"),
        ("“Acme” domains a.com/?q=1", "is not a domain"),
        ("“Acme” domains none", "is not a domain"),
        ("“Acme” domains a.com without b.com", "does nothing beside the other"),
        ("Acme domains " + " ".join(f"a{n}.com" for n in range(201)), "200 are the most"),
        ("“Acme” fields", "needs names"),
        ("“Acme” fields 1st", "no name for a field"),
        ("“Acme” fields price:money", "no type that I know"),
        ("“Acme” fields a, A1, a", "said twice"),
        ("“Acme” fields " + ",".join(f"f{n}" for n in range(11)), "10 are the most"),
        ("“Acme” backfill yes", "stands alone"),
        ("“Acme” query x", "“query” is not understood after the quoted query"),
    ],
)
def test_refused(typed: str, hint: str) -> None:
    """A value that cannot be is named instead of becoming part of the query."""
    with pytest.raises(CommandError, match=hint):
        definition(read("/monitors", f"create {typed}"))


FIELDS = [
    ("name, price:number", [("name", "string"), ("price", "number")]),
    ("name,price:number", [("name", "string"), ("price", "number")]),
    ("name price:INTEGER", [("name", "string"), ("price", "integer")]),
    ("open:bool, note:text", [("open", "boolean"), ("note", "string")]),
    ("company, location, domains every 6h", [("company", "string"), ("location", "string"),
                                             ("domains", "string")]),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "expected"), FIELDS)
@pytest.mark.parametrize("query", ["“Acme”", "Acme news"])
def test_fields_become_a_flat_schema(
    query: str, typed: str, expected: list[tuple[str, str]]
) -> None:
    """In order, with types; a field may have the name of an option when it is in a list."""
    found = definition(read("/monitors", f"create {query} fields {typed}"))

    schema = found.output_schema
    assert schema is not None
    assert [(name, one["type"]) for name, one in schema["properties"].items()] == expected
    assert schema["required"] == [name for name, kind in expected if kind == "string"]
    assert (schema["type"], schema["additionalProperties"]) == ("object", False)
    assert found.query in {"Acme", "Acme news"}
    assert found.frequency == ("6h" if "every" in typed else "1d")


def test_fields_are_described() -> None:
    """Words in quotes describe a field; texts say what an unknown one is."""
    typed = 'create "Acme" fields stage:"seed, A or B", price:number:"in US dollars"'

    schema = definition(read("/monitors", typed)).output_schema

    assert schema is not None
    assert schema["properties"] == {
        "stage": {
            "type": "string",
            "description": "seed, A or B; “unknown” if it cannot be found",
        },
        "price": {"type": "number", "description": "in US dollars"},
    }


def test_a_wrong_value_is_pointed_at() -> None:
    """The caret stands under the one entry of a list that is wrong."""
    with pytest.raises(CommandError) as refused:
        definition(read("/monitors", "create “Acme” domains a.com, acme, b.com"))

    command, carets = refused.value.shown
    assert command[carets.index("^") :] == "acme"
    assert carets.strip() == "^^^^"


CHANGES: list[tuple[str, dict[str, object]]] = [
    ("every 2 hours", {"frequency": "2h"}),
    ("query Acme layoffs every 2h", {"query": "Acme layoffs", "frequency": "2h"}),
    ("query “every 2h”", {"query": "every 2h"}),
    ("location none domains none", {"location": None, "include_domains": ()}),
    ("without a.com", {"exclude_domains": ("a.com",)}),
    ("backfill none fields none", {"backfill": False, "output_schema": None}),
]


@pytest.mark.parametrize(("typed", "expected"), CHANGES)
def test_changes_are_what_is_named(typed: str, expected: dict[str, object]) -> None:
    """Nothing else of the definition is touched, and none takes away."""
    assert changes(read("/monitors", f"edit 0000 {typed}")) == expected


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "What shall change"),
        ("faster", "“faster” is not understood; the options are"),
        ("every 2h every 3h", "said twice"),
        ("every none", "is not a frequency"),
        ("processor none", "does not run monitors"),
        ("query", "What shall it watch"),
        ("every often", "is not a frequency"),
    ],
)
def test_changes_refused(typed: str, hint: str) -> None:
    """What cannot be changed so is said before anything is asked of Parallel."""
    with pytest.raises(CommandError, match=hint):
        changes(read("/monitors", f"edit 0000 {typed}"))
