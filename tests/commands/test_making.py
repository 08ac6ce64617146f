"""`/monitors create`: one monitor, however the calls break."""

import pytest

from bot.core.answers import Answer
from bot.core.errors import DeliveryError
from bot.core.events import Subject
from bot.core.monitors import Origin
from bot.core.reasons import Reason
from bot.core.requests import Request
from tests.commands.conftest import Desk, told
from tests.commands.fakes import NOW

CREATE = "/monitors create “Acme outages” every 6h processor base"


async def test_create_makes_follows_and_says_what_it_costs(desk: Desk) -> None:
    """Monitor, memory and subscription are there; the answer has id, pace, price."""
    words = await desk.type(CREATE)

    (made,) = desk.api.monitors.values()
    (followed,) = desk.subscriptions.rows
    assert (made.query, made.frequency, made.processor) == ("Acme outages", "6h", "base")
    assert made.origin == Origin(
        request_id="request-1", team_id="T1", channel_id="C1", user_id="U1"
    )
    assert (followed.source, followed.subject) == (
        "parallel",
        Subject(kind="monitor", id=made.id, name=made.query),
    )
    assert desk.store.rows[made.id].definition.query == "Acme outages"
    assert desk.store.rows[made.id].created_by == "U1"
    assert desk.outbox.released == ["C1"]
    assert "every 6h with the base processor, about $1.20 a month" in words
    assert "may find nothing" in words
    assert made.id in words


async def test_what_came_before_the_subscription_is_heard(desk: Desk) -> None:
    """The first run may report before the channel follows; it is routed again."""
    await desk.type(CREATE)

    assert desk.subscriptions.since == [NOW]


async def test_default_is_daily_and_cheap(desk: Desk) -> None:
    """One run a day on lite, about nine cents."""
    words = await desk.type("/monitors create Acme funding news")

    assert "every 1d with the lite processor, about $0.09 a month" in words


@pytest.mark.parametrize(
    "reasons",
    [
        [Reason.TIMEOUT],
        [Reason.DISCONNECTED],
        [Reason.SERVER],
        [Reason.UNREACHABLE],
        [Reason.UNREACHABLE, Reason.TIMEOUT],
    ],
)
@pytest.mark.parametrize("carried_out", [True, False])
async def test_broken_create_ends_as_one_monitor(
    desk: Desk, reasons: list[Reason], carried_out: bool
) -> None:
    """Whether or not a broken call was carried out, there is one and it is followed."""
    desk.api.errors["create"] = list(reasons)
    desk.api.carried_out = carried_out

    words = await desk.type(CREATE)

    (made,) = desk.api.monitors.values()
    assert made.id in words
    assert len(desk.subscriptions.rows) == 1


async def test_looks_three_times_before_a_second_create(desk: Desk) -> None:
    """A monitor may show late, so the list is read after 0.5, 2 and 5 seconds."""
    desk.api.errors["create"] = [Reason.TIMEOUT]
    desk.api.carried_out = False

    await desk.type(CREATE)

    assert desk.api.calls == ["create", "find", "find", "find", "create"]
    assert desk.slept_s == [0.5, 2.0, 5.0]


async def test_last_look_decides(desk: Desk) -> None:
    """A look that failed does not matter once a later one has seen the whole list."""
    desk.api.errors["create"] = [Reason.TIMEOUT]
    desk.api.errors["find"] = [Reason.SERVER] * 2
    desk.api.carried_out = False

    await desk.type(CREATE)

    assert desk.api.calls == ["create", "find", "find", "find", "create"]
    assert len(desk.api.monitors) == 1


async def test_at_most_three_creates(desk: Desk) -> None:
    """After that a person has to look; nothing is followed."""
    desk.api.errors["create"] = [Reason.SERVER] * 5
    desk.api.carried_out = False

    words = await desk.type(CREATE)

    assert desk.api.calls.count("create") == 3
    assert "/monitors list all" in words
    assert desk.subscriptions.rows == []


async def test_blind_look_up_ends_without_a_second_create(desk: Desk) -> None:
    """When the last look fails too, nobody knows, and nothing is paid twice."""
    desk.api.errors["create"] = [Reason.TIMEOUT]
    desk.api.errors["find"] = [Reason.UNREACHABLE] * 3

    words = await desk.type(CREATE)

    assert desk.api.calls.count("create") == 1
    assert "not known: look at /monitors list all" in words
    assert "(Reference ref-7.)" in words


async def test_unreachable_is_tried_thrice_and_plainly_said(desk: Desk) -> None:
    """Surely nothing was made, so the person may simply ask again."""
    desk.api.errors["create"] = [Reason.UNREACHABLE] * 5

    words = await desk.type(CREATE)

    assert desk.api.calls == ["create"] * 3
    assert "Nothing was done; ask again" in words


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        (Reason.PAYMENT, "Whoever runs Tocsin"),
        (Reason.INSTALLATION, "Whoever runs Tocsin"),
        (Reason.RATE_LIMITED, "ask again"),
        (Reason.INVALID, "ref-7"),
    ],
)
async def test_refusal_is_final(desk: Desk, reason: Reason, hint: str) -> None:
    """A clear no is told once, with the vendor's reference, and not argued with."""
    desk.api.errors["create"] = [reason]
    desk.api.carried_out = False

    words = await desk.type(CREATE)

    assert desk.api.calls == ["create"]
    assert hint in words
    assert "ref-7" in words


async def test_done_again_finds_what_was_made(desk: Desk) -> None:
    """A crash at any point after the create leaves one monitor, one subscription."""
    request = desk.request(CREATE)
    first = await desk.again(request)
    desk.store.rows.clear()

    second = await desk.again(_second_try(request))

    assert first == second
    assert len(desk.api.monitors) == len(desk.store.rows) == len(desk.subscriptions.rows) == 1


async def test_done_again_needs_no_slack_for_what_was_made(desk: Desk) -> None:
    """A monitor that is paid for gets its channel even if Slack cannot be asked now."""
    request = desk.request(CREATE)
    await desk.again(request)
    desk.subscriptions.rows.clear()
    desk.directory.error = DeliveryError(Reason.UNREACHABLE)

    await desk.again(_second_try(request))

    assert len(desk.subscriptions.rows) == 1


async def test_done_again_blind_makes_nothing(desk: Desk) -> None:
    """If the mark cannot be looked for, a second monitor is not risked."""
    desk.api.errors["find"] = [Reason.TIMEOUT]

    words = await desk.again(_second_try(desk.request(CREATE)))

    assert desk.api.calls == ["find"]
    assert "/monitors list all" in words


@pytest.mark.parametrize(
    ("who", "hint"),
    [
        ({"user_id": "UGUEST"}, "Guests"),
        ({"channel_id": "COUT"}, "/invite @Tocsin"),
        ({"channel_id": "COLD"}, "archived"),
    ],
)
async def test_nothing_is_paid_for_where_it_cannot_be_heard(
    desk: Desk, who: dict[str, str], hint: str
) -> None:
    """Person and channel are checked before anything is made."""
    words = await desk.type(CREATE, **who)

    assert hint in words
    assert desk.api.calls == []


async def test_missing_settings_are_named(desk: Desk) -> None:
    """Without key or public address the answer names the setting."""
    keyless = await told(desk.commands(monitors=None), desk.request(CREATE))
    hidden = desk.commands(monitors=desk.api, public_url=None)
    unreachable = await told(hidden, desk.request(CREATE))

    assert isinstance(keyless, Answer)
    assert "PARALLEL_API_KEY" in keyless.text
    assert isinstance(unreachable, Answer)
    assert "TOCSIN_PUBLIC_URL" in unreachable.text
    assert desk.api.calls == []


def _second_try(request: Request) -> Request:
    return request.model_copy(update={"attempts": 2})
