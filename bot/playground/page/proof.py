"""Whether the promise was kept: what was acknowledged, held against what Slack shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.playground.page.ledger import Key, Ledger
from bot.playground.slack import Message, SlackStandIn

Story = Mapping[str, Any]
"""What the bot's own records say of an event: its `source`, `event`, `state` and `messages`."""

_OWED = {"pending", "sending", "unknown", "held"}


@dataclass(frozen=True)
class Proof:
    """The counters of the panel.

    `refused` are posts that were not accepted, by a refusal or by silence. `under_way` are
    events and messages that the bot has on disk and still owes; `lost` are those that are
    nowhere, and those it gave up; `repeated` are copies too many.
    """

    sent: int = 0
    acknowledged: int = 0
    refused: int = 0
    events: int = 0
    messages: int = 0
    under_way: int = 0
    lost: int = 0
    repeated: int = 0


def prove(
    ledger: Ledger, events: Collection[Key], stories: Iterable[Story], slack: SlackStandIn
) -> Proof:
    """Return the counters.

    `events` are those that were acknowledged before the records were read, so that an event
    that came meanwhile is not taken for lost.
    """
    delivered = Counter(delivery_ids(slack))
    known = {(story["source"], story["event"]): story for story in stories}
    fates = Counter(fate for key in events for fate in _fates(known.get(key), delivered))
    copies = delivered.total() - len(delivered)
    return Proof(
        sent=ledger.sent,
        acknowledged=ledger.acknowledged,
        refused=ledger.sent - ledger.acknowledged,
        events=len(events),
        messages=delivered.total(),
        under_way=fates["under way"],
        lost=fates["lost"],
        repeated=copies + sum(_said_twice(story, delivered) for story in known.values()),
    )


def delivery_ids(slack: SlackStandIn) -> Iterator[str]:
    """Yield the hidden id of every message of the bot, a copy's too."""
    for channel in slack.channels.values():
        yield from (id_ for one in channel.messages if (id_ := delivery_id(one)))


def delivery_id(message: Message) -> str:
    """Return the hidden id of a message; empty if it has none."""
    payload = (message.metadata or {}).get("event_payload", {})
    return str(payload.get("delivery_id", ""))


def _fates(story: Story | None, delivered: Mapping[str, int]) -> Iterator[str]:
    """Yield what became of an event and of each message it owes."""
    if story is None or story["state"] == "dead":
        yield "lost"
    elif story["state"] == "received":
        yield "under way"
    else:
        for message in story["messages"]:
            yield _fate(message, delivered)


def _fate(message: Story, delivered: Mapping[str, int]) -> str:
    if message["delivery"] in delivered:
        return "said"
    if message["state"] in _OWED:
        return "under way"
    return "skipped" if message["state"] == "skipped" else "lost"


def _said_twice(story: Story, delivered: Mapping[str, int]) -> int:
    """Return how many messages too many tell of an event in the channels themselves.

    Their delivery ids differ, so that nobody would notice by those.
    """
    heads: Sequence[Story] = [one for one in story["messages"] if not one["in_thread"]]
    said = Counter(one["channel"] for one in heads if one["delivery"] in delivered)
    return said.total() - len(said)
