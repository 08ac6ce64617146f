"""What a failed call to a vendor means: a reason for us and a sentence for people."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import aiohttp
from pydantic_core import from_json

from bot.core.errors import ApiError
from bot.core.reasons import Reason
from bot.core.wording import clip

_MOST_WORDS = 300
_FIRST_SERVER_ERROR = 500
_FIRST_REFUSAL = 400
_REFERENCE = re.compile(r"[A-Za-z0-9_.:-]{1,80}")

_REASONS = {
    401: Reason.INSTALLATION,
    402: Reason.PAYMENT,
    403: Reason.INSTALLATION,
    404: Reason.NOT_FOUND,
    408: Reason.TIMEOUT,
    410: Reason.NOT_FOUND,
    429: Reason.RATE_LIMITED,
}
_SENTENCES = {
    Reason.INSTALLATION: "{} does not accept our API key",
    Reason.PAYMENT: "{} asks for payment first",
    Reason.NOT_FOUND: "{} does not know it",
    Reason.TIMEOUT: "{} gave up waiting for itself",
    Reason.RATE_LIMITED: "{} asks us to slow down",
    Reason.INVALID: "{} refuses this",
    Reason.SERVER: "{} has trouble right now",
}
_STATUS_SENTENCES = {
    403: "{} does not allow this",
    409: "{} says that this does not fit what it has now",
    410: "{} does not have it any more",
}
_ELSEWHERE = "{} sends us elsewhere, where we do not follow"

_NEVER_SENT = (
    aiohttp.ClientConnectorError,  # refused, no such host, no TLS
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    ConnectionRefusedError,
)


def broken(title: str, error: BaseException) -> ApiError:
    """Return what it means that no answer came; whoever does not know says "perhaps"."""
    if isinstance(error, _NEVER_SENT):
        return ApiError(f"{title} cannot be reached.", reason=Reason.UNREACHABLE)
    if isinstance(error, TimeoutError):
        return ApiError(f"{title} did not answer in time.", reason=Reason.TIMEOUT)
    text = f"The connection to {title} broke before it answered."
    return ApiError(text, reason=Reason.DISCONNECTED)


def refusal(
    title: str,
    status: int,
    headers: Mapping[str, str],
    content: bytes | None,
    *,
    secret: bool = False,
) -> ApiError:
    """Return what an answer means that is no success.

    With `secret` the vendor's words are left out, because they may repeat what was sent.
    """
    body = _object(content)
    reason = _reason(status)
    words = "" if secret else _words(body, content)
    sentence = _sentence(status, reason).format(title)
    return ApiError(
        f"{sentence}: {words}." if words else f"{sentence} ({status}).",
        reason=reason,
        status=status,
        ref_id=_reference(body, headers),
        retry_after_s=_seconds(headers.get("retry-after")),
        field=_text(_first(body).get("field")) or None,
    )


def _reason(status: int) -> Reason:
    if status >= _FIRST_SERVER_ERROR or status < _FIRST_REFUSAL:
        return Reason.SERVER
    return _REASONS.get(status, Reason.INVALID)


def _sentence(status: int, reason: Reason) -> str:
    if status < _FIRST_REFUSAL:
        return _ELSEWHERE
    return _STATUS_SENTENCES.get(status, _SENTENCES[reason])


def _object(content: bytes | None) -> dict[str, Any]:
    """Return the object of an error; a proxy's page has none."""
    try:
        body = from_json(content or b"{}", allow_inf_nan=False)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _first(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the first of Deck's errors, which always come as a list."""
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    return first if isinstance(first, dict) else {}


def _words(body: Mapping[str, Any], content: bytes | None) -> str:
    """Return the vendor's words in one line, as Deck, Lytics and RFC 9457 write them."""
    told = (_first(body).get("message"), body.get("message"), body.get("detail"), body.get("title"))
    words = next((one for one in map(_text, told) if one), "")
    if not words and not body and content:
        plain = content[: _MOST_WORDS * 4].decode(errors="replace")
        words = "" if plain.lstrip().startswith(("<", "{", "[", '"')) else plain
    return clip(words, _MOST_WORDS).rstrip(".")


def _reference(body: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    told = (body.get("request_id"), headers.get("x-request-id"))
    return next((one for one in map(_text, told) if _REFERENCE.fullmatch(one)), None)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _seconds(header: str | None) -> float | None:
    try:
        seconds = float(header or "")
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
