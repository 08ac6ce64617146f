"""The simulated Monitor API, asked by the vendor's own client over HTTP."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import httpx
import parallel
import pytest
from parallel import AsyncParallel

from bot.playground import faults
from bot.playground.parallel import (
    API_KEY,
    Finding,
    Numbered,
    ParallelSim,
    basis,
    citation,
    json_output,
    snapshot,
    structured,
    text,
)

HOOK = {"url": "http://127.0.0.1:9/webhooks/parallel"}
BODY: dict[str, Any] = {"type": "event_stream", "frequency": "1d", "settings": {"query": "tolls"}}
LISTING = "/v1/monitors"
POLICY = ["body", "settings", "advanced_settings", "source_policy"]


def policy(**fields: Any) -> dict[str, Any]:
    """Return a change of the body that sets where to look."""
    return {"settings": {"query": "q", "advanced_settings": {"source_policy": fields}}}


@pytest.fixture
async def sim() -> AsyncIterator[ParallelSim]:
    """A running API with an empty account."""
    async with ParallelSim() as running:
        yield running


@pytest.fixture
async def client(sim: ParallelSim) -> AsyncIterator[AsyncParallel]:
    """The vendor's client without its own retries."""
    async with AsyncParallel(
        api_key=API_KEY, base_url=sim.base_url, max_retries=0, timeout=5
    ) as opened:
        yield opened


async def post(client: AsyncParallel, path: str, body: Any) -> httpx.Response:
    """Post a body that the client's own types would not let pass."""
    return await client.post(path, cast_to=httpx.Response, body=body)


async def get(client: AsyncParallel, path: str) -> dict[str, Any]:
    """Get a path with its query as written."""
    response = await client.get(path, cast_to=httpx.Response)
    content: dict[str, Any] = response.json()
    return content


async def one_by_one(client: AsyncParallel, monitor_id: str) -> AsyncIterator[dict[str, Any]]:
    """Read every row of a monitor, a page for each."""
    cursor: str | None = None
    while True:
        query = "limit=1&include_completions=true" + (f"&cursor={cursor}" if cursor else "")
        page = await get(client, f"{LISTING}/{monitor_id}/events?{query}")
        for row in page["events"]:
            yield row
        if (cursor := page.get("next_cursor")) is None:
            return


async def test_create_answers_the_monitor_and_notes_one_run(
    sim: ParallelSim, client: AsyncParallel
) -> None:
    """A created monitor is active, lite by default, shown as stored and has run once."""
    raw = await client.monitor.with_raw_response.create(
        type="event_stream",
        frequency="6h",
        settings={"query": "Tolls on the Elbe"},
        webhook={"url": HOOK["url"], "event_types": ["monitor.event.detected"]},
        metadata={"slack_channel_id": "C1"},
    )
    monitor = await raw.parse()
    stored = sim.monitors[monitor.monitor_id]

    assert raw.status_code == 201
    assert re.fullmatch(r"monitor_[0-9a-f]{32}", monitor.monitor_id)
    assert (monitor.status, monitor.processor, monitor.frequency) == ("active", "lite", "6h")
    assert monitor.settings.query == "Tolls on the Elbe"
    assert stored["webhook"]["event_types"] == ["monitor.event.detected"]
    assert stored["metadata"] == {"slack_channel_id": "C1"}
    assert [(run.monitor_id, run.cause) for run in sim.runs] == [(monitor.monitor_id, "created")]
    assert len(sim.events[monitor.monitor_id]) == 0


async def test_a_snapshot_monitor_shows_its_task_run_and_an_empty_output(
    client: AsyncParallel,
) -> None:
    """A snapshot monitor has other settings, and no snapshot until one is found."""
    monitor = await client.monitor.create(
        type="snapshot", frequency="1w", settings={"task_run_id": "trun_1"}, processor="base"
    )

    assert monitor.to_dict()["settings"] == {
        "task_run_id": "trun_1",
        "query": "The input of task run trun_1",
        "output_schema": None,
    }
    assert monitor.to_dict()["output"] == {"latest_snapshot": None}


@pytest.mark.parametrize("frequency", ["1h", "720h", "30d", "4w"])
async def test_frequencies_within_a_month_pass(client: AsyncParallel, frequency: str) -> None:
    """One hour and thirty days are inside the range."""
    assert (await post(client, LISTING, {**BODY, "frequency": frequency})).status_code == 201


@pytest.mark.parametrize(
    ("change", "loc"),
    [
        ({"frequency": "0h"}, ["body", "frequency"]),
        ({"frequency": "721h"}, ["body", "frequency"]),
        ({"frequency": "5w"}, ["body", "frequency"]),
        ({"frequency": "30m"}, ["body", "frequency"]),
        ({"frequency": None}, ["body", "frequency"]),
        ({"processor": "core"}, ["body", "processor"]),
        ({"type": "search"}, ["body", "type"]),
        ({"type": ["event_stream"]}, ["body", "type"]),
        ({"settings": {}}, ["body", "settings", "query"]),
        ({"settings": {"query": "q", "output_schema": {"type": "text"}}},
         ["body", "settings", "output_schema"]),
        ({"settings": {"query": "q", "output_schema": {"type": "json", "json_schema": {}}}},
         ["body", "settings", "output_schema"]),
        ({"settings": {"query": "q", "include_backfill": "yes"}},
         ["body", "settings", "include_backfill"]),
        ({"settings": {"query": "q", "advanced_settings": {"location": "Germany"}}},
         ["body", "settings", "advanced_settings", "location"]),
        ({"settings": {"query": "q", "advanced_settings": {"country": "de"}}},
         ["body", "settings", "advanced_settings", "country"]),
        ({"settings": {"query": "q", "advanced_settings": {"source_policy": "x.org"}}},
         ["body", "settings", "advanced_settings", "source_policy"]),
        (policy(include_domains=["https://x.org"]), [*POLICY, "include_domains"]),
        (policy(include_domains="x.org"), [*POLICY, "include_domains"]),
        (policy(exclude_domains=["x.org:8080"]), [*POLICY, "exclude_domains"]),
        (policy(exclude_domains=["x.org/a?b"]), [*POLICY, "exclude_domains"]),
        (policy(after_date="yesterday"), [*POLICY, "after_date"]),
        (policy(include_domains=["a.org"] * 101, exclude_domains=["b.org"] * 100), POLICY),
        ({"metadata": {f"k{number}": "v" for number in range(17)}}, ["body", "metadata"]),
        ({"metadata": {"k" * 17: "v"}}, ["body", "metadata"]),
        ({"metadata": {"k": "v" * 513}}, ["body", "metadata"]),
        ({"metadata": {"k": 1}}, ["body", "metadata"]),
        ({"webhook": "https://x.example"}, ["body", "webhook"]),
        ({"webhook": {**HOOK, "event_types": ["monitor.*"]}}, ["body", "webhook"]),
        ({"webhook": {**HOOK, "event_types": [{}]}}, ["body", "webhook"]),
        ({"cadence": "daily"}, ["body", "cadence"]),
    ],
)  # fmt: skip
async def test_create_refuses_what_the_rules_forbid(
    sim: ParallelSim, client: AsyncParallel, change: dict[str, Any], loc: list[str]
) -> None:
    """A forbidden value is a 422 error object that names the field; nothing is created."""
    with pytest.raises(parallel.UnprocessableEntityError) as caught:
        await post(client, LISTING, {**BODY, **change})
    error = caught.value.body["error"]  # type: ignore[index]  # a parsed JSON body

    assert [entry["loc"] for entry in error["detail"]["errors"]] == [loc]
    assert error["ref_id"]
    assert sim.monitors == {}


async def test_create_accepts_metadata_at_its_limits(client: AsyncParallel) -> None:
    """Sixteen characters of key and 512 of value are allowed."""
    response = await post(client, LISTING, {**BODY, "metadata": {"k" * 16: "v" * 512}})

    assert response.status_code == 201


async def test_a_body_that_is_no_json_is_refused_and_remembered(sim: ParallelSim) -> None:
    """Garbage is a 422, never a 500, and the call shows the bytes that came."""
    async with (
        aiohttp.ClientSession(headers={"x-api-key": API_KEY}) as session,
        session.post(sim.base_url + LISTING, data=b"{nope") as answer,
    ):
        assert answer.status == 422
    assert sim.calls[0].body == b"{nope"


async def test_list_pages_active_monitors_newest_first(
    sim: ParallelSim, client: AsyncParallel
) -> None:
    """Pages follow each other without gap or repeat, and cancelled ones show when asked."""
    ids = [sim.add_monitor(f"query {number}") for number in range(5)]
    await client.monitor.cancel(ids[3])
    first = await client.monitor.list(limit=2)
    sim.add_monitor("came between the pages")
    second = await client.monitor.list(limit=2, cursor=first.next_cursor)
    gone = await client.monitor.list(status=["cancelled"])
    both = await get(client, LISTING + "?status=active&status=cancelled&limit=10000")

    assert [monitor.monitor_id for monitor in first.monitors] == [ids[4], ids[2]]
    assert [monitor.monitor_id for monitor in second.monitors] == [ids[1], ids[0]]
    assert second.next_cursor is None
    assert [monitor.monitor_id for monitor in gone.monitors] == [ids[3]]
    assert len(both["monitors"]) == 6
    assert "next_cursor" not in both


@pytest.mark.parametrize(
    ("query", "loc"),
    [
        ("limit=0", ["query", "limit"]),
        ("limit=10001", ["query", "limit"]),
        ("limit=ten", ["query", "limit"]),
        ("status=active,cancelled", ["query", "status", 0]),
        ("status=active&status=paused", ["query", "status", 1]),
        ("type=search", ["query", "type", 0]),
        ("cursor=bogus", ["query", "cursor"]),
    ],
)
async def test_list_refuses_bad_parameters(
    client: AsyncParallel, query: str, loc: list[str | int]
) -> None:
    """A bad parameter is a 422 in the other documented shape, a bare detail list."""
    with pytest.raises(parallel.UnprocessableEntityError) as caught:
        await get(client, f"{LISTING}?{query}")

    assert [entry["loc"] for entry in caught.value.body["detail"]] == [loc]  # type: ignore[index]


async def test_update_changes_the_given_keys_only(sim: ParallelSim, client: AsyncParallel) -> None:
    """Absent keys stay, metadata and webhook replace, null detaches and clears."""
    monitor_id = sim.add_monitor("old words", webhook=HOOK, metadata={"a": "1", "b": "2"})
    await client.monitor.update(monitor_id, frequency="6h", metadata={"c": "3"})
    merged = dict(sim.monitors[monitor_id])
    await client.monitor.update(
        monitor_id,
        type="event_stream",
        settings={"advanced_settings": {"location": "de"}},
        webhook=None,
        metadata=None,
    )
    await client.monitor.update(monitor_id, type="event_stream", settings={"query": "new words"})
    detached = sim.monitors[monitor_id]

    assert (merged["frequency"], merged["metadata"]) == ("6h", {"c": "3"})
    assert (merged["webhook"], merged["settings"]["query"]) == (HOOK, "old words")
    assert (detached["webhook"], detached["metadata"]) == (None, None)
    assert detached["settings"]["query"] == "new words"
    assert detached["settings"]["advanced_settings"] == {"location": "de"}
    assert detached["frequency"] == "6h"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"frequency": None},
        {"processor": None},
        {"settings": {"query": "without type"}},
        {"type": "event_stream"},
        {"type": "snapshot", "settings": {}},
        {"type": "event_stream", "settings": {"query": None}},
        {"type": "event_stream", "settings": {"output_schema": {}}},
        {"type": "event_stream", "settings": {"include_backfill": True}},
        {"memory_scope_key": "team"},
        {"status": "paused"},
    ],
)
async def test_update_refuses_what_cannot_change(
    sim: ParallelSim, client: AsyncParallel, body: dict[str, Any]
) -> None:
    """An empty body, a null where none may be and a fixed field are 422; nothing changes."""
    monitor_id = sim.add_monitor("q")
    before = json.dumps(sim.monitors)
    with pytest.raises(parallel.UnprocessableEntityError):
        await post(client, f"{LISTING}/{monitor_id}/update", body)

    assert json.dumps(sim.monitors) == before


async def test_a_snapshot_monitor_has_no_settings_to_update(
    sim: ParallelSim, client: AsyncParallel
) -> None:
    """Only what surrounds the task can change on a snapshot monitor."""
    monitor_id = sim.add_monitor("", type="snapshot", settings={"task_run_id": "trun_1"})
    await client.monitor.update(monitor_id, frequency="2d")
    with pytest.raises(parallel.UnprocessableEntityError):
        await client.monitor.update(monitor_id, type="event_stream", settings={"query": "q"})

    assert sim.monitors[monitor_id]["frequency"] == "2d"


async def test_cancel_is_final_and_idempotent(sim: ParallelSim, client: AsyncParallel) -> None:
    """A cancelled monitor is still read, takes metadata, and refuses all else."""
    monitor_id = sim.add_monitor("q")
    assert (await client.monitor.cancel(monitor_id)).status == "cancelled"
    assert (await client.monitor.cancel(monitor_id)).status == "cancelled"
    with pytest.raises(parallel.UnprocessableEntityError):
        await client.monitor.trigger(monitor_id)
    with pytest.raises(parallel.UnprocessableEntityError):
        await client.monitor.update(monitor_id, frequency="2d", metadata={"a": "1"})
    await client.monitor.update(monitor_id, metadata={"why": "stopped"})
    seen = await client.monitor.retrieve(monitor_id)

    assert (seen.status, seen.frequency, seen.metadata) == ("cancelled", "1d", {"why": "stopped"})
    assert [run.cause for run in sim.runs] == ["created"]


async def test_trigger_answers_nothing_and_notes_a_run(
    sim: ParallelSim, client: AsyncParallel
) -> None:
    """A trigger is a 204 without a body."""
    monitor_id = sim.add_monitor("q")
    raw = await client.monitor.with_raw_response.trigger(monitor_id)

    assert (raw.status_code, await raw.read()) == (204, b"")
    assert [run.cause for run in sim.runs] == ["created", "triggered"]


async def test_events_page_newest_first_and_hold_still_while_new_ones_come(
    sim: ParallelSim, client: AsyncParallel
) -> None:
    """Errors always show, completions on request, and a cursor never repeats a row."""
    monitor_id = sim.add_monitor("q")
    sim.add_findings(monitor_id, [text("one"), text("two")])
    sim.add_completion(monitor_id)
    sim.add_error(monitor_id, "Insufficient credit in account")
    sim.add_findings(monitor_id, [text("three")])
    first = await client.monitor.events(monitor_id, limit=2)
    sim.add_findings(monitor_id, [text("four")])
    second = await client.monitor.events(monitor_id, limit=2, cursor=first.next_cursor)
    every = await client.monitor.events(monitor_id, include_completions=True)
    singly = [row async for row in one_by_one(client, monitor_id)]

    rows: list[dict[str, Any]] = [event.to_dict() for event in [*first.events, *second.events]]
    assert [row.get("output", {}).get("content") for row in rows] == ["three", None, "two", "one"]
    assert rows[1]["error_message"] == "Insufficient credit in account"
    assert second.next_cursor is None
    assert [event.event_type for event in every.events].count("completion") == 1
    assert singly == [event.to_dict(mode="json") for event in every.events]
    assert singly == list(sim.events[monitor_id])


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=bogus", "cursor=e30="])
async def test_events_refuse_bad_parameters(
    sim: ParallelSim, client: AsyncParallel, query: str
) -> None:
    """A page size beyond 100 and a cursor nobody gave out are 422."""
    monitor_id = sim.add_monitor("q")
    with pytest.raises(parallel.UnprocessableEntityError):
        await get(client, f"{LISTING}/{monitor_id}/events?{query}")


async def test_a_cursor_of_one_listing_is_bad_in_another(
    sim: ParallelSim, client: AsyncParallel
) -> None:
    """A cursor is not a page number."""
    ids = [sim.add_monitor("q"), sim.add_monitor("r")]
    page = await client.monitor.list(limit=1)
    with pytest.raises(parallel.UnprocessableEntityError):
        await client.monitor.events(ids[0], cursor=page.next_cursor)


async def test_a_group_comes_whole_and_grows_without_changing_ids(
    sim: ParallelSim, client: AsyncParallel
) -> None:
    """Page parameters do not matter to a group; later findings are added in front."""
    monitor_id = sim.add_monitor("q")
    group_id = sim.add_findings(monitor_id, Numbered(30, 20))
    sim.add_findings(monitor_id, [text("of another group")])
    before = await client.monitor.events(monitor_id, event_group_id=group_id, limit=1, cursor="?")
    sim.add_findings(monitor_id, [text("late")], group_id)
    after = await client.monitor.events(monitor_id, event_group_id=group_id)
    ids = [event.to_dict()["event_id"] for event in after.events]

    assert (len(before.events), before.next_cursor) == (30, None)
    assert ids[1:] == [event.to_dict()["event_id"] for event in before.events]
    assert len(set(ids)) == 31
    assert all(re.fullmatch(r"mevt_[0-9a-f]{56}", str(event_id)) for event_id in ids)
    assert re.fullmatch(r"mevtgrp_[0-9a-f]{48}", group_id)


async def test_an_unknown_group_is_empty_and_an_unknown_monitor_is_not_found(
    sim: ParallelSim, client: AsyncParallel
) -> None:
    """An empty list means "not yet" as well as "never"; a monitor id is either right or 404."""
    monitor_id = sim.add_monitor("q")
    assert (await client.monitor.events(monitor_id, event_group_id="mevtgrp_0")).events == []
    for path in ("", "/events", "/events?event_group_id=mevtgrp_0"):
        with pytest.raises(parallel.NotFoundError):
            await get(client, f"{LISTING}/monitor_0{path}")
    for path in ("update", "cancel", "trigger"):
        with pytest.raises(parallel.NotFoundError):
            await post(client, f"{LISTING}/monitor_0/{path}", {})


@pytest.mark.parametrize(
    "finding",
    [
        text("words", "https://a.example", confidence=None),
        structured({"amount": "$18M"}, basis("amount", citation("https://b.example", "B", "$18M"))),
        structured('{"amount": "$18M"}'),
        snapshot(json_output({"seats": 4}), json_output({"seats": 3, "city": "Delft"})),
    ],
    ids=["text", "json", "json as a string", "snapshot"],
)
async def test_findings_reach_the_client_as_they_were_given(
    sim: ParallelSim, client: AsyncParallel, finding: Finding
) -> None:
    """Every kind of finding is an event with ids, a run date and its outputs untouched."""
    monitor_id = sim.add_monitor("q")
    group_id = sim.add_findings(monitor_id, [finding])
    [event] = (await get(client, f"{LISTING}/{monitor_id}/events"))["events"]

    assert {key: event[key] for key in finding} == finding
    assert event["event_group_id"] == group_id
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", event["event_date"])


async def test_only_the_right_key_opens(sim: ParallelSim) -> None:
    """A wrong key is a 401, recorded like every call, and does nothing."""
    async with AsyncParallel(api_key="other", base_url=sim.base_url, max_retries=0) as stranger:
        with pytest.raises(parallel.AuthenticationError) as caught:
            await post(stranger, LISTING, BODY)

    assert caught.value.body["type"] == "error"  # type: ignore[index]
    assert [(call.operation, call.body) for call in sim.calls] == [("create", BODY)]
    assert sim.monitors == {}


async def test_calls_hold_what_was_asked(sim: ParallelSim, client: AsyncParallel) -> None:
    """A call shows method, path and every value of a repeated parameter."""
    await get(client, LISTING + "?status=active&status=cancelled&limit=3")
    [call] = sim.calls

    assert (call.operation, call.method, call.path, call.body) == ("list", "GET", LISTING, None)
    assert call.query == {"status": ["active", "cancelled"], "limit": ["3"]}


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (faults.RateLimited("7"), 429, b"Rate limited"),
        (faults.RateLimited(None, html=True), 429, b"<h1>429</h1>"),
        (faults.ServerError(500), 500, b'"error"'),
        (faults.ServerError(502, "html"), 502, b"<h1>502</h1>"),
        (faults.ServerError(503, "text"), 503, b"Internal"),
        (faults.ServerError(503, "empty"), 503, b""),
        (faults.ErrorBody(402, {"error": {"message": "no credit"}}), 402, b"no credit"),
        (faults.Text200("hello"), 200, b"hello"),
        (faults.WrongType([1]), 200, b"[1]"),
    ],
)
async def test_a_fault_answers_once_in_its_shape_and_does_nothing(
    sim: ParallelSim, fault: faults.Fault, status: int, body: bytes
) -> None:
    """The queued fault meets one call; the next one works."""
    sim.fail("create", fault)
    async with aiohttp.ClientSession(headers={"x-api-key": API_KEY}) as session:
        async with session.post(sim.base_url + LISTING, json=BODY) as answer:
            content = await answer.read()
        assert (answer.status, len(sim.monitors)) == (status, 0)
        assert body in content
        assert answer.headers.get("Retry-After") == getattr(fault, "retry_after", None)
        async with session.post(sim.base_url + LISTING, json=BODY) as answer:
            assert (answer.status, len(sim.monitors)) == (201, 1)


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        (faults.Reset, httpx.ReadError),
        (faults.CloseWithoutAnswer, httpx.RemoteProtocolError),
        (faults.HalfBody, httpx.RemoteProtocolError),
    ],
)
async def test_a_lost_answer_tells_nothing_about_what_was_done(
    sim: ParallelSim, client: AsyncParallel, kind: Any, cause: type[Exception], after: bool
) -> None:
    """The client sees the same loss whether or not the monitor was created; RST is not FIN."""
    sim.fail("create", kind(after=after))
    with pytest.raises(parallel.APIConnectionError) as caught:
        await post(client, LISTING, BODY)

    assert type(caught.value.__cause__) is cause
    assert len(sim.monitors) == int(after)
    assert (await post(client, LISTING, BODY)).status_code == 201


async def test_a_hang_ends_with_the_client_or_with_the_server(sim: ParallelSim) -> None:
    """Silence lasts until the client gives up, and never keeps the server from stopping."""
    sim.fail("*", faults.Hang(60, after=True))
    async with AsyncParallel(
        api_key=API_KEY, base_url=sim.base_url, max_retries=0, timeout=0.2
    ) as impatient:
        with pytest.raises(parallel.APITimeoutError):
            await post(impatient, LISTING, BODY)
    started = time.monotonic()
    await sim.stop()

    assert time.monotonic() - started < 5
    assert len(sim.monitors) == 1


async def test_a_delay_answers_late_but_right(sim: ParallelSim, client: AsyncParallel) -> None:
    """A delayed call is carried out and answered."""
    sim.fail("create", faults.Delay(0.05))
    started = time.monotonic()
    response = await post(client, LISTING, BODY)

    assert response.status_code == 201
    assert time.monotonic() - started >= 0.05


async def test_a_server_that_is_down_refuses_and_comes_back_at_its_port(
    sim: ParallelSim, client: AsyncParallel
) -> None:
    """Down means refused connections, pooled ones too; up again means nothing was forgotten."""
    monitor_id = sim.add_monitor("q")
    address = sim.base_url
    await client.monitor.retrieve(monitor_id)
    await sim.go_down()
    with pytest.raises(parallel.APIConnectionError):
        await client.monitor.retrieve(monitor_id)
    await sim.come_up()

    assert sim.base_url == address
    assert (await client.monitor.retrieve(monitor_id)).monitor_id == monitor_id


async def test_an_endless_cursor_repeats_the_first_page(
    sim: ParallelSim, client: AsyncParallel
) -> None:
    """Following the cursor never ends, until the fault is healed."""
    monitor_id = sim.add_monitor("q")
    sim.add_findings(monitor_id, Numbered(3, 20))
    sim.fail_always("events", faults.EndlessCursor("again"))
    first = await client.monitor.events(monitor_id, limit=2)
    second = await client.monitor.events(monitor_id, limit=2, cursor=first.next_cursor)
    sim.heal("events")
    healed = await client.monitor.events(monitor_id)

    assert first.next_cursor == second.next_cursor == "again"
    assert first.to_dict() == second.to_dict()
    assert (len(first.events), healed.next_cursor) == (2, None)


async def test_a_gzip_bomb_is_small_on_the_wire_and_large_inside(sim: ParallelSim) -> None:
    """The compressed answer is hundreds of times smaller than what it unpacks to."""
    sim.fail("list", faults.GzipBomb(size_bytes=8_000_000))
    async with (
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.get(sim.base_url + LISTING) as answer,
    ):
        packed = len(await answer.read())
    sim.fail("list", faults.GzipBomb(size_bytes=8_000_000))
    async with aiohttp.ClientSession() as session, session.get(sim.base_url + LISTING) as answer:
        unpacked = len(await answer.read())

    assert unpacked == 8_000_000
    assert packed < 20_000


async def test_a_group_of_ten_thousand_is_made_while_it_is_read(sim: ParallelSim) -> None:
    """The first events are on the wire before the last are made, and all of them arrive."""
    made = 0

    class Counted:
        def __len__(self) -> int:
            return 10_000

        def __getitem__(self, index: int) -> Finding:
            nonlocal made
            made += 1
            return Numbered(10_000, 2_000)[index]

    monitor_id = sim.add_monitor("q")
    group_id = sim.add_findings(monitor_id, Counted())
    url = f"{sim.base_url}{LISTING}/{monitor_id}/events?event_group_id={group_id}"
    async with (
        aiohttp.ClientSession(headers={"x-api-key": API_KEY}) as session,
        session.get(url) as answer,
    ):
        start = await answer.content.readexactly(1_000)
        made_at_first = made
        rest = await answer.read()
    group = json.loads(start + rest)["events"]

    assert made_at_first < 10_000
    assert len({event["event_id"] for event in group}) == made == 10_000
    assert group[0]["output"]["content"].startswith("Finding 10000. ")
    assert len(start + rest) > 20_000_000


async def test_waiting_ends_with_the_change_or_with_the_time(
    sim: ParallelSim, client: AsyncParallel
) -> None:
    """A waiter wakes when a call has been carried out, and gives up when none comes."""
    sim.fail("create", faults.Delay(0.02))
    waiting = asyncio.create_task(sim.wait_for(lambda: len(sim.monitors) == 1))
    await post(client, LISTING, BODY)
    await waiting
    with pytest.raises(TimeoutError):
        await sim.wait_for(lambda: len(sim.monitors) == 2, timeout_s=0.01)


async def test_queued_faults_come_before_the_lasting_one_until_healed(
    sim: ParallelSim, client: AsyncParallel
) -> None:
    """Faults for one operation come first, then those for any, then the lasting one."""
    sim.fail_always("*", faults.ErrorBody(403))
    sim.fail("*", faults.ErrorBody(402))
    sim.fail("list", faults.ErrorBody(404), faults.ErrorBody(409))
    statuses = []
    for _ in range(5):
        with pytest.raises(parallel.APIStatusError) as caught:
            await client.monitor.list()
        statuses.append(caught.value.status_code)
    sim.heal()

    assert statuses == [404, 409, 402, 403, 403]
    assert (await client.monitor.list()).monitors == []


@pytest.mark.parametrize("fault", [faults.ServerError(502, after=True), faults.Text200(after=True)])
async def test_an_error_may_come_after_the_work_was_done(
    sim: ParallelSim, fault: faults.Fault
) -> None:
    """A gateway can answer for a service that did what it was asked."""
    sim.fail("create", fault)
    async with (
        aiohttp.ClientSession(headers={"x-api-key": API_KEY}) as session,
        session.post(sim.base_url + LISTING, json=BODY) as answer,
    ):
        assert answer.status != 201
    assert len(sim.monitors) == 1


async def test_a_client_that_leaves_mid_answer_does_no_harm(
    sim: ParallelSim, client: AsyncParallel, caplog: pytest.LogCaptureFixture
) -> None:
    """Breaking off a long answer is no error of the server, and it goes on serving."""
    monitor_id = sim.add_monitor("q")
    group_id = sim.add_findings(monitor_id, Numbered(10_000, 2_000))
    url = f"{sim.base_url}{LISTING}/{monitor_id}/events?event_group_id={group_id}"
    async with aiohttp.ClientSession(headers={"x-api-key": API_KEY}) as session:
        answer = await session.get(url)
        await answer.content.readexactly(1_000)
        answer.close()

    assert (await client.monitor.retrieve(monitor_id)).monitor_id == monitor_id
    await sim.stop()
    assert caplog.records == []


def test_a_fault_for_an_unknown_operation_is_a_mistake() -> None:
    """A misspelt operation cannot be taken for a fault that never struck."""
    with pytest.raises(ValueError, match="no operation 'event'"):
        ParallelSim().fail("event", faults.Text200())


def test_an_address_needs_a_start_and_a_monitor_needs_valid_fields() -> None:
    """Asking too early or adding what the API would refuse raises at once."""
    with pytest.raises(RuntimeError):
        assert ParallelSim().base_url
    with pytest.raises(ValueError, match="between 1h and 30d"):
        ParallelSim().add_monitor("q", frequency="1m")
