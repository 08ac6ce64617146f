"""What is played each time: two wishes, a group of findings, and a failed scan.

Its people and senders do what real ones do when the bot does not answer: they try again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from aiohttp import ClientError

from bot.playground.parallel import text
from bot.playground.senders import fresh_id
from bot.playground.stage import Stage
from tests.system.scene import USER, count, delivery_ids, posts, rows, said, scan_failed, until

CHANNEL = "C1"
SITE = "second.example"
FINDINGS = tuple(f"Finding number {number}." for number in range(3))
QUESTION = "Which bells rang?"

PATIENCE_S = 60.0
OK = 200
OPEN_REQUESTS = "requests WHERE state <> 'answered'"


class UnkeptError(AssertionError):
    """Something that was acknowledged did not happen."""


async def play(stage: Stage) -> None:
    """Do everything, and return when all of it was acknowledged.

    Raises:
        UnkeptError: a command was acknowledged and not done.
    """
    stage.slack.add_channel(CHANNEL, "alerts")
    stage.slack.add_user(USER, "ada")
    await _demand(stage, "/alerts subscribe surfacedby", lambda: count(stage, "subscriptions") == 1)
    await _demand(
        stage,
        f'/monitors create "{QUESTION}" every 1d',
        lambda: count(stage, "subscriptions") == 2,
    )
    await _find(stage)
    await stage.senders["surfacedby"].send_until_accepted(scan_failed(SITE), tries=300, delay_s=0.1)


async def _demand(stage: Stage, typed: str, done: Callable[[], bool]) -> None:
    """Type a command until it is acknowledged, unless the failed one was done after all."""
    while not done():
        try:
            answer = await stage.slack.command(stage.slack_url, typed, channel=CHANNEL, user=USER)
        except (ClientError, TimeoutError):
            acknowledged = False
        else:
            acknowledged = answer.status == OK and not answer.text
        await until(lambda: count(stage, OPEN_REQUESTS) == 0, timeout_s=PATIENCE_S)
        if acknowledged and not done():
            raise UnkeptError(f"{typed} was acknowledged and not done")
        await asyncio.sleep(0.1)


async def _find(stage: Stage) -> None:
    """Let the monitor find something, and its sender tell of it until it is heard."""
    parallel = stage.parallel
    (monitor,) = parallel.monitors
    group = parallel.add_findings(monitor, [text(one) for one in FINDINGS])
    body = {
        "type": "monitor.event.detected",
        "timestamp": "2026-11-20T06:09:40Z",
        "data": {"monitor_id": monitor, "event": {"event_group_id": group}},
    }
    await stage.senders["parallel"].send_until_accepted(body, tries=300, delay_s=0.1, id=fresh_id())


def violations(stage: Stage) -> list[str]:
    """Return what of the promise was not kept, once the bot has nothing left to do."""
    channel = posts(stage, CHANNEL)
    replies = [one for one in channel if one.is_reply]
    heads = [one for one in channel if not one.is_reply and FINDINGS[0] in one.text]
    told = [next((one for one in FINDINGS if one in reply.text), "") for reply in replies]
    repeated = [one for one, times in delivery_ids(stage).items() if times > 1]
    facts = {
        "the scan is said once": said(stage, CHANNEL, SITE) == 1,
        "one message has the group": len(heads) == 1,
        "each finding is a reply, once and in order": told == list(FINDINGS),
        "the replies are in its thread": {one.thread_ts for one in replies}
        == {one.ts for one in heads},
        "no delivery is there twice": not repeated,
        "nothing else was said": len(channel) == 2 + len(FINDINGS),
        "one monitor was made": len(stage.parallel.monitors) == 1,
        "each webhook is one event": count(stage, "events") == 2,
        "every message is sent": Counter(_states(stage)) == {"sent": 2 + len(FINDINGS)},
        "its author was told of the monitor": _told_of_the_monitor(stage),
        "the database is whole": rows(stage, "PRAGMA integrity_check") == [("ok",)],
    }
    return [f"not so: {what}" for what, true in facts.items() if not true]


def _states(stage: Stage) -> list[str]:
    return [row[0] for row in rows(stage, "SELECT state FROM notifications")]


def _told_of_the_monitor(stage: Stage) -> bool:
    answers = stage.slack.answers(CHANNEL, USER)
    return any(monitor in one.text for one in answers for monitor in stage.parallel.monitors)
