"""Every way a call can fail has a reason, and a sentence for people."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from parallel import APIConnectionError

from bot.apis.parallel import ParallelApi
from bot.apis.parallel_errors import explain
from bot.core.errors import ApiError
from bot.core.monitors import Definition, Origin
from bot.core.reasons import AMBIGUOUS, Reason
from bot.playground.faults import (
    CloseWithoutAnswer,
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
from bot.playground.parallel import ParallelSim

DEFINITION = Definition(query="q")
ORIGIN = Origin(request_id="n", team_id="T1", channel_id="C1", user_id="U1")


def _object(message: str, **more: Any) -> dict[str, Any]:
    return {"type": "error", "error": {"ref_id": "ref-1", "message": message, **more}}


CASES: list[tuple[Fault, Reason]] = [
    (ErrorBody(400, _object("no")), Reason.INVALID),
    (ErrorBody(401, _object("no")), Reason.INSTALLATION),
    (ErrorBody(402, _object("no")), Reason.PAYMENT),
    (ErrorBody(403, _object("no")), Reason.INSTALLATION),
    (ErrorBody(404, _object("no")), Reason.NOT_FOUND),
    (ErrorBody(408, _object("no")), Reason.TIMEOUT),
    (ErrorBody(409, _object("no")), Reason.INVALID),
    (ErrorBody(422, _object("no")), Reason.INVALID),
    (RateLimited("7"), Reason.RATE_LIMITED),
    (RateLimited("7", html=True), Reason.RATE_LIMITED),
    (ErrorBody(302, None), Reason.SERVER),
    (ServerError(500), Reason.SERVER),
    (ServerError(502, "html"), Reason.SERVER),
    (ServerError(503, "text"), Reason.SERVER),
    (ServerError(504, "empty"), Reason.SERVER),
    (Text200(), Reason.SERVER),
    (Text200(""), Reason.SERVER),
    (WrongType(None), Reason.SERVER),
    (WrongType([]), Reason.SERVER),
    (WrongType({"monitors": "none", "events": {}}), Reason.SERVER),
    (HalfBody(), Reason.DISCONNECTED),
    (Reset(), Reason.DISCONNECTED),
    (Reset(after=False), Reason.DISCONNECTED),
    (CloseWithoutAnswer(), Reason.DISCONNECTED),
    (GzipBomb(1 << 24), Reason.SERVER),
]


@pytest.mark.parametrize(("fault", "reason"), CASES, ids=lambda case: str(case)[:60])
async def test_reason_of_each_fault(
    sim: ParallelSim, api: ParallelApi, fault: Fault, reason: Reason
) -> None:
    """Reads and writes alike fail with this reason, after one call each."""
    sim.fail("list", fault)
    sim.fail("create", fault)

    with pytest.raises(ApiError) as read:
        await api.list()
    with pytest.raises(ApiError) as written:
        await api.create(DEFINITION, ORIGIN)

    assert (read.value.reason, written.value.reason) == (reason, reason)
    assert [call.operation for call in sim.calls] == ["list", "create"]
    assert read.value.text.endswith((".", "…"))


def test_broken_packing_is_an_unreadable_answer() -> None:
    """The server answered, so it may have carried the call out."""
    error = APIConnectionError(request=httpx.Request("POST", "http://source.example/"))
    error.__cause__ = httpx.DecodingError("incorrect header check")

    assert explain(error).reason is Reason.SERVER


async def test_silence_is_ambiguous(sim: ParallelSim) -> None:
    """No answer in time may still be a monitor."""
    api = ParallelApi("k", sim.base_url, webhook_url="https://x.example/h", timeout_s=0.2)
    sim.fail("create", Hang())

    with pytest.raises(ApiError) as caught:
        await api.create(DEFINITION, ORIGIN)
    await api.close()

    assert caught.value.reason is Reason.TIMEOUT
    assert caught.value.reason in AMBIGUOUS


async def test_refused_connection_is_surely_not_done(sim: ParallelSim, api: ParallelApi) -> None:
    """A machine that is down took nothing."""
    await sim.go_down()

    with pytest.raises(ApiError) as caught:
        await api.create(DEFINITION, ORIGIN)

    assert caught.value.reason is Reason.UNREACHABLE
    assert caught.value.reason not in AMBIGUOUS


FIELD = {"loc": ["body", "frequency"], "msg": "must be between 1h and 30d", "type": "value_error"}


@pytest.mark.parametrize(
    ("fault", "words", "ref_id"),
    [
        (ErrorBody(404, _object("Monitor not found")), "Monitor not found", "ref-1"),
        (ErrorBody(402, {"error": {"message": "Insufficient credit"}}), "Insufficient", None),
        (ErrorBody(422, {"detail": [FIELD]}), "frequency: must be between 1h and 30d", None),
        (ErrorBody(422, _object("bad", detail={"errors": [FIELD]})), "frequency: must be", "ref-1"),
        (ErrorBody(400, {"detail": "Simply not"}), "Simply not", None),
        (ErrorBody(422, "just text"), "just text", None),
        (ErrorBody(422, [1, 2]), "(422)", None),
        (ServerError(503, "html"), "(503)", None),
    ],
)
async def test_sentence_carries_the_vendors_words(
    sim: ParallelSim, api: ParallelApi, fault: Fault, words: str, ref_id: str | None
) -> None:
    """All documented shapes give their message; an HTML page gives its status only."""
    sim.fail("list", fault)

    with pytest.raises(ApiError) as caught:
        await api.list()

    assert words in caught.value.text
    assert "<" not in caught.value.text
    assert caught.value.ref_id == ref_id


async def test_long_message_is_clipped(sim: ParallelSim, api: ParallelApi) -> None:
    """A message of any length stays one line that people can read."""
    sim.fail("list", ErrorBody(422, _object("many\nwords " * 1000)))

    with pytest.raises(ApiError) as caught:
        await api.list()

    assert len(caught.value.text) < 400
    assert "\n" not in caught.value.text


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        (None, None),
        ("abc", None),
        ("-1", None),
        ("nan", None),
        ("inf", None),
    ],
)
async def test_retry_after(
    sim: ParallelSim, api: ParallelApi, header: str | None, seconds: float | None
) -> None:
    """Only a number of seconds that makes sense is passed on."""
    sim.fail("list", RateLimited(header))

    with pytest.raises(ApiError) as caught:
        await api.list()

    assert caught.value.retry_after_s == seconds


async def test_key_is_in_no_error(sim: ParallelSim) -> None:
    """A refused key is not repeated to anybody."""
    api = ParallelApi("canary-key", sim.base_url, webhook_url=None)

    with pytest.raises(ApiError) as caught:
        await api.list()
    await api.close()

    assert caught.value.reason is Reason.INSTALLATION
    assert "canary" not in repr(caught.value) + caught.value.text


WAYS: list[tuple[list[str | int], str | None]] = [
    (["body", "frequency"], "every"),
    (["body", "processor"], "processor"),
    (["body", "settings", "query"], "query"),
    (["body", "settings", "output_schema"], "fields"),
    (["body", "settings", "output_schema", "json_schema", "properties", 0], "fields"),
    (["body", "settings", "include_backfill"], "backfill"),
    (["body", "settings", "advanced_settings", "location"], "location"),
    (["body", "settings", "advanced_settings", "source_policy"], "domains"),
    (["body", "settings", "advanced_settings", "source_policy", "include_domains", 3], "domains"),
    (["body", "settings", "advanced_settings", "source_policy", "exclude_domains", 3], "without"),
    (["body", "settings", "advanced_settings"], None),
    (["body", "metadata"], None),
    (["body", "webhook", "url"], None),
    (["query", "limit"], None),
    (["query", "frequency"], None),
    (["body"], None),
    ([], None),
]


@pytest.mark.parametrize(("way", "field"), WAYS, ids=str)
@pytest.mark.parametrize("shape", ["object", "bare"])
async def test_field_is_the_option_at_fault(
    sim: ParallelSim, api: ParallelApi, way: list[str | int], field: str | None, shape: str
) -> None:
    """Both shapes of a 422 lead to the name that our commands and forms give it."""
    problem = {"loc": way, "msg": "no", "type": "value_error"}
    body = {"detail": [problem]} if shape == "bare" else _object("x", detail={"errors": [problem]})
    sim.fail("create", ErrorBody(422, body))

    with pytest.raises(ApiError) as caught:
        await api.create(DEFINITION, ORIGIN)

    assert caught.value.field == field


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"frequency": "5w"}, "every"),
    ({"processor": "core"}, "processor"),
    ({"query": " "}, "query"),
    ({"output_schema": {"type": "array"}}, "fields"),
    ({"location": "Germany"}, "location"),
    ({"include_domains": ("https://a.com",)}, "domains"),
    ({"include_domains": ("a.com",) * 201}, "domains"),
    ({"exclude_domains": ("a b",)}, "without"),
]


@pytest.mark.parametrize(("change", "field"), REFUSED, ids=lambda case: str(case)[:50])
async def test_refused_definition_names_its_field(
    sim: ParallelSim, api: ParallelApi, change: dict[str, Any], field: str
) -> None:
    """The API's own refusal of each option says which, with words and a reference."""
    with pytest.raises(ApiError) as caught:
        await api.create(DEFINITION.model_copy(update=change), ORIGIN)

    assert caught.value.field == field
    assert caught.value.ref_id
    assert caught.value.text.startswith("Parallel refuses this: ")
    assert sim.monitors == {}


async def test_other_errors_have_no_field(sim: ParallelSim, api: ParallelApi) -> None:
    """A missing credit or a broken line is nobody's field."""
    for fault in (ErrorBody(402, _object("no")), ServerError(500), Reset()):
        sim.fail("create", fault)
        with pytest.raises(ApiError) as caught:
            await api.create(DEFINITION, ORIGIN)
        assert caught.value.field is None


async def test_forbidden_is_not_a_bad_key(sim: ParallelSim, api: ParallelApi) -> None:
    """403 is about what is asked, such as a processor, and says so in the vendor's words."""
    sim.fail("create", ErrorBody(403, _object("Processor base is not in your plan")))

    with pytest.raises(ApiError) as caught:
        await api.create(DEFINITION, ORIGIN)

    assert caught.value.text == (
        "Parallel does not allow this: Processor base is not in your plan."
    )


@pytest.mark.parametrize("operation", ["update", "trigger", "events"])
@pytest.mark.parametrize(("fault", "reason"), CASES, ids=lambda case: str(case)[:60])
async def test_every_operation_fails_alike(
    sim: ParallelSim, api: ParallelApi, operation: str, fault: Fault, reason: Reason
) -> None:
    """Changing, running and looking have the same reasons, after one call each."""
    made = sim.add_monitor("q")
    sim.fail(operation, fault)
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "update": lambda: api.update(made, DEFINITION, {"frequency"}),
        "trigger": lambda: api.trigger(made),
        "events": lambda: api.history(made, first=0, count=5),
    }
    if operation == "trigger" and isinstance(fault, Text200 | WrongType | GzipBomb):
        await calls[operation]()  # whatever a success says, it is one
        return

    with pytest.raises(ApiError) as caught:
        await calls[operation]()

    assert caught.value.reason is reason
    assert len(sim.calls) == 1
