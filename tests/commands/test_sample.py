"""`/alerts test`: a sample on the way that alerts go, marked TEST, once."""

from __future__ import annotations

import pytest

from bot.core.alerts import Alert
from tests.commands.counter import Counter
from tests.store.making import rows


async def owed(counter: Counter) -> list[Alert]:
    """Return the messages that are owed."""
    found = await rows(counter.store, "SELECT alert FROM notifications WHERE state = 'pending'")
    return [Alert.model_validate_json(row["alert"]) for row in found]


@pytest.mark.parametrize("source", ["deck", "lytics", "parallel", "surfacedby", "*"])
async def test_every_source_has_a_sample(counter: Counter, source: str) -> None:
    """Marked TEST, with nothing that belongs to a real card or thread."""
    made = await counter.follow(source=source)
    told = await counter.type(f"/alerts test {made.id}")
    (sample,) = await owed(counter)

    assert "is on its way here, marked TEST." in told
    assert "The filter" not in told
    assert (sample.test, sample.card, sample.replies) == (True, None, ())


async def test_the_filter_chooses_the_sample(counter: Counter) -> None:
    """What the subscription would hear; if nothing fits, that is said."""
    fitting = await counter.follow(words="type:scan.failed")
    told = await counter.type(f"/alerts test {fitting.id}")
    none = await counter.follow(words="domain:nobody-has-this")
    unfit = await counter.type(f"/alerts test {none.id}")

    assert told == "A sample scan.failed is on its way here, marked TEST."
    assert "The filter would not let it through" in unfit
    assert len(await owed(counter)) == 2


async def test_the_same_request_twice_owes_one(counter: Counter) -> None:
    """A crash between doing and answering repeats nothing; a second command is a second wish."""
    await counter.follow()
    request = counter.request("command", "alerts", text="test 1")
    for _ in range(2):
        await counter.run(request)
    assert len(await owed(counter)) == 1
    await counter.type("/alerts test 1")

    assert len(await owed(counter)) == 2


@pytest.mark.parametrize(
    ("typed", "more", "said"),
    [
        ("1", {"channel_id": "C2"}, "belongs to another channel"),
        ("7", {}, "There is no subscription 7"),
        ("1", {"team_id": "T2"}, "There is no subscription 1"),
        ("1", {"user_id": "UGUEST"}, "Guests"),
        ("", {}, "Which one?"),
        ("x", {}, "is not the number of a subscription"),
    ],
)
async def test_refused(counter: Counter, typed: str, more: dict[str, str], said: str) -> None:
    """Elsewhere, unknown, of another workspace, for guests; nothing is owed."""
    await counter.follow()

    assert said in await counter.type(f"/alerts test {typed}", **more)
    assert await owed(counter) == []
