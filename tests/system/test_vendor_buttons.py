"""Buttons that call Deck and Lytics, through the real program, also when it is killed."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from bot.playground.deck.sim import MFA
from bot.playground.faults import Hang
from bot.playground.slack import Message
from bot.playground.stage import Stage
from tests.system import talkative
from tests.system.scene import USER, heard, open_channel, posts, settled, until

CODE = "canary 004917"


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a stage whose bot writes down all it can, with a channel that follows both."""
    async with Stage(tmp_path, program=(talkative.__file__,)) as one:
        await open_channel(one, "C1", "deck", "lytics")
        yield one


async def asking(stage: Stage) -> Message:
    """Have Deck tell that a run asks, and return the message."""
    run_id = stage.deck.add_run()
    event = {
        "id": f"evt_{run_id}",
        "object": "event",
        "type": "task_run.interaction_required",
        "created_at": "2026-11-20T09:00:00Z",
        "data": stage.deck.runs[run_id],
    }
    await stage.senders["deck"].send(event)
    return await heard(stage, "C1", run_id)


async def form(stage: Stage, message: Message) -> dict[str, Any]:
    """Press Answer and return the modal that asks."""
    pressed = await stage.slack.action(stage.slack_url, message, "deck.answer", USER)
    assert pressed.status == 200
    await until(lambda: any("submit" in one for one in stage.slack.views.values()))
    return next(one for one in stage.slack.views.values() if "submit" in one)


async def submit(stage: Stage, view: dict[str, Any]) -> None:
    """Fill in the code and submit."""
    stage.slack.fill(view, {"blank-0": CODE})
    answer = await stage.slack.submit(stage.slack_url, view["id"], None, USER)
    assert answer.status == 200


def holders(stage: Stage) -> list[str]:
    """Return which files of the bot hold the code, with the database's log written back."""
    connection = sqlite3.connect(stage.database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    files = (one for one in stage.database.parent.iterdir() if one.is_file())
    return [one.name for one in files if CODE.encode() in one.read_bytes()]


async def test_an_answer_reaches_deck_and_nobody_else(stage: Stage) -> None:
    """The form names the agent, Deck has the code once, the alert says who, no file has it."""
    message = await asking(stage)
    view = await form(stage, message)

    await submit(stage, view)
    await until(lambda: "answered this" in str(posts(stage, "C1")[-1].blocks))
    await settled(stage)

    assert view["title"]["text"].startswith("Answer Invoice")
    assert str(MFA["message"]) in str(view)
    assert [given for _, given in stage.deck.answered] == [{"code": CODE}]
    assert CODE not in str(posts(stage, "C1"))
    await stage.bot.stop()
    assert holders(stage) == []


async def test_killed_while_it_answers(stage: Stage) -> None:
    """Deck took the code, the bot was killed before it knew: it looks, and never sends again."""
    view = await form(stage, await asking(stage))
    stage.deck.fail("submit", Hang(after=True))

    await submit(stage, view)
    await until(lambda: len(stage.deck.answered) == 1)
    await stage.bot.kill()
    await stage.bot.start(program=(talkative.__file__,))
    await until(lambda: "answered this" in str(posts(stage, "C1")[-1].blocks))
    await settled(stage)

    assert stage.deck.count("submit") == 1
    await stage.bot.stop()
    assert holders(stage) == []


async def test_a_failed_job_is_resumed(stage: Stage) -> None:
    """Its log can be read, it runs again, and the alert says who let it."""
    job_id = stage.lytics.add_job()
    stage.lytics.add_line(job_id, "The ad account said no", level="error", code="JOB-FAULT-022")
    event = {"id": "e1", "subject_type": "work", "subject_id": job_id, "verb": "failed"}
    await stage.senders["lytics"].send({**event, "timestamp": "2026-11-20T09:00:00Z"})
    message = await heard(stage, "C1", job_id)
    press = stage.slack.action

    await press(stage.slack_url, message, "lytics.logs", USER)
    await until(lambda: "JOB-FAULT-022" in str(stage.slack.views))
    await press(stage.slack_url, message, "lytics.resume", USER)
    await until(lambda: "resumed this job" in str(posts(stage, "C1")[-1].blocks))

    assert stage.lytics.resumed == [job_id]
