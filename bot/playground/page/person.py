"""What the person at the page does in the workspace: type, press, fill in, submit, look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from aiohttp import ClientError

from bot.playground.page.journal import Journal, Mood
from bot.playground.slack import Answer, Message, SlackStandIn
from bot.playground.slack.filling import Entered, missing
from bot.playground.slack.message import Json
from bot.playground.stage import Stage
from bot.playground.tour import PERSON

_DOWN = "The bot did not respond. Is it running?"
_MISSING = "Please complete this required field."

Values = Mapping[str, Entered]
"""What was entered in a view, by block."""


class DeedError(Exception):
    """What was tried did not work; the text is for the person."""


class Person:
    """Anna, in a workspace whose bot takes requests at `url`."""

    def __init__(self, slack: SlackStandIn, url: Callable[[], str], journal: Journal) -> None:
        self._slack = slack
        self._url = url
        self._journal = journal

    async def type(self, channel: str, text: str) -> None:
        """Send a line: a slash command to the bot, anything else to the channel.

        Raises: DeedError when the bot does not take a command.
        """
        command = text.split(maxsplit=1)[0] if text.startswith("/") else ""
        url, name = self._url(), f"@{self._slack.team.bot_name}"
        if not command:
            self._slack.say(channel, PERSON, text)
        elif command == "/invite" and name in text:
            await self._told(self._slack.invite_bot(channel, url, inviter=PERSON), f"types {text}")
        elif command == "/remove" and name in text:
            await self._told(self._slack.remove_bot(channel, url), f"types {text}")
        else:
            sent = self._slack.command(url, text, channel=channel, user=PERSON)
            await self._told(sent, f"types {text}")

    async def press(
        self, message: Message, action_id: str, value: str | None, block_id: str | None
    ) -> None:
        """Press a button of a message or choose from its menu. Raises: DeedError, LookupError."""
        pressed = self._slack.action(
            self._url(), message, action_id, PERSON, value=value, block_id=block_id
        )
        await self._told(pressed, f"presses {_words(action_id, value)}")

    async def press_in_view(
        self, view_id: str, values: Values, action_id: str, value: str | None, block_id: str | None
    ) -> None:
        """Do so in a modal or on the Home tab. Raises: DeedError, LookupError."""
        view = self._view(view_id)
        self._slack.fill(view, values)
        pressed = self._slack.action_in_view(
            self._url(), view, action_id, PERSON, value=value, block_id=block_id
        )
        await self._told(pressed, f"presses {_words(action_id, value)}")

    async def change(self, view_id: str, values: Values, block_id: str) -> None:
        """Change an input that tells the bot. Raises: DeedError, LookupError."""
        view = self._view(view_id)
        self._slack.fill(view, values)
        changed = self._slack.change(self._url(), view, block_id, values[block_id], PERSON)
        await self._told(changed, f"changes {block_id}")

    async def submit(self, view_id: str, values: Values) -> Mapping[str, str]:
        """Submit a modal and return what is wrong with it, by block.

        Raises: DeedError, LookupError.
        """
        view = self._view(view_id)
        self._slack.fill(view, values)
        if empty := missing(view, self._slack.world.states[view_id]):
            return dict.fromkeys(empty, _MISSING)  # Slack does not ask the app, either
        submitted = self._slack.submit(self._url(), view_id, None, PERSON)
        answer = await self._told(submitted, f"submits {view['title']['text']}")
        body = answer.body if answer and isinstance(answer.body, dict) else {}
        errors: dict[str, str] = body.get("errors", {})
        return errors

    async def close(self, view_id: str) -> None:
        """Put a modal away. Raises: DeedError, LookupError."""
        await self._told(self._slack.close(self._url(), view_id, PERSON), "closes a modal")

    async def open_home(self) -> None:
        """Look at the Home tab. Raises: DeedError."""
        await self._told(self._slack.open_home(self._url(), PERSON), "opens App Home")

    async def shortcut(self, callback_id: str, message: Message) -> None:
        """Choose a shortcut of a message. Raises: DeedError, LookupError."""
        chosen = self._slack.shortcut(self._url(), callback_id, message, PERSON)
        await self._told(chosen, f"chooses {callback_id}")

    async def global_shortcut(self, callback_id: str, channel: str) -> None:
        """Choose a shortcut of the composer, in a channel. Raises: DeedError."""
        chosen = self._slack.global_shortcut(self._url(), callback_id, PERSON, channel=channel)
        await self._told(chosen, f"chooses {callback_id}")

    def _view(self, view_id: str) -> Json:
        homes = {view["id"]: view for view in self._slack.homes.values()}
        return {**homes, **self._slack.views}[view_id]

    async def _told(self, sending: Awaitable[Answer | None], deed: str) -> Answer | None:
        """Wait for the bot's acknowledgement and write it down; None if it was not asked."""
        try:
            answer = await sending
        except (ClientError, TimeoutError):
            self._journal.note(f"anna {deed}: no answer", "bad")
            raise DeedError(_DOWN) from None
        if answer is None:
            return None
        mood: Mood = "good" if answer.status == HTTPStatus.OK else "bad"
        self._journal.note(f"anna {deed}: {answer.status}", mood)
        if not answer.taken:
            said = f"The bot answered {answer.status} after {answer.elapsed_s:.1f} s."
            raise DeedError(answer.trouble or said)
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


def _words(action_id: str, value: str | None) -> str:
    return value if action_id == "menu" and value else action_id
