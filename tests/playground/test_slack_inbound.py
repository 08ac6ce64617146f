"""What the stand-in sends to a bot is signed, complete, and shown as Slack shows it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.playground import faults
from bot.playground.slack import SlackStandIn
from tests.playground.listener import Bot

BUTTON = {
    "type": "actions",
    "block_id": "b1",
    "elements": [
        {
            "type": "button",
            "action_id": "mute",
            "value": "7",
            "text": {"type": "plain_text", "text": "Mute"},
        }
    ],
}


async def _command(slack: SlackStandIn, bot: Bot, typed: str = "/alerts list") -> dict[str, str]:
    await slack.command(bot.url, typed, channel="C1", user="U1")
    return bot.form


def _seen(slack: SlackStandIn) -> list[str]:
    return [answer.text for answer in slack.answers("C1", "U1")]


async def test_every_request_is_signed(slack: SlackStandIn, bot: Bot) -> None:
    """Slack's own verifier accepts commands, events and clicks."""
    await _command(slack, bot)
    await slack.event(bot.url, {"type": "app_home_opened"})
    await slack.action(bot.url, slack.say("C1", "U1", "x", blocks=[BUTTON]), "mute", "U1")
    verifier = SignatureVerifier(slack.signing_secret)

    for body, headers in zip(bot.bodies, bot.headers, strict=True):
        assert verifier.is_valid_request(body, headers)
    assert len(bot.bodies) == 3


async def test_a_raw_request_is_sent_as_it_is(slack: SlackStandIn, bot: Bot) -> None:
    """Body and headers arrive untouched; `sign` proves exactly these bytes at that time."""
    headers = slack.sign(b"\xff", 1_700_000_000)
    answer = await slack.send_raw(bot.url, b"\xff", headers)

    assert bot.bodies == [b"\xff"]
    assert bot.headers[0]["X-Slack-Request-Timestamp"] == "1700000000"
    assert bot.headers[0]["X-Slack-Signature"] == headers["X-Slack-Signature"]
    assert (answer.status, answer.body) == (200, None)


async def test_a_command_has_slacks_fields(slack: SlackStandIn, bot: Bot) -> None:
    """The form is that of Slack, with response_url and trigger_id for use."""
    form = await _command(slack, bot, "/alerts subscribe parallel")

    assert (form["command"], form["text"]) == ("/alerts", "subscribe parallel")
    assert (form["channel_id"], form["channel_name"]) == ("C1", "alerts")
    assert (form["user_id"], form["user_name"], form["team_id"]) == ("U1", "ada", "T0TOCSIN")
    assert form["trigger_id"] in slack.world.triggers
    assert form["response_url"].startswith(slack.api_url.removesuffix("api/"))


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("#alerts @ada", "<#C1|alerts> <@U1|ada>"),
        ("#board", "<#G2|>"),
        ("#nowhere @nobody", "#nowhere @nobody"),
        ("a<b & c>d", "a&lt;b &amp; c&gt;d"),
        ("https://a.b/?x=1&y=2", "<https://a.b/?x=1&amp;y=2>"),
        ("", ""),
    ],
)
async def test_text_is_escaped(slack: SlackStandIn, bot: Bot, typed: str, text: str) -> None:
    """Names become tokens, a private channel hides its name, and & < > are escaped."""
    assert (await _command(slack, bot, f"/alerts {typed}"))["text"] == text


async def test_an_immediate_answer_is_shown(slack: SlackStandIn, bot: Bot) -> None:
    """JSON and plain words are ephemeral unless they ask for the channel; nothing is silent."""
    for bot.answer in ({"text": "json"}, "words", None):
        await _command(slack, bot)
    bot.answer = {"response_type": "in_channel", "text": "everybody"}
    await _command(slack, bot)

    assert _seen(slack) == ["json", "words"]
    assert [m.text for m in slack.channels["C1"].messages] == ["everybody"]


async def test_a_response_url_serves_five_times(slack: SlackStandIn, bot: Bot) -> None:
    """Slack's webhook client gets five answers through, not a sixth."""
    hook = AsyncWebhookClient((await _command(slack, bot))["response_url"])
    statuses = [(await hook.send(text=str(n))).status_code for n in range(6)]

    assert statuses == [200] * 5 + [404]
    assert _seen(slack) == ["0", "1", "2", "3", "4"]


async def test_a_response_url_expires() -> None:
    """After thirty minutes nothing is taken any more."""
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    async with SlackStandIn(clock=lambda: now[0]) as slack:
        slack.add_channel("C1", "alerts")
        url = slack.response_urls.url(slack.response_urls.open("C1", "U1"))
        now[0] += timedelta(minutes=30)
        assert (await AsyncWebhookClient(url).send(text="In time")).status_code == 200
        now[0] += timedelta(seconds=1)
        assert (await AsyncWebhookClient(url).send(text="Late")).status_code == 404

        assert _seen(slack) == ["In time"]


async def test_an_answer_is_replaced_and_deleted(slack: SlackStandIn, bot: Bot) -> None:
    """replace_original edits the former answer, delete_original takes it away."""
    bot.answer = {"text": "Working"}
    hook = AsyncWebhookClient((await _command(slack, bot))["response_url"])
    await hook.send(text="Done", replace_original=True)
    (answer,) = slack.answers("C1", "U1")

    assert (answer.text, [v.text for v in answer.edits]) == ("Done", ["Working"])
    await hook.send(delete_original=True)
    assert _seen(slack) == []


async def test_an_answer_in_a_thread(slack: SlackStandIn, bot: Bot) -> None:
    """in_channel with a thread_ts lands in that thread, even where we are no member."""
    slack.channels["C1"].is_member = False
    parent = slack.say("C1", "U1", "Parent")
    hook = AsyncWebhookClient((await _command(slack, bot))["response_url"])
    body = {"response_type": "in_channel", "thread_ts": parent.ts, "text": "Reply"}
    await hook.send_dict(body)

    assert [m.text for m in slack.channels["C1"].replies(parent.ts)] == ["Reply"]


async def test_a_response_url_refuses_and_fails(slack: SlackStandIn, bot: Bot) -> None:
    """Bad blocks and bad JSON are refused; planned faults reach it as well."""
    url = (await _command(slack, bot))["response_url"]
    assert (await AsyncWebhookClient(url).send(blocks=[{"type": "x"}])).status_code == 400
    slack.fail("response_url", faults.ServerError(503), faults.Reset(after=True))
    assert (await AsyncWebhookClient(url).send(text="1")).status_code == 503
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientOSError):
            await session.post(url, json={"text": "2"})
        assert (await session.post(url, data=b"{")).status == 400

    assert _seen(slack) == ["2"]


async def test_an_event_is_wrapped(slack: SlackStandIn, bot: Bot) -> None:
    """The envelope has an id of its own; a repetition has the same id and says so."""
    await slack.event(bot.url, {"type": "channel_archive", "channel": "C1"}, event_id="Ev1")
    await slack.event(bot.url, {"type": "channel_archive"}, event_id="Ev1", retry_num=1)
    await slack.event(bot.url, {"type": "channel_archive"})
    first, again, other = (json.loads(body) for body in bot.bodies)

    assert (first["type"], first["team_id"]) == ("event_callback", "T0TOCSIN")
    assert first["event"]["channel"] == "C1"
    assert first["event_id"] == again["event_id"] != other["event_id"]
    assert "x-slack-retry-num" not in bot.headers[0]
    assert bot.headers[1]["x-slack-retry-num"] == "1"
    assert bot.headers[1]["x-slack-retry-reason"] == "http_timeout"


async def test_the_bot_is_invited_and_removed(slack: SlackStandIn, bot: Bot) -> None:
    """Membership changes, and the bot hears of it."""
    await slack.invite_bot("C2", bot.url, inviter="U1")
    joined = json.loads(bot.bodies[-1])["event"]
    assert slack.channels["C2"].is_member
    await slack.remove_bot("C2", bot.url)

    assert (joined["type"], joined["channel"]) == ("member_joined_channel", "C2")
    assert (joined["user"], joined["inviter"]) == (slack.team.bot_user_id, "U1")
    assert json.loads(bot.bodies[-1])["event"]["type"] == "member_left_channel"
    assert not slack.channels["C2"].is_member


async def test_a_click_carries_its_button(slack: SlackStandIn, bot: Bot) -> None:
    """The payload names button, message and person; its response_url edits that message."""
    bot.answer = {"text": "Sure?", "blocks": [BUTTON]}
    await _command(slack, bot)
    (question,) = slack.answers("C1", "U1")
    await slack.action(bot.url, question, "mute", "U1")
    payload = bot.payload
    await AsyncWebhookClient(payload["response_url"]).send(text="Muted", replace_original=True)

    assert payload["type"] == "block_actions"
    assert (payload["container"]["is_ephemeral"], "message" in payload) == (True, False)
    assert (payload["user"]["id"], payload["container"]["message_ts"]) == ("U1", question.ts)
    action = payload["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("mute", "b1", "7")
    assert _seen(slack) == ["Muted"]
    with pytest.raises(LookupError):
        await slack.action(bot.url, question, "other", "U1")


async def test_nobody_there_is_an_error(slack: SlackStandIn) -> None:
    """A bot that does not listen makes the request fail, not the stand-in pretend."""
    with pytest.raises(aiohttp.ClientConnectorError):
        await slack.command("http://127.0.0.1:1/", "/alerts", channel="C1", user="U1")
