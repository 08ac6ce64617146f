"""Deck's errors in their documented shape: always a list, with the id of the request."""

import secrets
from typing import Any

from bot.playground.parallel.answers import Answer, document


def success(content: dict[str, Any]) -> Answer:
    """Return a resource with the id of the request."""
    return document(200, {**content, "request_id": fresh_id("req")})


def error(status: int, kind: str, code: str, message: str, field: str | None = None) -> Answer:
    """Return one error; `field` is the input that caused it."""
    row = {"type": kind, "code": code, "message": message}
    if field is not None:
        row["field"] = field
    return document(status, {"errors": [row], "request_id": fresh_id("req")})


def unauthorized() -> Answer:
    """Return the answer to a missing or wrong key."""
    return error(401, "auth", "auth_invalid", "The API key is not valid.")


def not_found(kind: str) -> Answer:
    """Return the answer to an unknown id."""
    return error(404, "request", "not_found", f"No such {kind}.")


def fresh_id(prefix: str) -> str:
    """Return an id as Deck makes them."""
    return f"{prefix}_{secrets.token_hex(8)}"
