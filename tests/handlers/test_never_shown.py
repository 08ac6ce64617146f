"""What is never shown, planted into every recorded payload wherever it could stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.core.alerts import Alert, Size
from tests.handlers.cases import CASES, SOURCES, Case, detected, distinct, group, groups, webhook
from tests.handlers.rendering import messages

CANARY = "canary7f3a"
PERSON = f"{CANARY}@northwind.example"
SIGNED = f"https://{CANARY}:{CANARY}@files.example/{CANARY}/bill.pdf?sig={CANARY}#{CANARY}"
COST = 98_765_432.1

NEVER: Mapping[str, Mapping[str, object]] = {
    # Signed links, credentials, prompts, and what a run was given and brought home.
    "deck": {
        "url": SIGNED,
        "download_url": SIGNED,
        "auth_credentials": {"username": PERSON, "password": CANARY, "key": CANARY},
        "username": PERSON,
        "password": CANARY,
        "secret": f"whsec_{CANARY}",
        "custom_headers": json.dumps({"authorization": CANARY}),
        "prompt": CANARY,
        "input": {"answer": CANARY},
        "output": {"total": CANARY},
        "extraction": {"name": CANARY},
        "input_schema": {"title": CANARY},
        "metadata": {"patient": CANARY},
        "artifacts": {"screenshots": [SIGNED]},
        "external_id": PERSON,
    },
    # The vendor's own cost, and addresses of its API.
    "surfacedby": {
        "total_cost_usd": COST,
        "internal_cost": COST,
        "result_url": SIGNED,
        "url": SIGNED,
        "api_key": f"sk_live_{CANARY}",
        "email": PERSON,
        "user_email": PERSON,
        "access_token": CANARY,
    },
    # Who it was, beside the id that an audit needs.
    "lytics": {
        "user_email": PERSON,
        "email": PERSON,
        "notes": f"It was <{PERSON}>.",
        "error": f"Row of {PERSON} was refused.",
        "authorization": f"Bearer {CANARY}",
        "access_token": CANARY,
        "webhook_url": SIGNED,
    },
    "parallel": {
        "webhook": {"url": SIGNED},
        "api_key": CANARY,
        "metadata": {"user": PERSON},
        "url": SIGNED,
    },
}
"""Keys by source, with a value that may not be seen; `NEVER_INSIDE` is for one place alone."""

NEVER_INSIDE: Mapping[str, Mapping[str, object]] = {
    # An error's message is for people to read; a prompt's may hold a name or a number.
    "interaction": {"message": f"Dear {CANARY}, we sent a code to 0170 {CANARY}"},
}


def planted(value: Any, never: Mapping[str, object], under: str = "") -> Any:
    """Return a JSON value in which every object has also what is never to be shown."""
    if isinstance(value, list):
        return [planted(one, never, under) for one in value]
    if not isinstance(value, dict):
        return value
    inside = {name: planted(one, never, name) for name, one in value.items()}
    return {**inside, **never, **NEVER_INSIDE.get(under, {})}


def shown(alert: Alert) -> Iterator[str]:
    """Yield all that Slack is given of an alert: what is seen, and what notifications say."""
    for size in Size:
        for message in messages(alert, size):
            yield json.dumps([message["text"], message["blocks"]], ensure_ascii=False)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_never_shown_is_not(case: Case) -> None:
    """Not in any size, not in the plain words, and not in what filters and links are made of."""
    source = SOURCES[case.source]
    body = json.dumps(planted(json.loads(case.body), NEVER.get(case.source, {}))).encode()

    for event in source.read(webhook(source, body)):
        for words in (*shown(source.format(event)), *shown(source.plain(event))):
            assert CANARY not in words
            assert "98765432" not in words.replace(",", "")
        assert CANARY not in json.dumps([event.fields, event.link_values])


@pytest.mark.parametrize(
    "subject_id",
    [f"user/email/{PERSON}", PERSON, f"user/_uid/{CANARY}", CANARY, f"{CANARY}/{PERSON}"],
)
@pytest.mark.parametrize("case", [one for one in distinct() if one.source == "lytics"], ids=str)
def test_profile_of_a_person_is_not_shown(case: Case, subject_id: str) -> None:
    """The id of a profile is an address or as good as one, whatever happened to it."""
    source = SOURCES["lytics"]

    for event in source.read(webhook(source, _about_profile(case.body, subject_id))):
        if event.type.startswith("entity."):
            for words in (*shown(source.format(event)), *shown(source.plain(event))):
                assert CANARY not in words


@pytest.mark.parametrize("name", [name for name, members in groups() if 0 < len(members) < 10])
def test_reasoning_and_keys_of_a_finding_are_not_shown(name: str) -> None:
    """Of a finding the content and its sources are said, nothing beside them."""
    members = dict(groups())[name]
    never = {"reasoning": CANARY, "excerpts": [CANARY], "api_key": CANARY, "metadata": CANARY}
    for member in members:
        outside = {**member, **never}
        alert = SOURCES["parallel"].format(detected(), group([outside]))

        assert all(CANARY not in words for words in shown(alert))


def test_canaries_would_be_seen() -> None:
    """The test bites: a canary where text is shown is found in every size but compact."""
    alert = Alert(title="A title", text=f"It was {CANARY}.")

    assert [CANARY in words for words in shown(alert)] == [False, True, True]


def _about_profile(body: bytes, subject_id: str) -> bytes:
    def replaced(value: Any) -> Any:
        if isinstance(value, list):
            return [replaced(one) for one in value]
        if not isinstance(value, dict):
            return value
        inside = {name: replaced(one) for name, one in value.items()}
        if "subject_type" in inside:
            inside |= {"subject_type": "entity", "subject_id": subject_id}
        return inside

    return json.dumps(replaced(json.loads(body))).encode()
