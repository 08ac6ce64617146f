"""Sources: which handler says an event, and what is said when there is none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core.alerts import Alert, Field, Link
from bot.core.errors import BotError
from bot.core.events import Event, Group, GroupRef, Payload, Subject, Webhook
from bot.core.links import LinkTemplate
from bot.core.sources import Source
from bot.core.verify import SharedToken

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SITE = Subject(kind="site", id="s_1", name="shop.example")


class Body(Payload):
    """What the handlers of these tests look at."""

    word: str = "nothing"


@pytest.fixture
def source() -> Source:
    """Return a source without handlers."""
    return Source(name="acme", title="Acme", scheme=SharedToken())


def event(event_type: str = "site.down", **changes: Any) -> Event:
    """Return an event of a type."""
    known = Event(source="acme", id="1", type=event_type, occurred_at=NOW, subjects=(SITE,))
    return known.model_copy(update=changes)


def saying(words: str) -> Any:
    """Return a handler that says these words."""
    return lambda event, body: Alert(title=words)


def test_most_specific_handler_wins_in_any_order(source: Source) -> None:
    """An exact type beats a glob, a longer glob a shorter one, wherever they stand."""
    for pattern in ("site.*", "site.down", "*", "site.down.*", "site.down*"):
        source.on(pattern, Body)(saying(pattern))

    said = {
        kind: source.format(event(kind)).title
        for kind in ("site.down", "site.up", "site.down.again", "other")
    }

    assert said == {
        "site.down": "site.down",
        "site.up": "site.*",
        "site.down.again": "site.down.*",
        "other": "*",
    }


def test_handler_gets_the_typed_payload(source: Source) -> None:
    """The body is parsed into the handler's model before it is called."""

    @source.on("site.down", Body)
    def site_down(event: Event, body: Body) -> Alert:
        return Alert(title=body.word)

    assert source.format(event(data={"word": "down"})).title == "down"
    assert source.format(event(data={"word": 7})).title == "nothing"


def test_function_stays_a_function(source: Source) -> None:
    """Decorators register and give back, so that a handler can have several patterns."""
    one = saying("x")

    assert source.on("a", Body)(one) is one
    assert source.on_group("b", Body)(one) is one


def test_grouped_handler_gets_the_group(source: Source) -> None:
    """Once with None, as long as the group is not there, then with it."""
    given: list[Group | None] = []
    group = Group(ref=GroupRef(id="g", subject=SITE))

    @source.on_group("site.down", Body)
    def site_down(event: Event, body: Body, group: Group | None) -> Alert:
        given.append(group)
        return Alert(title="x")

    source.format(event())
    source.format(event(), group)

    assert given == [None, group]


def test_defaults_are_the_handlers(source: Source) -> None:
    """A plain subscription hears what a handler marks, and nothing that has none."""
    source.on("site.*", Body)(saying("x"))
    source.on("site.checked", Body, default=False)(saying("x"))

    kinds = ("site.down", "site.checked", "other")
    heard = [source.default_for(event(kind)) for kind in kinds]

    assert heard == [True, False, False]


def test_default_may_depend_on_the_payload(source: Source) -> None:
    """A handler can let a plain subscription hear of some of its events only."""
    source.on("site.down", Body, default=lambda body: body.word == "long")(saying("x"))

    assert source.default_for(event(data={"word": "long"})) is True
    assert source.default_for(event(data={"word": "short"})) is False
    assert source.default_for(event(data={"word": None})) is False


@pytest.mark.parametrize(
    ("link_values", "urls"),
    [
        ({"id": "a/b"}, ["https://acme.example/s/a%2Fb", "https://own.example/"]),
        ({}, ["https://own.example/"]),
    ],
)
def test_operators_link_comes_first(
    source: Source, link_values: dict[str, str], urls: list[str]
) -> None:
    """An event that has the ids leads where the operator said, whatever its handler does."""
    source.link = LinkTemplate("https://acme.example/s/{id}")
    own = Link(label="Own", url="https://own.example/")
    source.on("site.down", Body)(lambda event, body: Alert(title="x", links=(own,)))
    down = event(link_values=link_values)

    assert [one.url for one in source.format(down).links] == urls
    assert [one.url for one in source.plain(down).links] == urls[:-1]


def test_alert_knows_its_event(source: Source) -> None:
    """Footer, time and test mark come from the event, not from the handler."""
    source.on("site.down", Body)(saying("x"))

    alert = source.format(event(test=True))

    assert (alert.footer, alert.occurred_at, alert.test) == ("Acme · site.down", NOW, True)


def test_handler_may_have_its_own_footer(source: Source) -> None:
    """The footer is a default."""
    source.on("site.down", Body)(lambda event, body: Alert(title="x", footer="Acme"))

    assert source.format(event()).footer == "Acme"


def test_type_without_handler_is_said_plainly(source: Source) -> None:
    """Type, what it is about, and the facts that filters know."""
    alert = source.format(event("site.moved", fields={"region": "eu", "count": 3}))

    assert alert.title == "Acme: site.moved"
    assert alert.fields == (
        Field(name="site", value="shop.example"),
        Field(name="region", value="eu"),
        Field(name="count", value="3"),
    )


def test_plain_words_never_quote_the_body(source: Source) -> None:
    """A vendor's new field may be a password; only named facts are shown."""
    assert "CANARY" not in str(
        source.plain(event(data={"token": "CANARY", "data": {"x": "CANARY"}}))
    )


def test_plain_words_are_few(source: Source) -> None:
    """Eight facts at most, and a subject with two ids is named once."""
    twin = Subject(kind="site", id="shop.example")
    alert = source.plain(event(subjects=(SITE, twin), fields={f"f{n}": n for n in range(20)}))

    assert len(alert.fields) == 9


@pytest.mark.parametrize("answer", [None, "text", {"title": "x"}])
def test_handler_must_return_an_alert(source: Source, answer: Any) -> None:
    """Anything else is a fault of the handler, named by its type of event."""
    source.on("site.down", Body)(lambda event, body: answer)

    with pytest.raises(TypeError, match=r"site\.down"):
        source.format(event())


def test_reader_is_called(source: Source) -> None:
    """`read` gives what the registered function gives."""
    source.reader(lambda webhook: [event(id=webhook.body.decode())])

    (read,) = source.read(Webhook(source="acme", body=b"7", received_at=NOW))

    assert read.id == "7"


def test_source_without_reader_says_so(source: Source) -> None:
    """A half-written source fails with its name."""
    with pytest.raises(BotError, match="acme"):
        source.read(Webhook(source="acme", body=b"", received_at=NOW))
