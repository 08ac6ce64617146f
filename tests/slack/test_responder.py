"""The person who asked gets the answer, and nobody else is called."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientSession, web
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.answers import Button, answer, line
from bot.core.errors import DeliveryError
from bot.core.forms import Form, Input
from bot.core.reasons import Reason
from bot.core.requests import Request
from bot.playground import faults
from bot.playground.faults import Fault
from bot.playground.slack import SlackStandIn
from bot.slack.modals import Modals
from bot.slack.responder import SlackResponder, allowed_origins, origin

SAID = answer("Following.")
Connection = tuple[AsyncWebClient, ClientSession]


@pytest.fixture
def responder(slack: SlackStandIn, connection: Connection) -> SlackResponder:
    """The responder of the running workspace."""
    return SlackResponder(
        *connection, Modals(connection[0]), clock=lambda: datetime.now(UTC), api_url=slack.api_url
    )


def _request(
    response_url: str | None, *, age: timedelta = timedelta(), channel_id: str = "C1"
) -> Request:
    return Request(
        id="r",
        kind="command",
        name="alerts",
        team_id="T0TOCSIN",
        channel_id=channel_id,
        user_id="U1",
        response_url=response_url,
        received_at=datetime.now(UTC) - age,
    )


def _url(slack: SlackStandIn) -> str:
    secret = slack.people.response_urls.open("C1", "U1")
    return slack.people.response_urls.url(secret)


def _texts(slack: SlackStandIn) -> list[str]:
    return [message.text for message in slack.answers("C1", "U1")]


async def test_an_answer_goes_to_the_response_url(
    slack: SlackStandIn, responder: SlackResponder
) -> None:
    """Only the person sees it, and the Web API is not needed."""
    assert await responder.respond(_request(_url(slack)), SAID)
    assert _texts(slack) == ["Following."]
    assert slack.channels["C1"].messages == []
    assert slack.calls == []


GONE: list[Fault] = [
    faults.ErrorBody(404, {"ok": False, "error": "expired_url"}),
    faults.ErrorBody(404, {"ok": False, "error": "used_url"}),
    faults.ErrorBody(410),
    faults.ErrorBody(403),
    faults.ErrorBody(302),
    faults.ErrorBody(200, {"ok": False, "error": "expired_url"}),
]


@pytest.mark.parametrize("fault", GONE, ids=str)
async def test_a_response_url_that_is_gone_is_replaced(
    slack: SlackStandIn, responder: SlackResponder, fault: Fault
) -> None:
    """An ephemeral message says the same."""
    slack.fail("response_url", fault)

    assert await responder.respond(_request(_url(slack)), SAID)
    assert _texts(slack) == ["Following."]
    assert [call.method for call in slack.calls] == ["chat.postEphemeral"]


async def test_an_old_response_url_is_not_tried(
    slack: SlackStandIn, responder: SlackResponder
) -> None:
    """After half an hour Slack takes nothing there."""
    assert await responder.respond(_request(_url(slack), age=timedelta(minutes=30)), SAID)
    assert [call.method for call in slack.calls] == ["chat.postEphemeral"]


async def test_nobody_to_tell_is_false(responder: SlackResponder) -> None:
    """Neither a URL nor a channel that takes it: it cannot be delivered at all."""
    assert not await responder.respond(_request(None, channel_id=""), SAID)
    assert not await responder.respond(_request(None, channel_id="C2"), SAID)


WRONG = Form(
    name="f",
    title="F",
    lines=(line("Not there."),),
    inputs=(Input(name="one", label="One", wrong="Too long."), Input(name="two", label="Two")),
    after=(line("It costs $1."),),
    buttons=(Button(label="Try", act="try"),),
    submit="Save",
)


async def test_a_form_that_was_closed_is_told_in_words(
    slack: SlackStandIn, responder: SlackResponder
) -> None:
    """What was wrong with it, and nothing of what can be done in it alone."""
    asked = _request(_url(slack)).model_copy(update={"kind": "form", "view": "V0GONE"})

    assert await responder.respond(asked, WRONG)
    assert _texts(slack) == ["Not there.\nToo long."]


LATER: list[tuple[Fault, Reason]] = [
    (faults.RateLimited("7"), Reason.RATE_LIMITED),
    (faults.ServerError(503, "html"), Reason.SERVER),
    (faults.Reset(after=False), Reason.DISCONNECTED),
    (faults.Hang(5, after=False), Reason.TIMEOUT),
]


@pytest.mark.parametrize(("fault", "reason"), LATER, ids=str)
@pytest.mark.parametrize("way", ["response_url", "chat.postEphemeral"])
async def test_what_may_work_later_is_an_error(
    slack: SlackStandIn, responder: SlackResponder, fault: Fault, reason: Reason, way: str
) -> None:
    """The caller tries again; nothing is said by another way meanwhile."""
    slack.fail(way, fault)
    url = _url(slack) if way == "response_url" else None

    with pytest.raises(DeliveryError) as failure:
        await responder.respond(_request(url), SAID)

    assert failure.value.reason is reason
    assert failure.value.retry_after_s == (7.0 if reason is Reason.RATE_LIMITED else None)
    assert url is None or url not in str(failure.value)
    assert _texts(slack) == []


async def test_a_redirect_is_not_followed(connection: Connection) -> None:
    """Slack sends none, so one that comes leads somewhere else."""
    visited: list[str] = []

    async def redirect(request: web.BaseRequest) -> web.Response:
        visited.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    async with _Server(redirect) as base:
        responder = SlackResponder(
            *connection,
            Modals(connection[0]),
            clock=lambda: datetime.now(UTC),
            api_url=f"{base}/api/",
        )
        assert not await responder.respond(_request(f"{base}/response", channel_id=""), SAID)

    assert visited == ["/response"]


async def test_another_address_is_never_called(
    slack: SlackStandIn, responder: SlackResponder
) -> None:
    """A server that listens on the same host, but another port, hears nothing."""
    visited: list[str] = []

    async def listen(request: web.BaseRequest) -> web.Response:
        visited.append(request.path)
        return web.Response()

    async with _Server(listen) as base:
        assert await responder.respond(_request(f"{base}/response/x"), SAID)

    assert visited == []
    assert [call.method for call in slack.calls] == ["chat.postEphemeral"]


class _Server:
    """A server on loopback with one handler for everything."""

    def __init__(self, handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> None:
        self._runner = web.ServerRunner(web.Server(handler))

    async def __aenter__(self) -> str:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


SLACKS = "https://slack.com/api/"
LOCAL = "http://127.0.0.1:4444/api/"
WHERE = [
    (SLACKS, "https://hooks.slack.com/commands/T1/2/abc", True),
    (SLACKS, "https://hooks.slack.com:443/commands/T1", True),
    (SLACKS, "https://hooks.slack-gov.com/commands/T1", True),
    ("https://slack-gov.com/api/", "https://hooks.slack-gov.com/x", True),
    (SLACKS, "http://hooks.slack.com/commands/T1", False),
    (SLACKS, "https://hooks.slack.com:444/commands/T1", False),
    (SLACKS, "https://slack.com/commands/T1", False),
    (SLACKS, "https://hooks.slack.com.evil.com/", False),
    (SLACKS, "https://evil.com/hooks.slack.com", False),
    (SLACKS, "https://hooks.slack.com@evil.com/", False),
    (SLACKS, "https://evil.com#@hooks.slack.com/", False),
    (SLACKS, "https://evil.com\\@hooks.slack.com/", False),
    (SLACKS, "https://hooks.slack.com\n.evil.com/", False),
    (SLACKS, "https://HOOKS.slack.com/", False),
    (SLACKS, " https://hooks.slack.com/", False),
    (SLACKS, "https://169.254.169.254/latest/meta-data", False),
    (SLACKS, "https://localhost/", False),
    (SLACKS, "http://127.0.0.1:4444/response/x", False),
    (SLACKS, "file:///etc/passwd", False),
    (SLACKS, "", False),
    (LOCAL, "http://127.0.0.1:4444/response/x", True),
    (LOCAL, "http://127.0.0.1:4445/response/x", False),
    (LOCAL, "https://127.0.0.1:4444/response/x", False),
    (LOCAL, "http://localhost:4444/response/x", False),
    (LOCAL, "https://hooks.slack.com/commands/T1", False),
    ("not a url", "https://hooks.slack.com/commands/T1", False),
]


@pytest.mark.parametrize(("api_url", "url", "expected"), WHERE)
def test_only_slacks_own_addresses_are_allowed(api_url: str, url: str, expected: bool) -> None:
    """Scheme, host and port have to be Slack's, or exactly those of another API."""
    assert (origin(url) in allowed_origins(api_url)) is expected


PIECES = st.sampled_from(
    [
        "https://", "http://", "hooks.slack.com", "slack.com", "evil.com", "127.0.0.1", ":", "443",
        "@", "/", "\\", "#", "?", ".", "%", "\n", "\t", " ", "[::1]", "。", "é", "//", "x",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=8).map("".join))
def test_no_spelling_leads_elsewhere(url: str) -> None:
    """Whatever is allowed begins with Slack's host and a slash, or ends there."""
    if origin(url) in allowed_origins(SLACKS):
        rest = url.removeprefix("https://hooks.slack.com").removeprefix(":443")
        assert url.startswith("https://hooks.slack.com")
        assert rest == "" or rest.startswith("/")
