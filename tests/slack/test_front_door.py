"""What Slack sends is proven, parsed, written down once and acknowledged."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
import uvicorn
from aiohttp import ClientSession
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient
from starlette.types import ASGIApp

from bot.asgi.limits import MOST_BODY_BYTES
from bot.core.answers import answer
from bot.core.errors import StoreUnavailableError
from bot.core.requests import Request
from bot.playground.slack import SlackStandIn
from bot.slack.bolt import BUSY, UNKNOWN_COMMAND, Bolt
from bot.slack.front_door import FrontDoor
from bot.slack.modals import Modals
from bot.slack.responder import SlackResponder
from bot.slack.signature import sign
from tests.slack.asgi import HeaderList, Reply, post

SECRET = "signing-secret-of-the-test"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
COMMAND = {
    "token": "old",
    "team_id": "T1",
    "channel_id": "C1",
    "user_id": "U1",
    "command": "/alerts",
    "text": "list",
    "response_url": "https://hooks.slack.com/commands/T1/1/x",
    "trigger_id": "1.2.abc",
}
JOINED = {
    "type": "event_callback",
    "team_id": "T1",
    "event_id": "Ev1",
    "authorizations": [{"team_id": "T1", "user_id": "U0BOT", "is_bot": True}],
    "event": {"type": "member_joined_channel", "channel": "C1", "user": "U0BOT", "team": "T1"},
}


class Requests:
    """A store in memory that can be switched off."""

    def __init__(self) -> None:
        self.accepted: dict[str, Request] = {}
        self.offers = 0
        self.down = False

    @property
    def only(self) -> Request:
        """Return the one request there is."""
        (request,) = self.accepted.values()
        return request

    async def accept(self, request: Request) -> bool:
        """Keep a request; False if it is known."""
        if self.down:
            raise StoreUnavailableError("locked")
        self.offers += 1
        new = request.id not in self.accepted
        self.accepted.setdefault(request.id, request)
        return new


class Doors:
    """A front door and what stands behind it."""

    def __init__(self, client: AsyncWebClient | None = None, secret: str = SECRET) -> None:
        self.requests = Requests()
        self.wakes = 0
        # By default a client that could reach nobody.
        known = client or AsyncWebClient("xoxb-test", base_url="http://127.0.0.1:1/api/")
        self.built = 0

        def build() -> Bolt:
            self.built += 1
            return Bolt(
                client=known,
                modals=Modals(known),
                identity=lambda: None,
                accept=self.requests.accept,
                wake=self.wake,
                clock=lambda: datetime.now(UTC),
            )

        self.door = FrontDoor(
            secrets=[secret, "next-secret"],
            build=build,
            clock=lambda: datetime.now(UTC),
            max_body_s=0.2,
        )

    def wake(self) -> None:
        """Count that the worker was told, after the request was written down."""
        assert self.requests.offers > self.wakes
        self.wakes += 1

    async def send(
        self, body: bytes, content_type: str, extra: HeaderList = (), *, secret: str = SECRET
    ) -> Reply:
        """Send a body with a good signature."""
        headers: HeaderList = [("Content-Type", content_type), *signed(body, secret), *extra]
        return await post(self.door, body, headers)

    async def command(self, **fields: str) -> Reply:
        """Send a slash command."""
        return await self.send(urlencode({**COMMAND, **fields}).encode(), FORM)

    async def event(self, event: Mapping[str, Any], extra: HeaderList = ()) -> Reply:
        """Send a JSON document."""
        return await self.send(json.dumps(event).encode(), JSON, extra)


def signed(body: bytes, secret: str = SECRET) -> list[tuple[str, bytes]]:
    """Return the two headers of proof."""
    timestamp = str(int(time.time())).encode()
    return [
        ("X-Slack-Request-Timestamp", timestamp),
        ("X-Slack-Signature", sign(secret, body, timestamp)),
    ]


@pytest.fixture
def doors() -> Doors:
    """A door of its own for each test."""
    return Doors()


# ---- proof --------------------------------------------------------------------------------------

BODY = urlencode(COMMAND).encode()
NOW = int(time.time())


def _forged() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    for name, timestamp in {
        "expired": b"%d" % (NOW - 3_600),
        "future": b"%d" % (NOW + 3_600),
        "float": b"%d.0" % NOW,
        "words": b"yesterday",
        "empty time": b"",
        "negative": b"-%d" % NOW,
        "huge": b"9" * 400,
        "not a number": b"nan",
        "other digits": "١٧٩٥٣١١٤٠٥".encode(),
        "blank": b" %d" % NOW,
    }.items():
        proof = sign(SECRET, BODY, timestamp)
        yield name, [("X-Slack-Request-Timestamp", timestamp), ("X-Slack-Signature", proof)]
    right = signed(BODY)
    for name, proof in {
        "wrong": b"v0=" + b"0" * 64,
        "non-ASCII": b"v0=\xe9\xff",
        "empty proof": b"",
        "no version": right[1][1][3:],
        "upper case": right[1][1].upper(),
        "long": b"v0=" + b"a" * 4_000,
    }.items():
        yield name, [right[0], ("X-Slack-Signature", proof)]
    yield "no proof", [right[0]]
    yield "no time", [right[1]]
    yield "nothing", []
    yield "another secret", signed(BODY, "another secret")


FORGED = dict(_forged())


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
async def test_what_is_not_proven_is_refused(
    doors: Doors, headers: list[tuple[str, bytes]], caplog: pytest.LogCaptureFixture
) -> None:
    """Any defect of the proof is 401, nothing is done, and the body is not logged."""
    caplog.set_level("DEBUG")
    reply = await post(doors.door, BODY, [("Content-Type", FORM), *headers])

    assert (reply.status, reply.json) == (401, {"error": "invalid request"})
    assert doors.requests.accepted == {}
    assert doors.built == 0
    assert "hooks.slack.com" not in caplog.text


async def test_each_listed_secret_opens(doors: Doors) -> None:
    """During a rotation both signing secrets count."""
    reply = await doors.send(BODY, FORM, secret="next-secret")

    assert reply.status == 200


async def test_a_repeated_proof_header_is_refused(doors: Doors) -> None:
    """Which of two would count is nobody's guess, so neither does."""
    for repeated in signed(BODY):
        reply = await post(doors.door, BODY, [("Content-Type", FORM), *signed(BODY), repeated])
        assert reply.status == 400


async def test_a_large_body_is_refused_early(doors: Doors) -> None:
    """By its stated length, or as soon as it grows too long."""
    stated = [("Content-Length", str(MOST_BODY_BYTES + 1))]
    chunks = [b"x" * 65_536] * 17

    assert (await post(doors.door, b"", stated, complete=False)).status == 413
    assert (await post(doors.door, chunks, [], complete=False)).status == 413


async def test_a_dripping_body_is_given_up(doors: Doors) -> None:
    """A body that does not end in time costs no more than that time."""
    assert (await post(doors.door, b"tok", [], complete=False)).status == 408


async def test_a_compressed_body_is_refused(doors: Doors) -> None:
    """Slack does not compress, and nothing is inflated here."""
    reply = await doors.send(BODY, FORM, [("Content-Encoding", "gzip")])

    assert reply.status == 415


# ---- bodies -------------------------------------------------------------------------------------

UNREADABLE = [
    (b"{", JSON),
    (b"[1]", JSON),
    (b'"text"', JSON),
    (b"\xff\xfe", JSON),
    (b"\xff", FORM),
    (b"text=%ff%fe", FORM),
    (b"[" * 100_000, JSON),
    (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, JSON),
    (b'{"a": NaN}', JSON),
    (b"payload=%7B", FORM),
    (b"payload=", FORM),
    (b"payload=%5B1%5D", FORM),
    (b"payload=" + b"%5B" * 100_000, FORM),
    (b"&".join(b"a=1" for _ in range(1_000)), FORM),
]


@pytest.mark.parametrize(("body", "content_type"), UNREADABLE, ids=lambda value: repr(value)[:30])
async def test_what_is_signed_and_unreadable_is_400(
    doors: Doors, body: bytes, content_type: str
) -> None:
    """Broken text, broken or deep JSON and endless forms are the sender's mistake."""
    assert (await doors.send(body, content_type)).status == 400


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "event", "authorizations", "team", "user", "channel", "command"]
            )
            | st.sampled_from(
                ["view", "actions", "callback_id", "response_urls", "ssl_check", "api"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(fields=st.dictionaries(st.sampled_from([*JOINED, "user", "view", "team"]), JSONS))
async def test_no_signed_body_makes_a_server_error(doors: Doors, fields: dict[str, Any]) -> None:
    """Whatever shape the fields have, the answer is 200 or 400."""
    assert (await doors.event({**JOINED, **fields})).status in {200, 400}


async def test_checks_of_the_address_are_answered(doors: Doors) -> None:
    """Slack's own questions get what they expect."""
    challenge = await doors.event({"type": "url_verification", "challenge": "c-1", "token": "t"})
    tls = await doors.send(b"ssl_check=1&token=t", FORM)

    assert (challenge.status, challenge.json) == (200, {"challenge": "c-1"})
    assert tls.status == 200
    assert doors.requests.accepted == {}


# ---- commands -----------------------------------------------------------------------------------


async def test_a_command_is_written_down_and_acknowledged(doors: Doors) -> None:
    """Everything the worker needs is in the request; the answer is an empty 200."""
    reply = await doors.command(text="subscribe deck")

    assert (reply.status, reply.body) == (200, b"")
    assert doors.wakes == 1
    assert doors.requests.only.model_dump(exclude_defaults=True, exclude={"id", "received_at"}) == {
        "kind": "command",
        "name": "alerts",
        "team_id": "T1",
        "channel_id": "C1",
        "user_id": "U1",
        "text": "subscribe deck",
        "response_url": COMMAND["response_url"],
    }


async def test_an_exact_repeat_is_one_request(doors: Doors) -> None:
    """The same signed bytes act once; the same words typed again act again."""
    for _ in range(2):
        assert (await doors.command()).status == 200
    assert doors.requests.offers == 2
    assert len(doors.requests.accepted) == 1

    await doors.command(trigger_id="1.2.def")

    assert len(doors.requests.accepted) == 2


WORDS = {
    "create payload-size": "create payload-size",
    "payload=1&amp;x": "payload=1&x",
    "a &lt;b&gt; &amp;lt;": "a <b> &lt;",
    "<#C2|general> &lt;@U1&gt; <@U2|ada>": "<#C2|general> <@U1> <@U2|ada>",
    "<#C3|> <@U3|r&amp;d>": "<#C3|> <@U3|r&amp;d>",
    "<https://example.com/?a=1&amp;b=2>": "<https://example.com/?a=1&b=2>",
    "“smart” —quotes` --flag=… \x00 \u202e": "“smart” —quotes` --flag=… \x00 \u202e",
    "x" * 40_000: "x" * 40_000,
    "": "",
}


@pytest.mark.parametrize(("typed", "text"), WORDS.items(), ids=lambda value: value[:20])
async def test_the_words_arrive_as_typed(doors: Doors, typed: str, text: str) -> None:
    """Escapes are undone once, mentions keep their ids, and no word is special."""
    assert (await doors.command(text=typed)).status == 200
    assert doors.requests.only.text == text


@settings(max_examples=50, deadline=None)
@given(text=st.text(st.characters(codec="utf-8"), max_size=50))
async def test_any_text_is_taken(text: str) -> None:
    """There is nothing to type that is not at least written down."""
    doors = Doors()

    assert (await doors.command(text=text)).status == 200
    assert doors.requests.offers == 1


async def test_a_command_without_the_database_says_so(doors: Doors) -> None:
    """The person is told that nothing was done; Slack sees a 200."""
    doors.requests.down = True
    reply = await doors.command()

    assert (reply.status, reply.json["text"]) == (200, BUSY)
    assert reply.json["response_type"] == "ephemeral"
    assert doors.wakes == 0


async def test_a_command_of_another_name_is_answered(doors: Doors) -> None:
    """A name that is in the app and not in the settings is no silent failure."""
    reply = await doors.command(command="/alarms")

    assert (reply.status, reply.json["text"]) == (200, UNKNOWN_COMMAND)
    assert doors.requests.accepted == {}


# ---- events and the rest ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event_type", ["member_joined_channel", "channel_unarchive", "group_unarchive"]
)
async def test_an_event_is_written_down(doors: Doors, event_type: str) -> None:
    """Its id is Slack's, its fields are kept, and that we caused it does not hide it."""
    event = {**JOINED["event"], "type": event_type}  # type: ignore[dict-item]
    reply = await doors.event({**JOINED, "event": event})
    request = doors.requests.only

    assert reply.status == 200
    assert (request.id, request.kind, request.name) == ("Ev1", "event", event_type)
    assert (request.team_id, request.channel_id, request.user_id) == ("T1", "C1", "U0BOT")
    assert request.payload == event
    assert doors.wakes == 1


async def test_a_retried_event_is_one_request(doors: Doors) -> None:
    """Slack repeats an event with the same id and a retry header."""
    await doors.event(JOINED)
    retry = [("X-Slack-Retry-Num", "1"), ("X-Slack-Retry-Reason", "http_timeout")]
    reply = await doors.event(JOINED, retry)

    assert reply.status == 200
    assert len(doors.requests.accepted) == 1


async def test_an_event_without_the_database_is_sent_again(doors: Doors) -> None:
    """It is not acknowledged before it is written down."""
    doors.requests.down = True
    assert (await doors.event(JOINED)).status == 503

    doors.requests.down = False
    assert (await doors.event(JOINED)).status == 200
    assert len(doors.requests.accepted) == 1


UNWANTED: list[dict[str, Any]] = [
    {**JOINED, "event": {"type": "message", "user": "U1", "text": "hello"}},
    {**JOINED, "event": {"type": "message", "text": "hi", "user": "U1", "channel": "C1"}},
    {**JOINED, "event": {"type": "app_uninstalled"}},
    {"type": "event_callback", "team_id": "T1"},
    {"type": "app_rate_limited", "team_id": "T1"},
    {"type": "something_new"},
    {},
]
INTERACTIONS: list[dict[str, Any]] = [
    {"type": "block_actions", "actions": [{"action_id": "a", "type": "button", "block_id": "b"}]},
    {"type": "view_submission", "view": {"callback_id": "v", "type": "modal"}},
    {"type": "view_closed", "view": {"callback_id": "v", "type": "modal"}},
    {"type": "shortcut", "callback_id": "s"},
    {"type": "message_action", "callback_id": "s"},
]


@pytest.mark.parametrize("body", UNWANTED, ids=str)
async def test_an_event_nobody_needs_is_acknowledged(doors: Doors, body: dict[str, Any]) -> None:
    """Nothing ends in a 404, which Slack would count as a failure."""
    assert (await doors.event(body)).status == 200
    assert doors.requests.accepted == {}


@pytest.mark.parametrize("payload", INTERACTIONS, ids=lambda payload: payload["type"])
async def test_an_interaction_nobody_needs_is_acknowledged(
    doors: Doors, payload: dict[str, Any]
) -> None:
    """A click on a link button is no error either."""
    known = {"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}, **payload}
    reply = await doors.send(urlencode({"payload": json.dumps(known)}).encode(), FORM)

    assert reply.status == 200


# ---- surroundings -------------------------------------------------------------------------------


async def test_slack_variables_of_the_environment_change_nothing(
    monkeypatch: pytest.MonkeyPatch, doors: Doors
) -> None:
    """Bolt would switch to OAuth with files, other secrets and other tokens by them."""
    for name in ("SIGNING_SECRET", "BOT_TOKEN", "VERIFICATION_TOKEN", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"SLACK_{name}", "from-the-environment")

    assert (await doors.command()).status == 200
    assert (await doors.send(b"ssl_check=1&token=t", FORM)).status == 200
    forged = await doors.send(BODY, FORM, secret="from-the-environment")
    assert forged.status == 401
    assert len(doors.requests.accepted) == 1


async def test_slack_is_never_asked_who_asks(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """No request costs a call of auth.test, nor depends on Slack's answering it."""
    doors = Doors(client)
    for trigger_id in ("1", "2", "3"):
        await doors.command(trigger_id=trigger_id)
    await doors.event(JOINED)

    assert len(doors.requests.accepted) == 4
    assert slack.calls == []


async def test_a_command_goes_from_slack_to_the_answer(
    slack: SlackStandIn, connection: tuple[AsyncWebClient, ClientSession]
) -> None:
    """Over real HTTP: signed, written down, acknowledged, and answered privately."""
    doors = Doors(connection[0], slack.signing_secret)
    async with listening(doors.door) as url:
        reply = await slack.command(url, "/monitors list #alerts a&b", channel="C1", user="U1")
        await slack.invite_bot("C2", url)
    command, event = doors.requests.accepted.values()
    responder = SlackResponder(
        *connection, Modals(connection[0]), clock=lambda: datetime.now(UTC), api_url=slack.api_url
    )

    assert reply.taken
    assert (command.name, command.text) == ("monitors", "list <#C1|alerts> a&b")
    assert (event.name, event.channel_id) == ("member_joined_channel", "C2")
    assert await responder.respond(command, answer("No monitors."))
    assert [message.text for message in slack.answers("C1", "U1")] == ["No monitors."]


@asynccontextmanager
async def listening(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an application on loopback, as in production but for its signal handlers."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", log_config=None)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/slack/events"
    await server.shutdown()


async def test_what_stands_behind_the_door_is_built_once(doors: Doors) -> None:
    """At the first use, or before when somebody asks."""
    assert doors.built == 0
    await doors.door.ready()
    await doors.command()
    await doors.event(JOINED)

    assert doors.built == 1


async def test_nothing_is_logged_of_what_people_ask(
    doors: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    """Words, response URLs and trigger ids stay out of the log at every level."""
    caplog.set_level("DEBUG")
    await doors.command(text="canary-words")
    await doors.event({**JOINED, "event": {"type": "message", "text": "canary-words"}})
    await doors.event({"type": "event_callback", "event": "canary-words"})

    for secret in ("canary-words", COMMAND["response_url"], COMMAND["trigger_id"], "xoxb-test"):
        assert secret not in caplog.text
