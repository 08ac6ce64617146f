"""Web monitors through the real program, also after it was killed and its database lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.playground.faults import CloseWithoutAnswer
from bot.playground.stage import Stage
from tests.system.scene import USER, open_channel, until

OPERATOR, ADMIN, OTHER = "UOPERATOR", "UADMIN", "UOTHER"


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a stage with a monitor that ada made, and three more people."""
    async with Stage(tmp_path, settings={"TOCSIN_ADMINS": OPERATOR}) as one:
        await open_channel(one, "C1")
        one.slack.add_user(OPERATOR, "olga")
        one.slack.add_user(ADMIN, "adam", owner=True)
        one.slack.add_user(OTHER, "otis")
        await asked(one, USER, "/monitors create “Acme” every 6h fields name location us")
        yield one


async def asked(stage: Stage, user: str, typed: str) -> str:
    """Type a command as somebody and return the answer that they see."""
    before = len(stage.slack.answers("C1", user))
    await stage.slack.command(stage.slack_url, typed, channel="C1", user=user)
    await stage.slack.wait_for(lambda: len(stage.slack.answers("C1", user)) > before, 20)
    return stage.slack.answers("C1", user)[-1].text


def triggers(stage: Stage) -> int:
    """Return how many runs were asked for and are paid."""
    return sum(one.cause == "triggered" for one in stage.parallel.runs)


async def test_who_may_change_is_asked_of_slack_and_of_the_settings(stage: Stage) -> None:
    """A member may not; the operator's admin and the workspace's owner may."""
    (monitor_id,) = stage.parallel.monitors
    refused = await asked(stage, OTHER, f"/monitors edit {monitor_id} every 2h")
    by_operator = await asked(stage, OPERATOR, f"/monitors edit {monitor_id} every 2h")
    by_owner = await asked(stage, ADMIN, f"/monitors edit {monitor_id} processor base")

    assert "who made it" in refused
    assert "It costs about $1.08 a month now; it was about $0.36 a month." in by_operator
    assert "It costs about $3.60 a month now; it was about $1.08 a month." in by_owner


async def test_killed_while_a_run_is_asked_for_pays_once(stage: Stage) -> None:
    """Parallel took the run, the answer was lost, the bot was killed: nobody pays twice."""
    (monitor_id,) = stage.parallel.monitors
    stage.parallel.fail("trigger", CloseWithoutAnswer())
    before = len(stage.slack.answers("C1", USER))
    await stage.slack.command(
        stage.slack_url, f"/monitors run {monitor_id}", channel="C1", user=USER
    )
    await until(lambda: triggers(stage) == 1)
    await stage.bot.kill()
    await stage.bot.start()
    await stage.slack.wait_for(lambda: len(stage.slack.answers("C1", USER)) > before, 30)
    second = await asked(stage, ADMIN, f"/monitors run {monitor_id}")

    assert "Whether it runs now is not known" in stage.slack.answers("C1", USER)[-1].text
    assert "does not run again at once" in second
    assert triggers(stage) == 1


async def test_monitors_survive_the_loss_of_the_database(stage: Stage) -> None:
    """Deleted in between, list tells them again; stop and resume know every option and whose."""
    (first,) = stage.parallel.monitors
    await stage.bot.stop()
    for file in stage.database.parent.glob(f"{stage.database.name}*"):
        file.unlink()
    await stage.bot.start()

    listed = await asked(stage, OTHER, "/monitors list all")
    refused = await asked(stage, OTHER, f"/monitors pause {first}")
    await asked(stage, USER, f"/monitors pause {first} stop confirm")
    await asked(stage, USER, f"/monitors resume {first}")

    old, new = stage.parallel.monitors.values()
    assert f"/alerts subscribe parallel monitor {first}" in listed
    assert "who made it" in refused
    assert (old["status"], new["status"]) == ("cancelled", "active")
    assert new["settings"] == old["settings"]
    assert new["metadata"]["user_id"] == USER
