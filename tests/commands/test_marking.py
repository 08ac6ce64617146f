"""What was done from an alert is shown on it, with the name of who did it."""

from __future__ import annotations

import pytest

from bot.core.forms import Form
from tests.commands.counter import Counter
from tests.store.making import TEAM


async def shown(counter: Counter, ts: str) -> list[tuple[str, str]]:
    """Return who did what, as the message has it."""
    found = await counter.store.messages.find(TEAM, "C1", ts)
    assert found is not None
    return [(mark.by, mark.words) for mark in found.marks]


async def test_a_run_names_who_asked_for_it(counter: Counter) -> None:
    """Once, although it was pressed twice; the second press is told that it ran."""
    ts, monitor = await counter.alert(), await counter.monitor()
    for user in ("U1", "U1"):
        await counter.press("parallel.run", monitor.id, message_ts=ts, user_id=user)

    assert await shown(counter, ts) == [("U1", "let it run once")]
    assert len(counter.api.triggered) == 1


@pytest.mark.parametrize(
    ("how", "words"),
    [("hold", "put it on hold"), ("slow", "slowed it down"), ("stop", "stopped it")],
)
async def test_a_pause_names_who_and_how(counter: Counter, how: str, words: str) -> None:
    """The form remembers the message it was opened from."""
    ts, monitor = await counter.alert(), await counter.monitor()
    form = await counter.press("parallel.pause", monitor.id, message_ts=ts)
    await counter.submit(form, {"how": how})

    assert await shown(counter, ts) == [("U1", words)]


async def test_what_was_refused_is_not_shown(counter: Counter) -> None:
    """Another member may not run it, and the message says nothing of it."""
    ts, monitor = await counter.alert(), await counter.monitor()
    await counter.press("parallel.run", monitor.id, message_ts=ts, user_id="U2")

    assert await shown(counter, ts) == []
    assert counter.api.triggered == []


async def test_from_the_home_tab_no_message_is_marked(counter: Counter) -> None:
    """There is none."""
    monitor = await counter.monitor()
    form = await counter.press("parallel.pause", monitor.id)

    assert isinstance(form, Form)
    assert form.context == monitor.id
    assert await counter.submit(form, {"how": "hold"}) is not None
