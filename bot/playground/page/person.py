"""What the person at the page does in the workspace: type, press, submit, look."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import ClientError

from bot.playground.page.journal import Journal, Mood
from bot.playground.slack import Answer, Message
from bot.playground.stage import Stage
from bot.playground.tour import PERSON

_DOWN = "The bot did not respond. Is it running?"


class DeedError(Exception):
    """What was tried did not work; the text is for the person."""


class Person:
    """Anna, on a stage."""

    def __init__(self, stage: Stage, journal: Journal) -> None:
        self._stage = stage
        self._slack = stage.slack
        self._journal = journal

    async def type(self, channel: str, text: str) -> None:
        """Send a line: a slash command to the bot, anything else to the channel.

        Raises: DeedError when the bot does not take a command.
        """
        command = text.split(maxsplit=1)[0] if text.startswith("/") else ""
        url, name = self._stage.slack_url, f"@{self._slack.team.bot_name}"
        if not command:
            self._slack.say(channel, PERSON, text)
        elif command == "/invite" and name in text:
            await self._told(self._slack.invite_bot(channel, url, inviter=PERSON), f"types {text}")
        elif command == "/remove" and name in text:
            await self._told(self._slack.remove_bot(channel, url), f"types {text}")
        else:
            sent = self._slack.command(url, text, channel=channel, user=PERSON)
            await self._told(sent, f"types {text}")

    async def press(self, channel: str, ts: str, action_id: str) -> None:
        """Press a button of a message. Raises: DeedError, LookupError."""
        message = find(self._stage, channel, ts)
        pressed = self._slack.action(self._stage.slack_url, message, action_id, PERSON)
        await self._told(pressed, f"presses {action_id}")

    async def press_in_view(self, view_id: str, action_id: str) -> None:
        """Press a button of a modal or of the Home tab. Raises: DeedError, LookupError."""
        homes = {view["id"]: view for view in self._slack.homes.values()}
        view = {**homes, **self._slack.views}[view_id]
        pressed = self._slack.action_in_view(self._stage.slack_url, view, action_id, PERSON)
        await self._told(pressed, f"presses {action_id}")

    async def submit(self, view_id: str, values: dict[str, Any]) -> Mapping[str, str]:
        """Submit a modal and return what is wrong with it, by block.

        Raises: DeedError, LookupError.
        """
        submitted = self._slack.submit(self._stage.slack_url, view_id, values, PERSON)
        answer = await self._told(submitted, f"submits {view_id}")
        body = answer.body if isinstance(answer.body, dict) else {}
        match body.get("response_action"):
            case "errors":
                errors: dict[str, str] = body["errors"]
                return errors
            case "update" | "push":
                self._slack.views[view_id] = {**self._slack.views[view_id], **body["view"]}
            case _:
                self.close(view_id)
        return {}

    def close(self, view_id: str) -> None:
        """Put a modal away."""
        self._slack.views.pop(view_id, None)

    async def open_home(self) -> None:
        """Look at the Home tab. Raises: DeedError."""
        event = {"type": "app_home_opened", "user": PERSON, "tab": "home"}
        await self._told(self._slack.event(self._stage.slack_url, event), "opens App Home")

    async def _told(self, sending: Any, deed: str) -> Answer:
        """Wait for the bot's acknowledgement and write it down."""
        try:
            answer: Answer = await sending
        except (ClientError, TimeoutError):
            self._journal.note(f"anna {deed}: no answer", "bad")
            raise DeedError(_DOWN) from None
        mood: Mood = "good" if answer.status == HTTPStatus.OK else "bad"
        self._journal.note(f"anna {deed}: {answer.status}", mood)
        if not answer.taken:
            raise DeedError(f"The bot answered {answer.status} after {answer.elapsed_s:.1f} s.")
        return answer


def find(stage: Stage, channel: str, ts: str) -> Message:
    """Return a message that anna sees. Raises: LookupError."""
    place = stage.slack.channels[channel]
    message = place.find(ts)
    if message is None:
        private = (one for one in stage.slack.answers(channel, PERSON) if one.ts == ts)
        message = next(private, None)
    if message is None:
        raise LookupError(f"there is no message {ts}")
    return message
