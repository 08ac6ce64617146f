"""What the doors take and answer, as an OpenAPI document of this very instance.

Source: https://spec.openapis.org/oas/v3.1.1.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Any

from bot.asgi.limits import MOST_BODY_BYTES
from bot.core.sources import Source
from bot.core.verify import SharedToken

Json = dict[str, Any]

BEARER = "authorization"
SLACK_PROOF = ("x-slack-request-timestamp", "x-slack-signature")

_REFUSED = {
    "400": "Broken HTTP, or a header of the proof is there twice.",
    "401": "Nothing proves the origin: the proof is missing, malformed, wrong or too old.",
    "408": "The body took too long.",
    "413": f"The body has more than {MOST_BODY_BYTES} bytes.",
    "415": "The body is compressed.",
    "431": "The headers are too many or too long.",
}
_TRY_AGAIN = {
    "description": "Nothing was stored, because the database cannot be written now.",
    "headers": {
        "Retry-After": {
            "description": "Seconds to wait before sending the same again.",
            "schema": {"type": "integer", "minimum": 1},
        }
    },
}
_STRING = {"type": "string"}
_CHALLENGE = {
    "type": "object",
    "properties": {"challenge": _STRING},
    "required": ["challenge"],
}
_COMMAND = (
    "command", "text", "team_id", "channel_id", "user_id", "response_url", "trigger_id",
)  # fmt: skip
_SLACK_FORM = {
    "type": "object",
    "description": "A slash command; or an interaction, as JSON in `payload`.",
    "properties": dict.fromkeys((*_COMMAND, "payload"), _STRING),
    "additionalProperties": _STRING,
}
_SLACK_EVENT = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("type", "challenge", "team_id", "event_id"), _STRING),
        "event": {"type": "object", "properties": {"type": _STRING}},
    },
}
_READINESS = {
    "type": "object",
    "properties": {
        **{part: {"type": "boolean"} for part in ("database", "workers", "slack")},
        "reason": {"description": "Why it is not ready, for people.", **_STRING},
    },
    "required": ["database", "workers", "slack"],
}


def document(sources: Iterable[Source]) -> Json:
    """Return the document of an instance that is open to these sources."""
    given = list(sources)
    headers = {name for source in given for name in source.scheme.proof_headers}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Tocsin",
            "version": version("tocsin"),
            "description": "Webhooks come in and alerts go to Slack. A webhook that was "
            "answered with 2xx is durable, and is said once.",
        },
        "paths": {
            **{f"/webhooks/{source.name}": _webhooks(source) for source in given},
            "/slack/events": {"post": _slack()},
            "/healthz": {"get": _page("Whether the process is alive", "text/plain")},
            "/readyz": {"get": _readiness()},
            "/metrics": {"get": _page("Counters in Prometheus' text format", "text/plain")},
            "/openapi.json": {"get": _page("This document", "application/json")},
        },
        "components": {
            "securitySchemes": {name: _proof(name) for name in sorted(headers | {*SLACK_PROOF})}
        },
    }


def _webhooks(source: Source) -> Json:
    """Return what the path of a source takes: a look, and webhooks."""
    look = _operation(f"See that webhooks of {source.title} are taken", {"200": _empty("Yes.")})
    taken = {method.lower(): _webhook(source) for method in source.methods}
    return {"get": look, "head": look, **taken}


def _webhook(source: Source) -> Json:
    proof = source.scheme.proof_headers
    one_is_enough = isinstance(source.scheme, SharedToken)
    return {
        **_operation(
            f"Take a webhook of {source.title}",
            {"200": _stored(source), **_described(_REFUSED), "503": _TRY_AGAIN},
        ),
        "description": f"What proves its origin ({source.scheme.name}) is stored and answered "
        "with 200, whatever the body is: known or not, repeated or not, JSON or not.",
        "security": [{name: []} for name in proof] if one_is_enough else [_all(proof)],
        "requestBody": {"content": {"application/json": {"schema": {}}, "*/*": {}}},
    }


def _stored(source: Source) -> Json:
    stored = _empty("It is stored, durably, or was before.")
    if not source.echoes_challenge:
        return stored
    return {
        "description": f"{stored['description']} A `challenge` in it is sent back.",
        "content": {"application/json": {"schema": _CHALLENGE}},
    }


def _slack() -> Json:
    said = {
        "application/json": {"schema": {"type": "object"}},
        "text/plain": {"schema": _STRING},
    }
    refused = {
        **_REFUSED,
        "400": "The body cannot be read, or a header of the proof is there twice.",
        "503": "An event was not written down; Slack sends it again.",
    }
    refused.pop("431")
    return {
        **_operation(
            "Take a command, an event or an interaction from Slack",
            {
                "200": {
                    "description": "It is written down, and is answered now or later.",
                    "content": said,
                },
                **_described(refused),
            },
        ),
        "security": [_all(SLACK_PROOF)],
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {"schema": _SLACK_FORM},
                "application/json": {"schema": _SLACK_EVENT},
            },
        },
    }


def _readiness() -> Json:
    parts = {"application/json": {"schema": _READINESS}}
    return _operation(
        "Whether everything works: the database, the workers, and Slack",
        {
            "200": {"description": "It does.", "content": parts},
            "503": {"description": "What is false does not.", "content": parts},
        },
    )


def _page(summary: str, media_type: str) -> Json:
    return _operation(summary, {"200": {"description": "It.", "content": {media_type: {}}}})


def _operation(summary: str, responses: Json) -> Json:
    return {"summary": summary, "responses": responses}


def _empty(description: str) -> Json:
    return {"description": description}


def _described(statuses: dict[str, str]) -> Json:
    return {status: _empty(meaning) for status, meaning in statuses.items()}


def _all(names: Sequence[str]) -> Json:
    """Return the requirement of every one of these proofs together."""
    return {name: [] for name in names}


def _proof(name: str) -> Json:
    """Return how a header of a proof is described."""
    if name == BEARER:
        return {"type": "http", "scheme": "bearer"}
    return {"type": "apiKey", "in": "header", "name": name}
