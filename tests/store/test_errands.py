"""Errands: written down before they are run, and in the way of others for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.errands import Errand
from bot.store.sqlite import SqliteStore
from tests.store.making import NOW

PAUSE = timedelta(seconds=60)


def errand(request_id: str = "r1", **more: object) -> Errand:
    """Return an errand of U1."""
    values = {"act": "a", "thing": "t", "user_id": "U1", "at": NOW, **more}
    return Errand.model_validate({"request_id": request_id, **values})


async def test_one_errand_stands_in_the_way_of_the_next(store: SqliteStore) -> None:
    """The first is written, the second is told of it; another thing is free."""
    assert await store.errands.begin(errand(), pause=PAUSE, sure_pause=None) is None

    assert await store.errands.begin(errand("r2"), pause=PAUSE, sure_pause=None) == errand()
    other = errand("r2", thing="other")
    assert await store.errands.begin(other, pause=PAUSE, sure_pause=None) is None


async def test_the_same_request_meets_itself(store: SqliteStore) -> None:
    """However late it is done again, so that it never sends twice."""
    await store.errands.begin(errand(), pause=PAUSE, sure_pause=None)
    late = errand(at=NOW + timedelta(days=1))

    assert await store.errands.begin(late, pause=PAUSE, sure_pause=PAUSE) == errand()


@pytest.mark.parametrize(
    ("taken", "after_s", "free"),
    [
        (None, 59, False), (None, 60, True), (None, -59, False), (None, -61, True),
        (True, 61, False), (True, 10**9, False), (False, 0, True),
    ],
)  # fmt: skip
async def test_how_long_an_errand_stands(
    store: SqliteStore, taken: bool | None, after_s: int, free: bool
) -> None:
    """For ever if it was taken, a minute if nobody knows, not at all if it was refused."""
    await store.errands.begin(errand(), pause=PAUSE, sure_pause=None)
    if taken is not None:
        await store.errands.settle(errand(), taken=taken)

    new = errand("r2", at=NOW + timedelta(seconds=after_s))
    stands = await store.errands.begin(new, pause=PAUSE, sure_pause=None)

    assert (stands is None) is free


async def test_only_its_own_request_settles_an_errand(store: SqliteStore) -> None:
    """Who comes late does not change what somebody else has begun since."""
    await store.errands.begin(errand(), pause=PAUSE, sure_pause=None)
    second = errand("r2", at=NOW + PAUSE)
    await store.errands.begin(second, pause=PAUSE, sure_pause=None)

    await store.errands.settle(errand(), taken=False)
    assert await store.errands.get("a", "t") == second
    await store.errands.settle(errand(), taken=True)
    assert await store.errands.get("a", "t") == second
    await store.errands.settle(second, taken=True)
    assert await store.errands.get("a", "t") == second.model_copy(update={"sure": True})
