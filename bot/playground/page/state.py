"""What the page sees, as facts by name; and which of them changed since it last looked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from bot.playground.page.controls import BREAKAGES
from bot.playground.page.playground import Playground
from bot.playground.page.proof import delivery_id
from bot.playground.page.shortcuts import SHORTCUTS
from bot.playground.slack import Message
from bot.playground.slack.interaction_payloads import filled_in
from bot.playground.tour import PERSON

Facts = dict[str, Any]


def facts(playground: Playground) -> Facts:
    """Return everything there is to see; each message, log line and view is a fact."""
    playground.journal.follow()
    slack = playground.stage.slack
    home = slack.homes.get(PERSON)
    return {
        "workspace": _workspace(playground),
        "channels": [_channel(playground, channel_id) for channel_id in slack.channels],
        "samples": playground.samples.types,
        "breakages": {mode: one.label for mode, one in BREAKAGES.items()},
        "slack": {"mode": playground.breaker.mode, "until": playground.breaker.until},
        "bot": playground.switch.state,
        "tour": {
            "playing": playground.programme.playing,
            "scenes": [asdict(scene) for scene in playground.programme.told],
        },
        "proof": asdict(playground.proof),
        "shortcuts": SHORTCUTS,
        "home": home and filled_in(slack.world, home),
        **{f"view/{one['id']}": filled_in(slack.world, one) for one in slack.views.values()},
        **dict(_messages(playground)),
        **{f"log/{one.number:06d}": _entry(one) for one in playground.journal.entries},
    }


class Feed:
    """Tells one page what is new to it."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        self._told: Facts = {}

    def news(self) -> Facts:
        """Return the facts that changed; one that is gone is None."""
        now = facts(self._playground)
        changed = {name: one for name, one in now.items() if self._is_new(name, one)}
        gone = dict.fromkeys(name for name in self._told if name not in now)
        self._told = now
        return changed | gone

    def _is_new(self, name: str, fact: Any) -> bool:
        return name not in self._told or self._told[name] != fact


def blocks_of(message: Message) -> Facts:
    """Return a message as the Web API has it: what Slack was sent."""
    return {
        "channel": message.channel_id,
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "text": message.text,
        "blocks": message.blocks,
        "metadata": message.metadata,
    }


def _workspace(playground: Playground) -> Facts:
    slack = playground.stage.slack
    users = {user.id: {"name": user.name, "bot": user.is_bot} for user in slack.users.values()}
    return {"name": slack.team.name, "bot": slack.team.bot_user_id, "me": PERSON, "users": users}


def _channel(playground: Playground, channel_id: str) -> Facts:
    channel = playground.stage.slack.channels[channel_id]
    return {
        "id": channel.id,
        "name": playground.stage.slack.team.bot_name if channel.is_direct else channel.name,
        "private": channel.is_private,
        "direct": channel.is_direct,
        "member": channel.is_member,
    }


def _messages(playground: Playground) -> Iterator[tuple[str, Facts]]:
    slack = playground.stage.slack
    for channel in slack.channels.values():
        for message in channel.messages:
            yield _message(message)
    for message in slack.ephemerals:
        if message.visible_to == PERSON:
            yield _message(message)


def _message(message: Message) -> tuple[str, Facts]:
    return f"message/{message.channel_id}/{message.ts}", {
        "channel": message.channel_id,
        "ts": message.ts,
        "at": message.at.timestamp(),
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "thread": message.thread_ts if message.is_reply else None,
        "edited": bool(message.edits) and not message.deleted,
        "deleted": message.deleted,
        "private": message.visible_to is not None,
        "delivery": delivery_id(message),
    }


def _entry(entry: Any) -> Mapping[str, Any]:
    return {"at": entry.at.timestamp(), "mood": entry.mood, "text": entry.text}
