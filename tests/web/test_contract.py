"""H13: a running bot does what its own document says, whatever is sent."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

import handlers
from bot.playground.senders import WebhookSender, fresh_id, json_bytes
from bot.playground.slack.door import Door
from bot.playground.stage import Stage
from bot.web.webhooks import PREFIX
from tests.handlers.mutation import RETYPED, paths, replaced
from tests.system.scene import unfinished, until
from tests.web.caller import WITHOUT_BODY, Caller, Case, Sign, any_case, sent

FEW, MANY = 25, 300
FORM = "application/x-www-form-urlencoded"
METHODS = {"get", "head", "post", "put", "patch", "delete", "options", "trace"}
COMMAND = st.fixed_dictionaries(
    {
        "command": st.sampled_from(["/alerts", "/monitors"]),
        "text": st.just("list payload=1") | st.text(max_size=100),
    }
)
EVENT = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["event_callback", "url_verification", "block_actions", ""]),
        "event": st.sampled_from([{"type": "member_joined_channel"}, *RETYPED]),
    }
)
SAMPLES = Path(handlers.__file__).parent

many = pytest.mark.parametrize("examples", [FEW, pytest.param(MANY, marks=pytest.mark.exploration)])


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a bot that works, and see that it still does afterwards."""
    async with Stage(tmp_path) as made:
        yield made
        await until(lambda: unfinished(made) == 0)
        assert "Exception in ASGI application" not in made.bot.log.read_text()


@pytest.fixture
async def caller(stage: Stage, examples: int) -> AsyncIterator[Caller]:
    """Yield somebody who asks that bot."""
    made = await asyncio.to_thread(Caller, stage, examples)
    yield made
    made.close()


@many
async def test_whatever_is_sent_the_answer_is_documented(caller: Caller) -> None:
    """Nothing unproven is stored, and nothing makes the bot fail."""

    def walk() -> Counter[int]:
        statuses: Counter[int] = Counter()
        for operation in caller.operations():
            caller.each(
                any_case(operation), lambda case: statuses.update([caller.send(case).status_code])
            )
        assert caller.count("bodies") == 0
        return statuses

    statuses = await asyncio.to_thread(walk)
    assert {200, 401} <= set(statuses)


@many
async def test_whatever_is_signed_is_stored(caller: Caller, stage: Stage, examples: int) -> None:
    """2xx for every webhook that verified: any JSON, any bytes, nothing at all."""

    def walk() -> None:
        for operation in caller.operations():
            if operation.path.startswith(PREFIX) and operation.method not in WITHOUT_BODY:
                sender = stage.senders[operation.path.removeprefix(PREFIX)]
                bodies = st.none() | st.binary(max_size=300) | _nearly_known(sender.source)
                caller.each(
                    st.tuples(any_case(operation), bodies),
                    partial(_stored, caller, _signer(sender)),
                )

    await asyncio.to_thread(walk)
    assert caller.count("bodies") > examples


def _nearly_known(source: str) -> st.SearchStrategy[bytes]:
    """Return bodies of a source in which one value is of another type."""
    samples = [json.loads(one.read_bytes()) for one in SAMPLES.glob(f"{source}/samples/*.json")]
    chosen = st.sampled_from(samples).flatmap(
        lambda sample: st.builds(
            partial(replaced, sample), st.sampled_from([*paths(sample)]), st.sampled_from(RETYPED)
        )
    )
    return chosen.map(json_bytes)


def _signer(sender: WebhookSender) -> Sign:
    return lambda body: sender.proof(body, id=fresh_id(), at=datetime.now(UTC))


def _stored(caller: Caller, sign: Sign, example: tuple[Case, bytes | None]) -> None:
    """Send a generated body, or one that is no JSON, and find it in the database."""
    case, body = example
    if body is not None:
        case.body, case.media_type = body, "application/octet-stream"
    answer = caller.send(case, sign)
    assert answer.status_code == 200
    source = case.path.removeprefix(PREFIX)
    assert caller.count("bodies WHERE source = ? AND raw = ?", source, sent(answer)) > 0


@many
async def test_whatever_slack_signs_is_written_down(
    caller: Caller, stage: Stage, examples: int
) -> None:
    """A command is 200 and stored; what nobody can read is refused and nothing of it is."""

    def walk() -> Counter[int]:
        door = caller.operation("/slack/events", "post")
        statuses: Counter[int] = Counter()
        sign = Door(stage.slack.signing_secret).sign
        caller.each(
            st.tuples(any_case(door), st.none() | COMMAND | EVENT),
            lambda example: statuses.update([_written_down(caller, sign, *example)]),
        )
        return statuses

    statuses = await asyncio.to_thread(walk)
    assert statuses[200] > examples / 4
    assert set(statuses) <= {200, 400}


def _written_down(caller: Caller, sign: Sign, case: Case, said: dict[str, Any] | None) -> int:
    """Send a command, an event of some shape, or what was generated; return the status."""
    before = caller.count("requests")
    command = said is not None and "command" in said
    if said is not None:
        case.media_type = FORM if command else "application/json"
        case.body = {**said, "trigger_id": str(before)}
    answer = caller.send(case, sign)
    if command:
        assert answer.status_code == 200
        assert caller.count("requests") == before + 1
    elif answer.status_code != 200:
        assert caller.count("requests") == before
    return answer.status_code


@pytest.mark.parametrize("examples", [1])
async def test_no_other_method_is_taken(caller: Caller) -> None:
    """What the document does not name is 405, and says what there is."""

    def walk() -> None:
        for path, known in caller.document["paths"].items():
            for method in METHODS - set(known) - {"head"}:
                answer = caller.call(method, path)
                assert (answer.status_code, "Allow" in answer.headers) == (405, True), path

    await asyncio.to_thread(walk)
