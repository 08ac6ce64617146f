"""The page as a person meets it, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.playground.page import Playground

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="module")
Stageful = tuple[Playground, str]

BUTTON = {
    "type": "button",
    "action_id": "approve",
    "text": {"type": "plain_text", "text": "Approve"},
    "confirm": {
        "title": {"type": "plain_text", "text": "Sure?"},
        "text": {"type": "plain_text", "text": "It cannot be undone."},
        "confirm": {"type": "plain_text", "text": "Yes"},
        "deny": {"type": "plain_text", "text": "No"},
    },
}


async def type_line(page: Page, words: str) -> None:
    """Type into the composer and send it."""
    await page.get_by_label("Message or slash command").fill(words)
    await page.keyboard.press("Enter")


async def test_the_opening_is_seen_and_a_thread_opens(page: Page) -> None:
    """The findings stand in the channel; their replies open beside them, and close."""
    await page.get_by_role("button", name="2 replies").first.click()

    thread = page.get_by_role("complementary", name="Thread in #market-watch")
    await thread.get_by_text("Source (trials.example.org)").wait_for()
    assert await thread.get_by_role("listitem").locator("article").count() == 3
    await page.keyboard.press("Escape")
    await page.get_by_role("heading", name="Proof").wait_for()


async def test_a_command_is_answered_privately(page: Page) -> None:
    """The answer to a slash command comes by itself and says who sees it."""
    await type_line(page, "/alerts help")

    answer = page.locator(".message.private").last
    await answer.get_by_text("/alerts subscribe").first.wait_for()
    assert "Only visible to you" in await answer.inner_text()


async def test_a_button_is_pressed_after_its_question(page: Page, playground: Stageful) -> None:
    """A button that asks first reaches the bot only after yes."""
    made, _ = playground
    slack = made.stage.slack
    blocks = [{"type": "actions", "elements": [BUTTON]}]
    slack.say("C0MARKET", slack.team.bot_user_id, "Approve?", blocks=blocks)
    approve = page.get_by_role("button", name="Approve")

    await approve.click()
    await page.get_by_role("button", name="No", exact=True).click()
    await approve.click()
    await page.get_by_role("button", name="Yes").click()
    await page.get_by_text("anna presses approve: 200").wait_for()
    assert await page.get_by_text("anna presses approve").count() == 1


async def test_a_storm_is_fired_and_counted(page: Page) -> None:
    """Twenty copies become one message more, and nothing is lost or repeated."""
    await page.get_by_label("Source").select_option("surfacedby")
    await page.get_by_label("Type").select_option("scan.failed")
    await page.get_by_role("button", name="20").click()

    await page.get_by_role("button", name="visibility, 1 new").click()
    messages = page.locator("#messages .message:not(.private)", has_text="northwind.example")
    await messages.nth(1).wait_for()
    await page.locator("#under-way", has_text="0").wait_for()
    assert await messages.count() == 2
    assert ["0", "0"] == await page.locator(".verdict dd").all_inner_texts()


async def test_the_bot_is_killed_and_comes_back(page: Page) -> None:
    """The page says that the bot is down, that a command failed, and when it is back."""
    await page.get_by_role("button", name="Kill it").click()
    await page.get_by_text("Bot is down").wait_for()
    await type_line(page, "/alerts list")
    await page.get_by_text("The bot did not respond.").wait_for()
    await page.get_by_role("button", name="Start it").click()

    await page.get_by_text("Bot is up").wait_for()
    await page.get_by_text("The bot is back after").wait_for()


async def test_text_from_outside_stays_text(page: Page, playground: Stageful) -> None:
    """Markup, scripts and addresses of other kinds are words and nothing else."""
    made, _ = playground
    slack = made.stage.slack
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    link = {"type": "link", "url": "javascript:alert(3)", "text": "Click me"}
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": evil}, link]}
    blocks = [{"type": "rich_text", "elements": [section]}]
    slack.say("C0MARKET", slack.team.bot_user_id, "Evil", blocks=blocks)
    slack.say("C0MARKET", "U0ANNA", "a *bold* <javascript:alert(4)|word> &lt;b&gt; :bell:")

    message = page.locator(".message", has_text="Click me")
    await message.wait_for()
    assert evil in await message.inner_text()
    assert await message.locator("img, script, .rich a").count() == 0
    mine = page.locator(".message", has_text="word <b>")
    assert await mine.locator("strong", has_text="bold").count() == 1
    assert await mine.locator(".blocks a").count() == 0


async def test_the_keyboard_reaches_everything(page: Page) -> None:
    """The first stop skips to the messages; every control has a name."""
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Skip to the messages"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "messages"

    named = "one => one.ariaLabel || one.textContent.trim() || one.labels?.[0]?.textContent"
    controls = page.locator("button, a, input, select, textarea")
    names = await controls.evaluate_all(f"all => all.map({named})")
    assert all(names)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_has_room_for_it(page: Page, scheme: Any) -> None:
    """On a narrow screen one pane shows at a time, and nothing is wider than the screen."""
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await page.set_viewport_size({"width": 390, "height": 844})

    for tab, shown in (("Proof", ".proof"), ("Channels", ".channels"), ("Messages", ".messages")):
        await page.get_by_role("button", name=tab, exact=True).click()
        assert await page.locator(f".pane{shown}").is_visible()
        assert await page.locator(".pane:visible").count() == 1
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_json_of_a_message_is_one_click_away(page: Page) -> None:
    """Every message links to the blocks that Slack was sent."""
    links = page.locator("#messages .message .json")
    assert await links.count() == await page.locator("#messages .message").count()

    answer = await page.request.get(await links.last.get_attribute("href") or "")
    assert "blocks" in await answer.json()
