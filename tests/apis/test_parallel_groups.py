"""Event groups: everything that is there, oldest first, in bounded memory."""

import tracemalloc
from collections.abc import AsyncIterator

import pytest

from bot.apis.bounded import MOST_BYTES
from bot.apis.parallel import ParallelApi
from bot.core.errors import ApiError
from bot.core.events import GroupRef, Subject
from bot.core.reasons import Reason
from bot.playground.faults import (
    ErrorBody,
    Fault,
    GzipBomb,
    HalfBody,
    Hang,
    RateLimited,
    Reset,
    ServerError,
    Text200,
    WrongType,
)
from bot.playground.parallel import API_KEY, Numbered, ParallelSim, text


def _ref(monitor_id: str, group_id: str) -> GroupRef:
    return GroupRef(id=group_id, subject=Subject(kind="monitor", id=monitor_id))


@pytest.fixture
async def impatient(sim: ParallelSim) -> AsyncIterator[ParallelApi]:
    """Speak to the simulated API with hardly any patience."""
    client = ParallelApi(API_KEY, sim.base_url, webhook_url=None, timeout_s=0.3)
    yield client
    await client.close()


async def test_members_come_oldest_first_with_what_is_watched(
    sim: ParallelSim, api: ParallelApi
) -> None:
    """The order of finding, stable ids, and the monitor's own words."""
    monitor = sim.add_monitor("Harbor Biologics", frequency="6h", processor="base")
    group_id = sim.add_findings(monitor, [text("first"), text("second")])

    group = await api.read(_ref(monitor, group_id))
    again = await api.read(_ref(monitor, group_id))

    assert [one.data["output"]["content"] for one in group.members] == ["first", "second"]
    assert group.complete
    assert group.about == {
        "query": "Harbor Biologics",
        "frequency": "6h",
        "processor": "base",
        "kind": "event_stream",
    }
    assert again == group


async def test_growing_group_keeps_its_ids(sim: ParallelSim, api: ParallelApi) -> None:
    """What was read before comes first and unchanged; the new finding is added."""
    monitor = sim.add_monitor("q")
    group_id = sim.add_findings(monitor, [text("first")])
    before = await api.read(_ref(monitor, group_id))
    sim.add_findings(monitor, [text("second")], group_id)

    after = await api.read(_ref(monitor, group_id))

    assert after.members[:1] == before.members
    assert len(after.members) == 2


async def test_unknown_group_is_empty(sim: ParallelSim, api: ParallelApi) -> None:
    """Nothing there yet is an answer, not an error."""
    group = await api.read(_ref(sim.add_monitor("q"), "mevtgrp_none"))

    assert group.members == ()
    assert group.complete


async def test_only_rows_with_an_id_are_members_and_each_once(
    sim: ParallelSim, api: ParallelApi
) -> None:
    """Completions, errors, repeats and nonsense are no findings."""
    rows = [{"event_id": "b"}, {"event_id": "a", "x": 1}, {"event_id": "a"}, {}, None, 7]
    rows += [{"event_id": 5}, {"event_id": ""}, {"event_type": "completion"}]
    sim.fail("events", WrongType({"events": rows, "warnings": None}))

    group = await api.read(_ref(sim.add_monitor("q"), "g"))

    assert [one.id for one in group.members] == ["a", "b"]


async def test_about_is_asked_once_an_hour(sim: ParallelSim) -> None:
    """A second read asks for the group only; after an hour both are asked."""
    now = [0.0]
    api = ParallelApi(API_KEY, sim.base_url, webhook_url=None, monotonic=lambda: now[0])
    ref = _ref(sim.add_monitor("q"), "g")

    for at in (0.0, 3599.0, 3600.0):
        now[0] = at
        await api.read(ref)
    await api.close()

    assert [call.operation for call in sim.calls] == [
        "events", "retrieve", "events", "events", "retrieve",
    ]  # fmt: skip


async def test_failing_about_does_not_fail_the_read(sim: ParallelSim, api: ParallelApi) -> None:
    """Findings without a title beat no findings; the next read asks again."""
    monitor = sim.add_monitor("q")
    group_id = sim.add_findings(monitor, [text("one")])
    sim.fail("retrieve", ServerError(500))

    group = await api.read(_ref(monitor, group_id))
    again = await api.read(_ref(monitor, group_id))

    assert (len(group.members), group.about) == (1, {})
    assert again.about["query"] == "q"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (ErrorBody(404, {"detail": "gone"}), Reason.NOT_FOUND),
        (ErrorBody(401, {"detail": "key"}), Reason.INSTALLATION),
        (RateLimited("3"), Reason.RATE_LIMITED),
        (ServerError(500), Reason.SERVER),
        (ServerError(502, "html"), Reason.SERVER),
        (Hang(), Reason.TIMEOUT),
        (Reset(), Reason.DISCONNECTED),
        (HalfBody(), Reason.DISCONNECTED),
        (Text200("{"), Reason.SERVER),
        (WrongType([]), Reason.SERVER),
        (WrongType({"events": {"event_id": "x"}}), Reason.SERVER),
    ],
    ids=str,
)
async def test_each_failure_has_its_reason(
    sim: ParallelSim, impatient: ParallelApi, fault: Fault, reason: Reason
) -> None:
    """Whatever breaks, the caller learns whether to come again; and the next read works."""
    monitor = sim.add_monitor("q")
    group_id = sim.add_findings(monitor, [text("one")])
    sim.fail("events", fault)

    with pytest.raises(ApiError) as caught:
        await impatient.read(_ref(monitor, group_id))

    assert caught.value.reason is reason
    assert len((await impatient.read(_ref(monitor, group_id))).members) == 1


async def test_huge_group_is_cut_in_bounded_memory(sim: ParallelSim) -> None:
    """Of 10,000 findings of 2 KB the newest that fit are whole; memory stays < 64 MiB."""
    api = ParallelApi(API_KEY, sim.base_url, webhook_url=None)
    monitor = sim.add_monitor("q")
    group_id = sim.add_findings(monitor, Numbered(10_000))
    await api.read(_ref(monitor, "warm-up"))

    tracemalloc.start()
    group = await api.read(_ref(monitor, group_id))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await api.close()

    assert not group.complete
    assert 3_000 < len(group.members) < MOST_BYTES // 2_000
    assert all(len(one.data["output"]["content"]) == 2_000 for one in group.members)
    assert group.members[-1].data["output"]["content"].startswith("Finding 10000.")
    assert peak_bytes < 64 * 1024 * 1024


async def test_packed_bomb_is_cut_in_bounded_memory(sim: ParallelSim, patient: ParallelApi) -> None:
    """128 MiB of white space in 128 KiB are cut and unreadable; memory stays small."""
    ref = _ref(sim.add_monitor("q"), "g")
    await patient.read(ref)
    sim.fail("events", GzipBomb(1 << 27))

    tracemalloc.start()
    with pytest.raises(ApiError) as caught:
        await patient.read(ref)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert caught.value.reason is Reason.SERVER
    assert peak_bytes < 64 * 1024 * 1024
