"""A channel of the stand-in as its people read it."""

import re
from collections.abc import Iterator

from bot.playground.slack import Channel, Message, SlackStandIn
from bot.slack.transcript import message_text

__all__ = ["message_text", "render"]

_ID = re.compile(r"(?<=[@#])[A-Z][A-Z0-9]+\b")
_REPLY, _REPLY_MORE = "  ↳ ", "    "


def render(standin: SlackStandIn, channel_id: str) -> str:
    """Return the channel as text: parents in order, each with its thread under it.

    Ids after @ and # are replaced by the names of the workspace.
    """
    channel = standin.channels[channel_id]
    text = "\n\n".join(_thread(standin, channel, message) for message in _parents(channel))
    return _ID.sub(lambda match: _name(standin, match[0]), text)


def _parents(channel: Channel) -> Iterator[Message]:
    """Yield what stands in the channel itself, replies to a vanished parent included."""
    for message in channel.messages:
        if not message.is_reply or channel.find(message.thread_ts) is None:
            yield message


def _thread(standin: SlackStandIn, channel: Channel, parent: Message) -> str:
    parts = [_message(standin, parent)]
    for reply in channel.replies(parent.ts):
        first, *rest = _message(standin, reply).splitlines()
        parts += [f"{_REPLY}{first}", *(f"{_REPLY_MORE}{line}" for line in rest)]
    return "\n".join(parts)


def _message(standin: SlackStandIn, message: Message) -> str:
    """Return one message; only people are named, the rest is the bot."""
    text = message_text(message.payload)
    if message.user != standin.team.bot_user_id:
        text = f"@{message.user}: {text}"
    return f"{text} (edited)" if message.edits and not message.deleted else text


def _name(standin: SlackStandIn, item_id: str) -> str:
    known = standin.users.get(item_id) or standin.channels.get(item_id)
    return known.name if known else item_id
