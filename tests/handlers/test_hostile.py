"""Text from outside is data, in whatever part of a payload it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.core.alerts import Alert
from bot.core.errors import PayloadError
from bot.slack.limits import problems
from tests.handlers.cases import SOURCES, Case, detected, distinct, group, groups, webhook
from tests.handlers.mutation import replaced, strings
from tests.handlers.rendering import messages

HOSTILE = (
    "<!channel> <@U0OPS42> <https://evil.example|bank.example>",
    "&lt;!here&gt; *bold* `code` {0.__class__} %s ${x}",
    "\u202egnp.exe\u0000\x07\u200b",
    "javascript:alert(1)",
    "https://user:pass@evil.example/<!here>|x",
    "👩\u200d👩\u200d👧\u200d👦" * 2_000,
    "word " * 20_000,
)


@pytest.mark.parametrize("case", distinct(), ids=str)
def test_no_part_of_a_payload_is_mark_up(case: Case) -> None:
    """A hostile string in any place gives messages that Slack takes and that mention nobody."""
    source = SOURCES[case.source]
    for body in _poisoned(json.loads(case.body)):
        try:
            events = source.read(webhook(source, json.dumps(body).encode()))
        except PayloadError:
            continue
        for event in events:
            assert_tame(source.format(event))


@pytest.mark.parametrize("name", [name for name, members in groups() if len(members) < 6])
def test_no_part_of_a_finding_is_mark_up(name: str) -> None:
    """The same for what the web says, in every place of a finding."""
    members = dict(groups())[name]
    for poisoned in _poisoned(members):
        assert_tame(SOURCES["parallel"].format(detected(), group(poisoned, query=HOSTILE[0])))


def assert_tame(alert: Alert) -> None:
    """Every message is within Slack's limits, and what Slack parses holds no mark-up."""
    for message in messages(alert):
        assert problems(message) == []
        assert "<" not in message["text"]
        for parsed in _parsed(message["blocks"]):
            assert parsed.startswith("<!date^")
            assert parsed.count("<") == 1


def _poisoned(value: Any) -> Iterator[Any]:
    for path in strings(value):
        for text in HOSTILE:
            yield replaced(value, path, text)


def _parsed(value: Any) -> Iterator[str]:
    """Yield the mrkdwn of a message, the only part of its blocks that Slack parses."""
    if isinstance(value, list):
        for one in value:
            yield from _parsed(one)
    elif isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for one in value.values():
            yield from _parsed(one)
