"""What was promised, as assertions about what is stored and what stands in Slack."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from bot.core.notifications import MOST_REPEATS
from tests.model.bot import Bot
from tests.model.runs import STAGES, Order, order
from tests.pipeline.slack import FakeSlack, Message

NAMED_ENDS = {"expired", "parent", "payload"}
EDIT_ENDS = {"unknown", "payload", "channel"}

RUNS = "card:probe/run/"
_EVENT = re.compile(r"[@#]([0-9]+|first)$")

_MESSAGES = """
    SELECT id, delivery_id, channel_id, key, state, reason, ts, alert, revision, shown
    FROM notifications ORDER BY id
"""
_EVENTS = """
    SELECT e.id, e.key, e.type, json_extract(CAST(b.raw AS TEXT), '$.group') AS grp,
           json_extract(CAST(b.raw AS TEXT), '$.run') AS run
    FROM events e JOIN bodies b ON b.id = e.body_id
"""


def kept(bot: Bot, acknowledged: Mapping[str, bytes]) -> None:
    """What was acknowledged is stored, byte for byte."""
    found = bot.rows("SELECT e.key, b.raw FROM events e JOIN bodies b ON b.id = e.body_id")
    assert acknowledged == {row["key"]: row["raw"] for row in found}


def said_once(bot: Bot, slack: FakeSlack) -> None:
    """Nothing is said twice, unless the history kept it from us; then it is marked."""
    rows = bot.rows(_MESSAGES)
    copies: dict[str, list[Message]] = defaultdict(list)
    for one in slack.messages:
        copies[one.delivery_id].append(one)
    for delivery_id, messages in copies.items():
        if len(messages) > 1:
            assert delivery_id in slack.overlooked, f"said twice: {messages}"
            assert all(one.marked for one in messages[1:]), f"not marked: {messages}"
            assert len(messages) <= 1 + MOST_REPEATS
    deliveries: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in slack.messages:
        deliveries[one.channel_id, one.key].add(one.delivery_id)
    for (channel, key), ids in deliveries.items():
        dead = [row for row in rows if row["delivery_id"] in ids and row["state"] == "dead"]
        assert len(ids) - len(dead) <= 1, f"{key} in {channel} has two deliveries"


def sent_is_there(bot: Bot, slack: FakeSlack) -> None:
    """What is stored as sent stands in Slack, in its channel, under its timestamp."""
    there = {(one.ts, one.delivery_id, one.channel_id) for one in slack.messages}
    for row in bot.rows(_MESSAGES):
        if row["state"] == "sent":
            assert (row["ts"], row["delivery_id"], row["channel_id"]) in there


def in_order(bot: Bot, slack: FakeSlack) -> None:
    """Replies stand under their own parent, after it, in the order in which they were owed."""
    ids: dict[object, Any] = {row["delivery_id"]: row["id"] for row in bot.rows(_MESSAGES)}
    earlier: dict[str, Message] = {}
    threads: dict[str, list[int]] = defaultdict(list)
    seen: set[str] = set()
    for one in slack.messages:
        if one.parent_ts is not None:
            parent = earlier[one.parent_ts]
            assert (parent.channel_id, parent.key) == (one.channel_id, one.key.split("#")[0])
            if one.delivery_id not in seen:
                threads[one.parent_ts].append(ids[one.delivery_id])
        else:
            assert "#" not in one.key
        seen.add(one.delivery_id)
        earlier[one.ts] = one
    for thread in threads.values():
        assert sorted(thread) == thread


class Told(NamedTuple):
    """An event of a run, in the order in which events were routed, and who was owed it."""

    event: int
    run: str
    order: Order
    channels: set[str]


def newest_shown(bot: Bot, slack: FakeSlack, routed: Sequence[Told]) -> None:
    """A card shows the greatest by end, time and rank of all that came."""
    standing = {one.ts: one for one in slack.messages}
    cards = {
        (row["channel_id"], _run(row)): row
        for row in bot.rows(_MESSAGES)
        if _is_card(row) and row["state"] == "sent"
    }
    for (channel, run), row in cards.items():
        if row["reason"] in EDIT_ENDS:
            continue
        greatest = max(one.order for one in routed if one.run == run)
        shown = order(standing[row["ts"]].alert)
        assert shown == greatest, f"{run} in {channel} shows {shown}, not {greatest}"


def story_told(bot: Bot, routed: Sequence[Told]) -> None:
    """Each event that a channel was owed posted the card or has a line in its thread, once."""
    rows = [row for row in bot.rows(_MESSAGES) if row["key"].startswith(RUNS)]
    for one in routed:
        for channel in one.channels:
            mine = (row for row in rows if row["channel_id"] == channel)
            lines = [row for row in mine if _event(row) == str(one.event)]
            # A card that began with a later state tells its own event in the thread.
            lines = [row for row in lines if "#" in row["key"]] or lines
            assert lines, f"event {one.event} of {one.run} was never owed to {channel}"
            assert len(lines) == 1, f"event {one.event} of {one.run} stands twice in {channel}"
            (line,) = lines
            ended = line["state"] == "sent" or line["reason"] in NAMED_ENDS
            assert ended, f"{line['key']} in {channel}: {line['state']}, {line['reason']}"


def _is_card(row: dict[str, Any]) -> bool:
    return row["key"].startswith(RUNS) and not {"#", "~"} & set(row["key"])


def _event(row: dict[str, Any]) -> str:
    """Return the number of the event that a message of a card tells."""
    found = _EVENT.search(str(row["key"]).split("~")[0])
    assert found is not None
    return found[1]


def _run(row: dict[str, Any]) -> str:
    return str(row["key"].removeprefix(RUNS).partition("@")[0])


def nobody_else(bot: Bot, slack: FakeSlack, owed: Mapping[str, set[str]]) -> None:
    """A channel hears only of events that it was owed."""
    heard: dict[str, set[str]] = defaultdict(set)
    for row in bot.rows(_EVENTS):
        name = _name(row)
        heard[name] |= owed.get(str(row["key"]), set())
    for one in slack.messages:
        card, _, line = one.key.partition("#")
        assert one.channel_id in heard[card]
        if card.startswith(RUNS) and line.isdecimal():
            assert one.channel_id in heard[f"{card.partition('@')[0]}@{line}"]


def _name(event: dict[str, Any]) -> str:
    """Return the key of the message that an event posts, if it posts one."""
    if event["type"] in STAGES:
        return f"{RUNS}{event['run']}@{event['id']}"
    is_group = event["type"] == "found"
    return f"card:probe/m1/{event['grp']}" if is_group else f"event:{event['id']}"


def reached(bot: Bot, slack: FakeSlack, owed: Mapping[str, set[str]]) -> None:
    """Every event is in every channel that was owed it, or has an end with a name."""
    rows = bot.rows(_MESSAGES)
    for event in bot.rows("SELECT id, key, type, state, reason FROM events"):
        if event["state"] == "dead":
            assert ("crashes", "poison") == (event["type"], event["reason"])
            continue
        assert event["state"] == "routed", f"{event} was never routed"
        if event["type"] == "found" or event["type"] in STAGES:
            continue
        for channel in owed[str(event["key"])]:
            _ended(rows, channel, f"event:{event['id']}")
    _shown(rows, slack)


def told(bot: Bot, due: Mapping[tuple[str, str], Iterable[str]]) -> None:
    """Every member that a group had when it was announced is in each channel's thread."""
    rows = bot.rows(_MESSAGES)
    for (channel, group), members in due.items():
        card = f"card:probe/m1/{group}"
        if _ended(rows, channel, card) == "sent":
            for member in members:
                _ended(rows, channel, f"{card}#{member}")


def _ended(rows: list[dict[str, Any]], channel: str, key: str) -> str:
    """Return how a message ended; a thread that died may have been begun anew."""
    found = [
        row for row in rows if row["channel_id"] == channel and str(row["key"]).split("~")[0] == key
    ]
    assert found, f"{key} was never owed to {channel}"
    last = found[-1]
    assert last["state"] == "sent" or (last["state"] == "dead" and last["reason"] in NAMED_ENDS), (
        f"{key} in {channel} ended as {last['state']}: {last['reason']}"
    )
    return str(last["state"])


def _shown(rows: list[dict[str, Any]], slack: FakeSlack) -> None:
    """The newest words are shown, unless Slack refused the edit for good."""
    standing = {one.ts: one for one in slack.messages}
    for row in rows:
        if row["state"] == "sent" and row["reason"] not in EDIT_ENDS:
            assert row["alert"] == standing[row["ts"]].alert.model_dump_json(), row["key"]
