"""Answers of the API before they are written to a socket, errors in their documented shapes."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Problem = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """A status with a JSON body; a long one comes in parts, made while they are sent."""

    status: int
    body: bytes | Iterator[bytes] = b""

    def whole(self) -> bytes:
        """Return the body in one piece; parts can be taken only once."""
        return self.body if isinstance(self.body, bytes) else b"".join(self.body)


def document(status: int, content: Any) -> Answer:
    """Return an answer with a JSON document."""
    return Answer(status, json.dumps(content).encode())


def error(status: int, message: str, **more: Any) -> Answer:
    """Return the error object of the OpenAPI description, with a fresh reference id."""
    content = {"ref_id": str(uuid.uuid4()), "message": message, **more}
    return document(status, {"type": "error", "error": content})


def unauthorized() -> Answer:
    """Return the answer to a missing or wrong API key."""
    return error(401, "Unauthorized: invalid or missing credentials")


def monitor_not_found() -> Answer:
    """Return the answer to an unknown monitor id."""
    return error(404, "Monitor not found")


def cancelled() -> Answer:
    """Return the answer to a change of a monitor that was cancelled."""
    return error(422, "Monitor is cancelled")


def invalid_body(problems: Sequence[Problem]) -> Answer:
    """Return the 422 of create and update: an error object around the problems."""
    message = "Unprocessable content: request validation error"
    return error(422, message, detail={"errors": list(problems)})


def invalid_query(problems: Sequence[Problem]) -> Answer:
    """Return the 422 of list and events: the bare problems, as FastAPI writes them."""
    return document(422, {"detail": list(problems)})
