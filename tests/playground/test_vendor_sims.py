"""The simulated Deck and Lytics know of what their webhooks tell."""

from __future__ import annotations

from pathlib import Path

from aiohttp import ClientSession

from bot.playground.page.samples import Samples
from bot.playground.stage import Stage
from tests.apis.vendors import deck, lytics


async def test_what_is_fired_can_be_asked_for(tmp_path: Path) -> None:
    """A run that a sample says asks can be answered; a job that failed can be resumed."""
    async with Stage(tmp_path, starts=False) as stage, ClientSession() as session:
        samples = Samples(["deck", "lytics"], stage.parallel)
        asks = samples.fresh("deck", "task_run.interaction_required").body
        failed = samples.fresh("lytics", "work.failed").body
        stage.hear("deck", asks)
        stage.hear("lytics", failed)

        api = deck(stage.deck, session)
        prompt = await api.prompt(asks["data"]["id"])
        await api.answer(prompt.run_id, {prompt.blanks[0].name: "Elm Street"}, key="k")
        job = await lytics(stage.lytics, session).job(failed["subject_id"])
        (line,) = await lytics(stage.lytics, session).logs(job.id, most=5)

        assert prompt.waits
        assert await api.agent(prompt.agent_id) == "Invoice fetcher"
        assert len(stage.deck.answered) == 1
        assert (job.status, job.name) == ("failed", failed["context"]["name"])
        assert line.code == failed["context"]["code"]


async def test_other_events_change_nothing(tmp_path: Path) -> None:
    """What is no run and no job leaves the simulations as they are."""
    async with Stage(tmp_path, starts=False) as stage:
        stage.hear("deck", {"data": {"object": "agent", "id": "agt_1"}})
        stage.hear("deck", {"data": None})
        stage.hear("lytics", {"subject_type": "segment", "subject_id": "s1", "verb": "created"})
        stage.hear("surfacedby", {})

        assert (stage.deck.runs, stage.lytics.jobs) == ({}, {})
