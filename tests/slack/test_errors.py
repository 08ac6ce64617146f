"""Every way in which a call to Slack fails means one reason."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import DeliveryError
from bot.core.reasons import Reason
from bot.playground import faults
from bot.playground.faults import Fault
from bot.playground.slack import SlackStandIn
from bot.slack import errors
from bot.slack.client import SLACK_API_URL, call, open_client, post_message
from bot.slack.errors import classify

NAMES = {
    Reason.RATE_LIMITED: "ratelimited rate_limited",
    Reason.CHANNEL: "channel_not_found not_in_channel is_archived is_inactive restricted_action "
    "restricted_action_read_only_channel restricted_action_thread_only_channel "
    "channel_is_limited_access messages_tab_disabled no_permission ekm_access_denied "
    "app_access_restricted",
    Reason.THREAD: "cannot_reply_to_message restricted_action_thread_locked "
    "restricted_action_non_threadable_channel thread_not_found",
    Reason.INSTALLATION: "invalid_auth account_inactive token_revoked not_authed token_expired "
    "not_allowed_token_type team_access_not_granted enterprise_is_restricted access_denied "
    "two_factor_setup_required accesslimited",
    Reason.SCOPE: "missing_scope",
    Reason.PAYLOAD: "invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long no_text "
    "too_many_attachments attachment_payload_limit_exceeded invalid_metadata_format "
    "invalid_metadata_schema metadata_too_large metadata_must_be_sent_from_app "
    "markdown_text_conflict invalid_arguments invalid_arg_name invalid_array_arg invalid_charset "
    "invalid_form_data invalid_post_type missing_post_type team_not_found",
    Reason.UNREACHABLE: "service_unavailable request_timeout team_added_to_org "
    "org_login_required message_limit_exceeded update_failed external_channel_migrating",
    Reason.SERVER: "fatal_error internal_error",
    Reason.MESSAGE: "message_not_found cant_update_message edit_window_closed block_mismatch",
    Reason.UNKNOWN: "brand_new_error",
}
TABLE = [(name, reason) for reason, names in NAMES.items() for name in names.split()]

SHAPES: dict[str, tuple[Fault, Reason]] = {
    "500 json": (faults.ServerError(500, "json"), Reason.SERVER),
    "500 text": (faults.ServerError(500, "text"), Reason.SERVER),
    "502 html": (faults.ServerError(502, "html"), Reason.SERVER),
    "503 html": (faults.ServerError(503, "html"), Reason.SERVER),
    "503 empty": (faults.ServerError(503, "empty"), Reason.SERVER),
    "500 with a new name": (faults.ErrorBody(500, {"ok": False, "error": "odd"}), Reason.SERVER),
    "500 that says ok": (faults.ErrorBody(500, {"ok": True, "ts": "1.0"}), Reason.SERVER),
    "404 html": (faults.ServerError(404, "html"), Reason.SERVER),
    "200 text": (faults.Text200(), Reason.SERVER),
    "200 list": (faults.WrongType([1]), Reason.SERVER),
    "200 empty list": (faults.WrongType([]), Reason.SERVER),
    "200 null": (faults.WrongType(None), Reason.SERVER),
    "200 string": (faults.WrongType("ok"), Reason.SERVER),
    "200 not ok and no name": (faults.WrongType({"ok": False}), Reason.SERVER),
    "200 odd name": (faults.WrongType({"ok": False, "error": [1]}), Reason.SERVER),
    "half a body": (faults.HalfBody(), Reason.DISCONNECTED),
    "reset": (faults.Reset(), Reason.DISCONNECTED),
    "closed": (faults.CloseWithoutAnswer(), Reason.DISCONNECTED),
    "silence": (faults.Hang(5), Reason.TIMEOUT),
}

WAITS: list[tuple[Fault, float | None]] = [
    (faults.RateLimited("1"), 1.0),
    (faults.RateLimited("30", html=True), 30.0),
    (faults.RateLimited("0"), 0.0),
    (faults.RateLimited("-1"), -1.0),
    (faults.RateLimited("1000000000"), 1e9),
    (faults.RateLimited("abc"), None),
    (faults.RateLimited(None), None),
    (faults.RateLimited(None, html=True), None),
    (faults.ApiError("ratelimited"), None),
]


Way = Callable[[AsyncWebClient, str], Awaitable[object]]


def _by_the_sdk(client: AsyncWebClient, text: str) -> Awaitable[object]:
    return call(client.chat_postMessage(channel="C1", text=text))


def _by_ourselves(client: AsyncWebClient, text: str) -> Awaitable[object]:
    return post_message(client, {"channel": "C1", "text": text})


@pytest.fixture(params=[_by_the_sdk, _by_ourselves])
def way(request: pytest.FixtureRequest) -> Way:
    """Each of our ways to call Slack."""
    chosen: Way = request.param
    return chosen


async def _failure(client: AsyncWebClient, way: Way = _by_ourselves) -> DeliveryError:
    with pytest.raises(DeliveryError) as failure:
        await way(client, "Hi")
    return failure.value


@pytest.mark.parametrize(("name", "reason"), TABLE)
async def test_each_error_name_has_its_reason(
    slack: SlackStandIn, client: AsyncWebClient, name: str, reason: Reason
) -> None:
    """The name is kept as detail; one that is in no list is unknown."""
    slack.fail("chat.postMessage", faults.ApiError(name))
    error = await _failure(client)

    assert error.reason is reason
    assert error.detail.replace("_", "") == name.replace("_", "")


@pytest.mark.parametrize(("fault", "reason"), SHAPES.values(), ids=SHAPES)
async def test_each_shape_of_failure_has_its_reason(
    slack: SlackStandIn, client: AsyncWebClient, way: Way, fault: Fault, reason: Reason
) -> None:
    """Whatever cannot be read may have been carried out."""
    slack.fail("chat.postMessage", fault)

    assert (await _failure(client, way)).reason is reason


@pytest.mark.parametrize(("fault", "retry_after_s"), WAITS, ids=str)
async def test_a_rate_limit_is_known_in_any_shape(
    slack: SlackStandIn, client: AsyncWebClient, way: Way, fault: Fault, retry_after_s: float | None
) -> None:
    """Retry-After is handed on as it is, and nothing where it is no number."""
    slack.fail("chat.postMessage", fault)
    error = await _failure(client, way)

    assert (error.reason, error.retry_after_s) == (Reason.RATE_LIMITED, retry_after_s)


async def test_a_refused_connection_was_surely_not_delivered(
    slack: SlackStandIn, client: AsyncWebClient, way: Way
) -> None:
    """Nothing was written, so nothing has to be looked up."""
    await slack.go_down()

    assert (await _failure(client, way)).reason is Reason.UNREACHABLE


async def test_a_host_without_address_was_surely_not_reached() -> None:
    """A name that does not resolve is no ambiguity."""
    async with open_client("xoxb-1", base_url="http://nowhere.invalid/api/") as (client, _):
        assert (await _failure(client)).reason is Reason.UNREACHABLE


ODD: list[tuple[BaseException, Reason]] = [
    (SlackApiError("no answer", None), Reason.SERVER),  # type: ignore[no-untyped-call]
    (aiohttp.ConnectionTimeoutError(), Reason.UNREACHABLE),
    (aiohttp.SocketTimeoutError(), Reason.TIMEOUT),
    (TimeoutError(), Reason.TIMEOUT),
    (aiohttp.ServerDisconnectedError(), Reason.DISCONNECTED),
    (ConnectionResetError(), Reason.DISCONNECTED),
    (ValueError("invalid literal for int()"), Reason.SERVER),
    (AttributeError("get"), Reason.SERVER),
    (RuntimeError("what nobody thought of"), Reason.DISCONNECTED),
]


@pytest.mark.parametrize(("error", "reason"), ODD, ids=repr)
def test_an_unknown_exception_is_ambiguous(error: BaseException, reason: Reason) -> None:
    """Only what surely was not sent is called so."""
    assert classify(error).reason is reason


def test_an_error_of_ours_stays() -> None:
    """What was classified is not classified again."""
    error = DeliveryError(Reason.SCOPE, detail="d")

    assert classify(error) is error


async def test_the_place_at_fault_is_told(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """Refused blocks and missing permissions name what is wrong, in a bounded text."""
    body = {"ok": False, "error": "invalid_blocks", "errors": ["no such [/blocks/0]", "x" * 900]}
    needed = {"ok": False, "error": "missing_scope", "needed": "channels:history"}
    slack.fail("chat.postMessage", faults.WrongType(body), faults.WrongType(needed))

    blocks, scope = await _failure(client), await _failure(client)

    assert (blocks.reason, len(blocks.detail)) == (Reason.PAYLOAD, 300)
    assert blocks.detail.startswith("invalid_blocks: no such [/blocks/0]; x")
    assert (scope.reason, scope.detail) == (Reason.SCOPE, "missing_scope: channels:history")


async def test_neither_error_nor_log_holds_the_token(
    slack: SlackStandIn, client: AsyncWebClient, way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    """Even when everything is logged, token and message stay out of it."""
    caplog.set_level("DEBUG")
    slack.fail("chat.postMessage", faults.ServerError(500, "text"), faults.Reset())

    for _ in range(2):
        error = await _failure(client, way)
        assert error.__cause__ is None
        assert error.__context__ is None or error.__suppress_context__
    await way(client, "canary-text")

    assert slack.bot_token not in caplog.text
    assert "canary-text" not in caplog.text


async def test_a_call_waits_behind_no_other(slack: SlackStandIn) -> None:
    """However many messages hang, whoever answers a person has a connection at once."""
    slack.fail("chat.postMessage", *[faults.Hang(20)] * 150)
    async with open_client(slack.bot_token, base_url=slack.api_url) as (client, _):
        hanging = [asyncio.ensure_future(_by_ourselves(client, "Hi")) for _ in range(150)]
        await asyncio.sleep(0)
        async with asyncio.timeout(10):
            await call(client.auth_test())
        assert not any(one.done() for one in hanging)
        for one in hanging:
            one.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)


async def test_nothing_of_the_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment is not used, and nothing is retried by the SDK."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:1")
    async with open_client("xoxb-1") as (client, session):
        assert client.proxy is None
        assert client.retry_handlers == []
        assert client.base_url == SLACK_API_URL
        assert (session.timeout.total, session.timeout.connect) == (15, 5)
    assert session.closed


def test_no_name_has_two_reasons() -> None:
    """A name in two lists would get the reason of whichever came last."""
    names = " ".join(errors.NAMES.values()).split()

    assert sorted(names) == sorted(set(names))
