"""Modals and the Home tab in the stand-in: opened, stacked, changed and refused as in Slack."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import faults
from bot.playground.slack import SlackStandIn
from tests.playground.listener import Bot


def plain(words: str) -> dict[str, str]:
    """Return a text object."""
    return {"type": "plain_text", "text": words}


def option(value: str) -> dict[str, Any]:
    """Return an option."""
    return {"text": plain(value.title()), "value": value}


def field(block_id: str, kind: str = "plain_text_input", **more: Any) -> dict[str, Any]:
    """Return an input block; `tells` makes it tell of changes."""
    tells = {"dispatch_action": True} if more.pop("tells", False) else {}
    element = {"type": kind, "action_id": "change", **more}
    return {"type": "input", "block_id": block_id, "label": plain("?"), "element": element, **tells}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a modal that can be submitted."""
    shown = [*blocks] or [{"type": "divider"}]
    return {"type": "modal", "title": plain("Form"), "submit": plain("Go"), "blocks": shown, **more}


async def opened(slack: SlackStandIn, client: AsyncWebClient, view: Any, **where: str) -> Any:
    """Open a modal and return it."""
    trigger = slack.world.new_trigger(**where)
    return (await client.views_open(trigger_id=trigger, view=view))["view"]


async def refused(call: Awaitable[object]) -> str:
    """Return the error of a call that must not be accepted."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def stands(slack: SlackStandIn, view: Any) -> dict[str, Any]:
    """Return what stands in the inputs of a view, without the types."""
    values = slack.world.states[view["id"]]
    return {
        block_id: next(one for key, one in element["change"].items() if key != "type")
        for block_id, element in values.items()
    }


async def test_a_trigger_opens_one_modal_in_time() -> None:
    """A trigger is good once and for three seconds."""
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    async with SlackStandIn(clock=lambda: now[0]) as slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        trigger, late = slack.world.new_trigger(), slack.world.new_trigger()
        view = (await client.views_open(trigger_id=trigger, view=modal()))["view"]
        again = client.views_open(trigger_id=trigger, view=modal())
        assert await refused(again) == "exchanged_trigger_id"
        now[0] += timedelta(seconds=3.1)
        too_late = client.views_open(trigger_id=late, view=modal())

        assert await refused(too_late) == "expired_trigger_id"
        nonsense = client.views_open(trigger_id="1.2", view=modal())
        assert await refused(nonsense) == "invalid_trigger_id"
        assert list(slack.views) == [view["id"]]


async def test_each_update_has_another_hash(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """A hash that was read before somebody else's update updates nothing."""
    view = await opened(slack, client, modal())
    await client.views_update(view_id=view["id"], hash=view["hash"], view=modal())

    stale = client.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    assert await refused(stale) == "hash_conflict"
    fresh = slack.views[view["id"]]["hash"]
    await client.views_update(view_id=view["id"], hash=fresh, view=modal())
    assert slack.views[view["id"]]["hash"] not in {view["hash"], fresh}


async def test_an_external_id_is_one_of_its_kind(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """It finds its modal, no other modal may have it, and it finds none that was closed."""
    view = await opened(slack, client, modal(external_id="tocsin-1"))
    other = await opened(slack, client, modal())
    renamed = client.views_update(view_id=other["id"], view=modal(external_id="tocsin-1"))
    assert await refused(renamed) == "duplicate_external_id"
    twin = opened(slack, client, modal(external_id="tocsin-1"))
    assert await refused(twin) == "duplicate_external_id"

    await client.views_update(external_id="tocsin-1", view=modal(external_id="tocsin-1"))
    await slack.close("unused", view["id"], "U1")
    gone = client.views_update(external_id="tocsin-1", view=modal(external_id="tocsin-1"))
    assert await refused(gone) == "not_found"
    late = opened(slack, client, modal(external_id="tocsin-1"))
    assert await refused(late) == "duplicate_external_id"


async def test_what_was_typed_stays(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """An update keeps inputs of the same ids and kind, whatever it would begin with."""
    days = [option("mon"), option("tue")]
    shown = modal(field("a"), field("b"), field("day", "static_select", options=days))
    view = await opened(slack, client, shown)
    slack.fill(slack.views[view["id"]], {"a": "typed", "b": "typed", "day": "tue"})
    other_name = {**field("b"), "element": {**field("b")["element"], "action_id": "other"}}
    fewer = field("day", "static_select", options=days[:1])
    await client.views_update(
        view_id=view["id"], view=modal(field("a", initial_value="new"), field("c"), fewer)
    )

    assert stands(slack, view) == {"a": "typed", "c": None, "day": None}
    await client.views_update(view_id=view["id"], view=modal(field("a"), other_name))
    assert slack.world.states[view["id"]]["b"] == {
        "other": {"type": "plain_text_input", "value": None}
    }


async def test_an_input_begins_as_it_says(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """Each kind has its own way to begin; the channel may be the one that is looked at."""
    days = [option("mon"), option("tue")]
    shown = modal(
        field("text", initial_value="x"),
        field("one", "static_select", options=days, initial_option=days[1]),
        field("some", "checkboxes", options=days),
        field("where", "conversations_select", default_to_current_conversation=True),
        field("when", "datetimepicker", initial_date_time=1_800_000_000),
    )
    view = await opened(slack, client, shown, channel_id="C1")
    elsewhere = await opened(slack, client, shown)

    begins = {"text": "x", "one": days[1], "some": [], "where": "C1", "when": 1_800_000_000}
    assert stands(slack, view) == begins
    assert stands(slack, elsewhere) == {**begins, "where": None}
    assert view["state"] == {"values": {}}


async def test_blocks_without_an_id_get_one(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """Slack makes them up anew each time, so nothing that was typed there stays."""
    nameless = {key: value for key, value in field("a").items() if key != "block_id"}
    view = await opened(slack, client, modal(nameless))
    (block_id,) = slack.world.states[view["id"]]
    slack.fill(slack.views[view["id"]], {block_id: "typed"})
    await client.views_update(view_id=view["id"], view=modal(nameless))

    assert [*stands(slack, view).values()] == [None]


async def test_modals_lie_on_one_another(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """Three at most; a trigger from elsewhere pushes nothing; closing shows the one below."""
    lowest = top = await opened(slack, client, modal())
    for _ in range(2):
        trigger = slack.world.new_trigger(view_id=top["id"])
        below, top = top, (await client.views_push(trigger_id=trigger, view=modal()))["view"]
        assert (top["previous_view_id"], top["root_view_id"]) == (below["id"], lowest["id"])

    trigger = slack.world.new_trigger(view_id=top["id"])
    assert await refused(client.views_push(trigger_id=trigger, view=modal())) == (
        "push_limit_reached"
    )
    trigger = slack.world.new_trigger(channel_id="C1")
    assert await refused(client.views_push(trigger_id=trigger, view=modal())) == (
        "invalid_trigger_id"
    )
    await slack.close("unused", top["id"], "U1")
    assert len(slack.views) == 2


async def test_closing_is_told_where_it_is_asked_for(
    slack: SlackStandIn, client: AsyncWebClient, bot: Bot
) -> None:
    """Only notify_on_close tells, and clear_on_close takes the whole stack away."""
    quiet = await opened(slack, client, modal())
    assert await slack.close(bot.url, quiet["id"], "U1") is None
    assert bot.bodies == []

    lowest = await opened(slack, client, modal())
    trigger = slack.world.new_trigger(view_id=lowest["id"])
    view = modal(notify_on_close=True, clear_on_close=True)
    top = (await client.views_push(trigger_id=trigger, view=view))["view"]
    await slack.close(bot.url, top["id"], "U1")
    assert (bot.payload["type"], bot.payload["view"]["id"]) == ("view_closed", top["id"])
    assert "trigger_id" not in bot.payload
    assert slack.views == {}


VIEWS = {
    "title": modal(title=plain("x" * 25)),
    "inputs without submit": {**modal(field("a")), "submit": None},
    "home in a modal": {"type": "home", "blocks": [{"type": "divider"}]},
    "no view": None,
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
async def test_what_the_limits_refuse_is_refused(
    slack: SlackStandIn, client: AsyncWebClient, view: Any
) -> None:
    """Opening, pushing and updating answer invalid_arguments, and change nothing."""
    there = await opened(slack, client, modal())
    before = dict(slack.views[there["id"]])
    trigger = slack.world.new_trigger(view_id=there["id"])
    shown = {"view": view} if view else {}

    for method, more in (
        ("views.open", {"trigger_id": trigger}),
        ("views.push", {"trigger_id": trigger}),
        ("views.update", {"view_id": there["id"]}),
    ):
        assert await refused(client.api_call(method, json={**more, **shown})) == "invalid_arguments"
    assert slack.views == {there["id"]: before}
    assert not slack.world.triggers[trigger].used


async def test_a_view_may_be_too_large(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """250 KB is a limit of its own, with a name of its own; messages point to the place."""
    text = {"type": "section", "text": plain("x" * 3_000)}
    large = opened(slack, client, modal(*[text] * 90))
    assert await refused(large) == "view_too_large"

    with pytest.raises(SlackApiError) as caught:
        await opened(slack, client, modal(field("a", max_length=9_000)))
    (message,) = caught.value.response["response_metadata"]["messages"]
    assert message.endswith("[json-pointer:/view/blocks/0/element/max_length]")


async def test_a_home_tab_is_published(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """To a person; a modal is none, and a stale hash replaces nothing."""
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = (await client.views_publish(user_id="U1", view=home))["view"]
    await client.views_publish(user_id="U1", view=home, hash=first["hash"])

    stale = client.views_publish(user_id="U1", view=home, hash=first["hash"])
    assert await refused(stale) == "hash_conflict"
    assert await refused(client.views_publish(user_id="U9", view=home)) == "user_not_found"
    assert await refused(client.views_publish(user_id="U1", view=modal())) == "invalid_arguments"
    assert slack.homes["U1"]["blocks"][0]["type"] == "divider"
    assert slack.views == {}


FAULTS = {
    "429": (faults.RateLimited("7"), False),
    "503": (faults.ServerError(503), False),
    "cut after": (faults.Reset(after=True), True),
    "cut before": (faults.Reset(after=False), False),
    "hang": (faults.Hang(0.01, after=True), True),
    "expired": (faults.ApiError("expired_trigger_id"), False),
}


@pytest.mark.parametrize(("fault", "is_open"), FAULTS.values(), ids=FAULTS)
async def test_views_can_fail(
    slack: SlackStandIn, client: AsyncWebClient, fault: Any, is_open: bool
) -> None:
    """Every fault of a post can meet a modal, before or after it was opened; the next works."""
    slack.fail("views.open", fault)
    with pytest.raises((SlackApiError, aiohttp.ClientError)):
        await opened(slack, client, modal())
    assert bool(slack.views) is is_open

    await opened(slack, client, modal())
    assert len(slack.views) == 1 + is_open
