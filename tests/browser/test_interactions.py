"""Menus, modals, shortcuts and App Home in a real browser, with a small bot behind them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.page import PageServer, Playground
from bot.playground.page.person import Person
from bot.playground.slack import SlackStandIn
from bot.playground.stage import Stage
from bot.plugins import discover
from bot.store.deliveries import history
from tests.browser.conftest import tab_at

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.asyncio(loop_scope="module")

Said = dict[str, Any] | None
View = dict[str, Any]


def plain(words: str) -> dict[str, str]:
    """Return a text object."""
    return {"type": "plain_text", "text": words}


def option(words: str, about: str = "") -> dict[str, Any]:
    """Return an option."""
    more = {"description": plain(about)} if about else {}
    return {"text": plain(words), "value": words.lower(), **more}


def asked(block_id: str, kind: str, *, tells: bool = False, **more: Any) -> dict[str, Any]:
    """Return an input block."""
    block: dict[str, Any] = {key: more.pop(key) for key in ["hint", "optional"] if key in more}
    if tells:
        block["dispatch_action"] = True
    element = {"type": kind, "action_id": "change", **more}
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(block_id),
        **block,
        "element": element,
    }


def words(text: str) -> dict[str, Any]:
    """Return a paragraph."""
    return {"type": "section", "text": plain(text)}


def modal(*blocks: dict[str, Any], title: str = "Mute", **more: Any) -> View:
    """Return a modal."""
    return {
        "type": "modal",
        "title": plain(title),
        "close": plain("Cancel"),
        "blocks": [*blocks],
        **more,
    }


PACES = [option("Daily", "At nine"), option("Weekly")]
FORM = modal(
    asked("Query", "plain_text_input", multiline=True, hint=plain("What to look for")),
    asked("Pace", "static_select", options=PACES, tells=True),
    asked("Days", "checkboxes", options=PACES, optional=True),
    asked("Mode", "radio_buttons", options=PACES, initial_option=PACES[0]),
    asked("Channel", "conversations_select", default_to_current_conversation=True),
    asked("Until", "datetimepicker", initial_date_time=1_800_000_000),
    submit=plain("Save"),
)
MENU = {
    "type": "actions",
    "elements": [
        {"type": "button", "action_id": "ack", "value": "1", "text": plain("Acknowledge")},
        {"type": "overflow", "action_id": "menu", "options": [option("Mute"), option("Why")]},
    ],
}


@dataclass
class SmallBot:
    """A bot that keeps what it hears; `reply` does something and returns the answer."""

    heard: list[dict[str, Any]] = field(default_factory=list)
    reply: Callable[[dict[str, Any]], Any] | None = None

    async def handle(self, request: web.Request) -> web.Response:
        """Hear one request of Slack."""
        body = await request.text()
        is_form = request.content_type != "application/json"
        payload = json.loads(parse_qs(body)["payload"][0] if is_form else body)
        self.heard.append(payload)
        said: Said = await self.reply(payload) if self.reply else None
        return web.json_response(said) if said else web.Response()


@dataclass
class Room:
    """What a test has: Slack, the bot behind it, and a client with the bot's token."""

    slack: SlackStandIn
    bot: SmallBot
    client: AsyncWebClient
    url: str

    def opens(self, view: View) -> None:
        """Open a modal whenever something is chosen or pressed."""

        async def reply(payload: dict[str, Any]) -> Said:
            await self.client.views_open(trigger_id=payload["trigger_id"], view=view)
            return None

        self.bot.reply = reply


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def room(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Room]:
    """A page whose Slack talks to a small bot."""
    bot, app = SmallBot(), web.Application()
    app.router.add_post("/slack/events", bot.handle)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(app))
        stage = Stage(tmp_path_factory.mktemp("room"), starts=False)
        slack = (await stack.enter_async_context(stage)).slack
        slack.add_channel("C0MARKET", "market-watch")
        made = Playground(stage, discover(), partial(history, limit=10))
        address = str(server.make_url("/slack/events"))
        made.person = Person(slack, lambda: address, made.journal)
        page = await stack.enter_async_context(PageServer(made))
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        yield Room(slack, bot, client, page.url)


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, room: Room) -> AsyncIterator[Page]:
    """The page, on a message of the bot with a menu and a reply."""
    room.bot.heard.clear()
    room.bot.reply = None
    for known in (room.slack.views, room.slack.channels["C0MARKET"].messages):
        known.clear()
    room.slack.ephemerals.clear()
    me = room.slack.team.bot_user_id
    alert = room.slack.say("C0MARKET", me, "Alert", blocks=[words("Alert"), MENU])
    room.slack.say("C0MARKET", me, "More", blocks=[words("More")], thread_ts=alert.ts)
    async with tab_at(browser, room.url) as tab:
        await tab.get_by_text("Alert", exact=True).wait_for()
        yield tab


async def open_form(page: Page, room: Room, view: View = FORM) -> None:
    """Choose a shortcut that opens a modal."""
    room.opens(view)
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="New web monitor").click()
    await page.get_by_role("dialog").wait_for()


async def test_a_menu_is_used_by_keyboard(page: Page, room: Room) -> None:
    """Arrows move in it, Escape leaves it where one was, Enter chooses."""
    more = page.get_by_role("button", name="More", exact=True)
    await more.focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("menuitem", name="Mute").wait_for()
    await page.wait_for_function("document.activeElement.role === 'menuitem'")
    await page.keyboard.press("Escape")
    await page.get_by_role("menu").wait_for(state="detached")
    assert await more.evaluate("one => one === document.activeElement")

    await page.keyboard.press("Enter")
    await page.wait_for_function("document.activeElement.role === 'menuitem'")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.get_by_text("anna presses why: 200").wait_for()
    (pressed,) = room.bot.heard
    assert pressed["actions"][0]["selected_option"] == option("Why")
    assert pressed["container"]["message_ts"]


async def test_a_second_click_closes_a_menu(page: Page) -> None:
    """The button that opened it closes it, as does a click elsewhere."""
    more = page.get_by_role("button", name="More", exact=True)
    for closes in (more, page.get_by_role("heading", name="market-watch")):
        await more.click()
        await page.get_by_role("menu").wait_for()
        await closes.click()
        await page.get_by_role("menu").wait_for(state="detached")
    assert await more.get_attribute("aria-expanded") == "false"


async def test_a_form_is_filled_in_and_corrected(page: Page, room: Room) -> None:
    """What Slack sees and what the bot sees to be wrong stands at the field; then it closes."""
    await open_form(page, room)
    room.bot.heard.clear()
    room.bot.reply = None
    dialog = page.get_by_role("dialog")
    query = dialog.get_by_label("Query")
    assert await query.evaluate("one => one === document.activeElement")
    await dialog.get_by_label("Pace").select_option("weekly")
    await dialog.get_by_role("group", name="Days").get_by_label("Daily").check()
    await dialog.get_by_role("button", name="Save").click()
    await dialog.get_by_text("Please complete this required field.").wait_for()
    assert await query.get_attribute("aria-invalid") == "true"
    assert [one["type"] for one in room.bot.heard] == ["block_actions"]

    async def refuse(payload: dict[str, Any]) -> Said:
        return {"response_action": "errors", "errors": {"Query": "Too short."}}

    room.bot.reply = refuse
    await query.fill("H")
    await dialog.get_by_role("button", name="Save").click()
    await dialog.get_by_text("Too short.").wait_for()
    assert await query.evaluate("one => one === document.activeElement")
    described = (await query.get_attribute("aria-describedby") or "").split()
    told = [await page.locator(f"[id='{one}']").inner_text() for one in described]
    assert told == ["What to look for", "Too short."]

    room.bot.reply = None
    await query.fill("Harbor")
    await dialog.get_by_role("button", name="Save").click()
    await dialog.wait_for(state="hidden")
    values = room.bot.heard[-1]["view"]["state"]["values"]
    assert {block: one["change"] for block, one in values.items()} == {
        "Query": {"type": "plain_text_input", "value": "Harbor"},
        "Pace": {"type": "static_select", "selected_option": PACES[1]},
        "Days": {"type": "checkboxes", "selected_options": [PACES[0]]},
        "Mode": {"type": "radio_buttons", "selected_option": PACES[0]},
        "Channel": {"type": "conversations_select", "selected_conversation": "C0MARKET"},
        "Until": {"type": "datetimepicker", "selected_date_time": 1_800_000_000},
    }


async def test_a_modal_changes_while_it_is_used(page: Page, room: Room) -> None:
    """A change is told; the answer adds a field, and takes neither words nor the focus."""
    await open_form(page, room)
    dialog = page.get_by_role("dialog")

    async def add(payload: dict[str, Any]) -> Said:
        view = modal(
            words("Fits 3 alerts"),
            *FORM["blocks"],
            asked("Hour", "number_input", is_decimal_allowed=False),
            submit=plain("Save"),
        )
        await room.client.views_update(view_id=payload["view"]["id"], view=view)
        return None

    room.bot.reply = add
    await dialog.get_by_label("Query").fill("Harbor")
    await dialog.get_by_label("Pace").select_option("daily")
    await dialog.get_by_label("Query").focus()
    await page.keyboard.press("End")
    await dialog.get_by_label("Hour").wait_for()
    await page.keyboard.type(" Bio")

    assert await dialog.get_by_label("Query").input_value() == "Harbor Bio"
    assert await dialog.get_by_label("Pace").input_value() == "daily"
    heard = room.bot.heard[-1]["view"]["state"]["values"]
    assert heard["Query"]["change"]["value"] == "Harbor"


async def test_a_field_that_looks_other_keeps_its_words(page: Page, room: Room) -> None:
    """With another label and hint the field is drawn anew, and typing goes on in it."""
    await open_form(page, room, modal(asked("Query", "plain_text_input"), submit=plain("Save")))
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Query").fill("Harbor")
    (view,) = room.slack.views.values()
    block = asked("Query", "plain_text_input", hint=plain("Two words"))
    await room.client.views_update(view_id=view["id"], view=modal(block, submit=plain("Save")))
    await dialog.get_by_text("Two words").wait_for()
    await page.keyboard.type(" Bio")

    assert await dialog.get_by_label("Query").input_value() == "Harbor Bio"


async def test_one_moment_becomes_a_form(page: Page, room: Room) -> None:
    """A modal that was opened to wait is filled later, and one can type at once."""
    await open_form(page, room, modal(words("One moment …"), external_id="tocsin-1"))
    await room.client.views_update(external_id="tocsin-1", view=FORM)
    query = page.get_by_role("dialog").get_by_label("Query")
    await query.wait_for()
    await page.keyboard.type("Harbor")

    assert await query.input_value() == "Harbor"


async def test_modals_lie_on_one_another(page: Page, room: Room) -> None:
    """The one on top is shown; closing it shows the one below, with what was typed."""
    await open_form(page, room, modal(asked("Query", "plain_text_input"), submit=plain("Save")))
    dialog = page.get_by_role("dialog")

    async def push(payload: dict[str, Any]) -> Said:
        return {"response_action": "push", "view": modal(words("Really?"), title="Sure")}

    room.bot.reply = push
    await dialog.get_by_label("Query").fill("Harbor")
    await dialog.get_by_role("button", name="Save").click()
    await page.get_by_role("dialog", name="Sure").wait_for()
    await page.keyboard.press("Escape")
    await page.get_by_role("dialog", name="Mute").wait_for()

    assert await dialog.get_by_label("Query").input_value() == "Harbor"


async def test_a_message_in_a_thread_has_shortcuts(page: Page, room: Room) -> None:
    """Its menu is that of the manifest; the answer comes into the thread, without a menu."""

    async def answer(payload: dict[str, Any]) -> Said:
        await room.client.chat_postEphemeral(
            channel=payload["channel"]["id"],
            user=payload["user"]["id"],
            thread_ts=payload["message"]["thread_ts"],
            text="Because you asked.",
        )
        return None

    room.bot.reply = answer
    await page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread in #market-watch")
    await thread.get_by_role("button", name="More actions").last.click()
    names = await page.get_by_role("menuitem").locator("span").all_inner_texts()
    assert names == ["Why is this here?", "Acknowledge", "Mute…"]
    await page.get_by_role("menuitem", name="Why is this here?").click()
    await thread.get_by_text("Because you asked.").wait_for()

    (chosen,) = room.bot.heard
    assert (chosen["type"], chosen["callback_id"]) == ("message_action", "alert_why")
    assert chosen["message"]["text"] == "More"
    private = thread.locator(".message.private")
    assert await private.get_by_role("button").count() == 0
    assert await page.get_by_role("button", name="1 reply").count() == 1


async def test_app_home_is_opened_and_used(page: Page, room: Room) -> None:
    """Opening tells the bot, which publishes; a button works and keeps the focus."""

    async def publish(payload: dict[str, Any]) -> Said:
        pressed = payload["type"] == "block_actions"
        button = {"type": "button", "action_id": "pause", "value": "m1", "text": plain("Pause")}
        header = {"type": "header", "text": plain("Paused" if pressed else "Your monitors")}
        home = {"type": "home", "blocks": [header, {"type": "actions", "elements": [button]}]}
        await room.client.views_publish(user_id="U0ANNA", view=home)
        return None

    room.bot.reply = publish
    await page.get_by_role("button", name="App Home").click()
    await page.get_by_role("heading", name="Your monitors").wait_for()
    assert room.bot.heard[0]["event"]["type"] == "app_home_opened"
    pause = page.get_by_role("button", name="Pause", exact=True)
    await pause.focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Paused").wait_for()

    assert room.bot.heard[1]["view"]["type"] == "home"
    assert room.bot.heard[1]["actions"][0]["value"] == "m1"
    assert await pause.evaluate("one => one === document.activeElement")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_has_room_for_forms_and_menus(page: Page, room: Room, scheme: Any) -> None:
    """Nothing is wider than the screen, and a menu stays on it."""
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.get_by_role("button", name="More actions").first.click()
    box = await page.locator(".menu.placed").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    await page.keyboard.press("Escape")

    await open_form(page, room)
    dialog = await page.get_by_role("dialog").bounding_box()
    assert dialog is not None
    assert dialog["width"] <= 390
    assert (
        await page.locator("#modal .scroll").evaluate("one => one.scrollWidth - one.clientWidth")
        == 0
    )
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
