"""What people press, change, submit and choose reaches the bot as from Slack."""

from __future__ import annotations

import time
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.playground.slack import Message, SlackStandIn
from bot.playground.slack.submission import TROUBLE
from tests.playground.listener import Bot
from tests.playground.test_slack_views import field, modal, opened, option, plain

MENU = {
    "type": "actions",
    "block_id": "b1",
    "elements": [
        {"type": "overflow", "action_id": "menu", "options": [option("mute 1h"), option("why 7")]}
    ],
}


def say(slack: SlackStandIn, *blocks: Any, **more: Any) -> Message:
    """Return a message of the bot in C1."""
    return slack.say("C1", slack.team.bot_user_id, "x", blocks=[*blocks], **more)


async def test_a_menu_sends_its_option(slack: SlackStandIn, bot: Bot) -> None:
    """The action has the chosen option and no other value; there is no option of another name."""
    await slack.action(bot.url, say(slack, MENU), "menu", "U1", value="why 7")
    action = bot.payload["actions"][0]

    assert (action["type"], action["block_id"]) == ("overflow", "b1")
    assert action["selected_option"] == option("why 7")
    assert "value" not in action
    with pytest.raises(LookupError):
        await slack.action(bot.url, say(slack, MENU), "menu", "U1", value="other")


async def test_like_buttons_are_told_apart(slack: SlackStandIn, bot: Bot) -> None:
    """Buttons of one action are known by their value or by their block."""
    blocks = [
        {
            "type": "actions",
            "block_id": name,
            "elements": [
                {"type": "button", "action_id": "ack", "value": name, "text": plain(name)}
            ],
        }
        for name in ("one", "two")
    ]
    for value, block_id in (("two", None), (None, "two")):
        message = say(slack, *blocks)
        await slack.action(bot.url, message, "ack", "U1", value=value, block_id=block_id)
        assert bot.payload["actions"][0]["value"] == "two"


async def test_a_press_in_a_thread_says_so(slack: SlackStandIn, bot: Bot) -> None:
    """The container has the thread of a reply, and none where there is no thread."""
    parent = say(slack, MENU)
    await slack.action(bot.url, parent, "menu", "U1", value="why 7")
    assert "thread_ts" not in bot.payload["container"]
    reply = say(slack, MENU, thread_ts=parent.ts)
    await slack.action(bot.url, reply, "menu", "U1", value="why 7")

    assert bot.payload["container"]["thread_ts"] == parent.ts
    assert bot.payload["message"]["thread_ts"] == parent.ts


async def test_a_click_replaces_only_what_was_clicked(slack: SlackStandIn, bot: Bot) -> None:
    """replace_original edits the message with the button, also after another answer."""
    message = say(slack, MENU)
    await slack.action(bot.url, message, "menu", "U1", value="why 7")
    hook = AsyncWebhookClient(bot.payload["response_url"])
    thread = {"response_type": "in_channel", "replace_original": False, "thread_ts": message.ts}
    await hook.send_dict({**thread, "text": "In the thread"})
    await hook.send(text="Replaced", replace_original=True)

    assert message.text == "Replaced"
    assert [one.text for one in slack.channels["C1"].replies(message.ts)] == ["In the thread"]


async def test_a_change_is_told_where_it_is_asked_for(
    slack: SlackStandIn, client: AsyncWebClient, bot: Bot
) -> None:
    """A dispatching input sends its value and all others; a plain one waits."""
    shown = modal(field("name"), field("kind", "static_select", options=[option("a")], tells=True))
    view = slack.views[(await opened(slack, client, shown))["id"]]
    assert await slack.change(bot.url, view, "name", "typed", "U1") is None
    assert bot.bodies == []
    await slack.change(bot.url, view, "kind", "a", "U1")

    payload = bot.payload
    assert (payload["type"], payload["container"]["view_id"]) == ("block_actions", view["id"])
    assert "response_url" not in payload
    action = payload["actions"][0]
    assert (action["block_id"], action["action_id"]) == ("kind", "change")
    assert action["selected_option"] == option("a")
    values = payload["view"]["state"]["values"]
    assert values["name"]["change"]["value"] == "typed"
    assert values["kind"]["change"]["selected_option"] == option("a")
    pushed = await client.views_push(trigger_id=payload["trigger_id"], view=modal())
    assert pushed["view"]["previous_view_id"] == view["id"]


async def test_a_submission_carries_what_was_filled_in(
    slack: SlackStandIn, client: AsyncWebClient, bot: Bot
) -> None:
    """Every input comes, also an empty one; without an action the modal closes."""
    view = slack.views[(await opened(slack, client, modal(field("a"), field("b"))))["id"]]
    slack.fill(view, {"a": "typed"})
    answer = await slack.submit(bot.url, view["id"], None, "U1")
    payload = bot.payload

    values = {
        key: one["change"]["value"] for key, one in payload["view"]["state"]["values"].items()
    }
    assert (payload["type"], values) == ("view_submission", {"a": "typed", "b": None})
    assert (answer.taken, slack.views) == (True, {})


async def test_errors_leave_the_modal_open(
    slack: SlackStandIn, client: AsyncWebClient, bot: Bot
) -> None:
    """What was typed stays with them."""
    view = slack.views[(await opened(slack, client, modal(field("a"))))["id"]]
    slack.fill(view, {"a": "wrong"})
    bot.answer = {"response_action": "errors", "errors": {"a": "No."}}
    answer = await slack.submit(bot.url, view["id"], None, "U1")

    assert (answer.taken, answer.body) == (True, bot.answer)
    assert slack.views == {view["id"]: view}
    assert slack.world.states[view["id"]]["a"]["change"]["value"] == "wrong"


@pytest.mark.parametrize("action", ["update", "push", "clear"])
async def test_an_answer_changes_the_stack(
    slack: SlackStandIn, client: AsyncWebClient, bot: Bot, action: str
) -> None:
    """Updated in place under another hash, pushed on top, or all taken away."""
    view = slack.views[(await opened(slack, client, modal(field("a"))))["id"]]
    slack.fill(view, {"a": "typed"})
    bot.answer = {"response_action": action}
    if action != "clear":
        bot.answer["view"] = modal(field("a"), title=plain("Next"))
    await slack.submit(bot.url, view["id"], None, "U1")

    titles = [one["title"]["text"] for one in slack.views.values()]
    assert titles == {"update": ["Next"], "push": ["Form", "Next"], "clear": []}[action]
    if action == "update":
        assert slack.views[view["id"]]["hash"] != view["hash"]
        assert slack.world.states[view["id"]]["a"]["change"]["value"] == "typed"


MISUNDERSTOOD = {
    "unknown block": {"response_action": "errors", "errors": {"b": "No."}},
    "no errors": {"response_action": "errors", "errors": {}},
    "silent error": {"response_action": "errors", "errors": {"a": ""}},
    "no view": {"response_action": "update"},
    "bad view": {"response_action": "update", "view": {"type": "modal", "blocks": []}},
    "home": {"response_action": "push", "view": {"type": "home", "blocks": [{"type": "divider"}]}},
    "unknown action": {"response_action": "open"},
    "words": "ok",
}


@pytest.mark.parametrize("said", MISUNDERSTOOD.values(), ids=MISUNDERSTOOD)
async def test_what_slack_does_not_understand_is_trouble(
    slack: SlackStandIn, client: AsyncWebClient, bot: Bot, said: Any
) -> None:
    """The person is told of trouble, and the modal stays as it was."""
    view = slack.views[(await opened(slack, client, modal(field("a"))))["id"]]
    bot.answer = said
    answer = await slack.submit(bot.url, view["id"], None, "U1")

    assert answer.trouble.startswith(TROUBLE)
    assert not answer.taken
    assert slack.views == {view["id"]: view}


async def test_a_fourth_modal_is_trouble(
    slack: SlackStandIn, client: AsyncWebClient, bot: Bot
) -> None:
    """An answer cannot push beyond three."""
    await opened(slack, client, modal())
    bot.answer = {"response_action": "push", "view": modal()}
    answers = [await slack.submit(bot.url, [*slack.views][-1], None, "U1") for _ in range(3)]

    assert [one.trouble for one in answers] == ["", "", f"{TROUBLE} (push_limit_reached)"]
    assert len(slack.views) == 3


async def test_a_message_shortcut_carries_the_message(slack: SlackStandIn, bot: Bot) -> None:
    """With its thread, its place, and addresses to answer at; it replaces nothing."""
    parent = say(slack)
    reply = slack.say("C1", "U1", "A reply", thread_ts=parent.ts)
    await slack.shortcut(bot.url, "alert_why", reply, "U1")
    payload = bot.payload
    await AsyncWebhookClient(payload["response_url"]).send(text="Because", replace_original=True)

    assert (payload["type"], payload["callback_id"]) == ("message_action", "alert_why")
    assert (payload["message"]["text"], payload["message_ts"]) == ("A reply", reply.ts)
    assert payload["message"]["thread_ts"] == parent.ts
    assert (payload["channel"]["id"], payload["user"]["id"]) == ("C1", "U1")
    assert reply.text == "A reply"
    assert [one.text for one in slack.answers("C1", "U1")] == ["Because"]
    with pytest.raises(LookupError):
        await slack.shortcut(bot.url, "alert_why", slack.answers("C1", "U1")[0], "U1")


async def test_a_global_shortcut_knows_no_channel(
    slack: SlackStandIn, client: AsyncWebClient, bot: Bot
) -> None:
    """It has a trigger and nothing to answer at; a modal may still begin with the channel."""
    await slack.global_shortcut(bot.url, "monitor_create", "U1", channel="C1")
    payload = bot.payload

    assert (payload["type"], payload["callback_id"]) == ("shortcut", "monitor_create")
    assert payload.keys().isdisjoint({"channel", "message", "response_url"})
    where = field("where", "conversations_select", default_to_current_conversation=True)
    await client.views_open(trigger_id=payload["trigger_id"], view=modal(where))
    (state,) = slack.world.states.values()
    assert state["where"]["change"]["selected_conversation"] == "C1"


async def test_opening_the_home_tab_is_an_event(
    slack: SlackStandIn, client: AsyncWebClient, bot: Bot
) -> None:
    """It names the person, and has the view that is there already."""
    await slack.open_home(bot.url, "U1")
    assert b'"app_home_opened"' in bot.bodies[-1]
    assert b'"view"' not in bot.bodies[-1]
    button = {"type": "button", "action_id": "list", "text": plain("List")}
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}
    await client.views_publish(user_id="U1", view=home)
    await slack.open_home(bot.url, "U1")
    assert b'"view"' in bot.bodies[-1]

    await slack.action_in_view(bot.url, slack.homes["U1"], "list", "U1")
    assert (bot.payload["view"]["type"], "response_url" in bot.payload) == ("home", False)


async def test_a_slow_answer_is_none(slack: SlackStandIn, client: AsyncWebClient, bot: Bot) -> None:
    """After three seconds Slack has given up, and the modal stays."""
    view = await opened(slack, client, modal(field("a")))
    bot.pause_s = 3.1
    start = time.monotonic()
    answer = await slack.submit(bot.url, view["id"], None, "U1")

    assert time.monotonic() - start >= bot.pause_s
    assert (answer.taken, answer.trouble) == (False, TROUBLE)
    assert list(slack.views) == [view["id"]]
