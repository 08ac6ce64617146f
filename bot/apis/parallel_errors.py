"""What a failed call to Parallel means: a reason for us and a sentence for people."""

from __future__ import annotations

import math

import httpx
from parallel import APIStatusError, APITimeoutError

from bot.apis.parallel_calls import unreadable
from bot.apis.parallel_models import ErrorBody, Problem
from bot.core.errors import ApiError
from bot.core.reasons import Reason

_MOST_WORDS = 300
_FIRST_SERVER_ERROR = 500
_FIRST_REFUSAL = 400

_REASONS = {
    401: Reason.INSTALLATION,
    402: Reason.PAYMENT,
    403: Reason.INSTALLATION,
    404: Reason.NOT_FOUND,
    408: Reason.TIMEOUT,
    429: Reason.RATE_LIMITED,
}
_SENTENCES = {
    Reason.INSTALLATION: "Parallel does not accept our API key",
    Reason.PAYMENT: "Parallel asks for credit first",
    Reason.NOT_FOUND: "Parallel does not know it",
    Reason.TIMEOUT: "Parallel gave up waiting for itself",
    Reason.RATE_LIMITED: "Parallel asks us to slow down",
    Reason.INVALID: "Parallel refuses this",
    Reason.SERVER: "Parallel has trouble right now",
}
_STATUS_SENTENCES = {403: "Parallel does not allow this"}
_FIELDS: dict[tuple[str | int, ...], str] = {
    ("frequency",): "every",
    ("processor",): "processor",
    ("settings", "query"): "query",
    ("settings", "output_schema"): "fields",
    ("settings", "include_backfill"): "backfill",
    ("settings", "advanced_settings", "location"): "location",
    ("settings", "advanced_settings", "source_policy"): "domains",
    ("settings", "advanced_settings", "source_policy", "exclude_domains"): "without",
}
"""Where in a body the options of our commands stand."""

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


def explain(error: Exception) -> ApiError:
    """Return what a failed call means, above all whether it may have been carried out."""
    if isinstance(error, APIStatusError):
        return _refusal(error)
    if isinstance(error.__cause__, _NEVER_SENT):
        return ApiError("Parallel cannot be reached.", reason=Reason.UNREACHABLE)
    if isinstance(error, APITimeoutError | TimeoutError):
        return ApiError("Parallel did not answer in time.", reason=Reason.TIMEOUT)
    if isinstance(error.__cause__, httpx.DecodingError):
        return unreadable()
    return ApiError(
        "The connection to Parallel broke before it answered.", reason=Reason.DISCONNECTED
    )


def _refusal(error: APIStatusError) -> ApiError:
    body = ErrorBody.model_validate(error.body if isinstance(error.body, dict) else {})
    reason = _reason(error.status_code)
    message = _message(body, error.body)
    sentence = _STATUS_SENTENCES.get(error.status_code, _SENTENCES[reason])
    return ApiError(
        f"{sentence}: {message}." if message else f"{sentence} ({error.status_code}).",
        reason=reason,
        status=error.status_code,
        ref_id=body.error.ref_id,
        retry_after_s=_seconds(error.response.headers.get("retry-after")),
        field=_field(body),
    )


def _reason(status: int) -> Reason:
    if status >= _FIRST_SERVER_ERROR or status < _FIRST_REFUSAL:
        return Reason.SERVER
    return _REASONS.get(status, Reason.INVALID)


def _field(body: ErrorBody) -> str | None:
    """Return the option that the first problem is about: the longest way that fits."""
    problems = body.detail if isinstance(body.detail, tuple) else ()
    for problem in (problems or body.error.detail.errors)[:1]:
        where, *way = problem.loc or ("",)
        for length in range(len(way), 0, -1):
            if where == "body" and tuple(way[:length]) in _FIELDS:
                return _FIELDS[tuple(way[:length])]
    return None


def _message(body: ErrorBody, raw: object) -> str:
    """Return the vendor's words in one line; a proxy's HTML page has none."""
    if isinstance(raw, str):
        words = "" if raw.lstrip().startswith("<") else raw
    elif isinstance(body.detail, str):
        words = body.detail or body.error.message
    else:
        words = _first(body.detail or body.error.detail.errors) or body.error.message
    line = " ".join(words.split()).rstrip(".")
    return line if len(line) <= _MOST_WORDS else f"{line[:_MOST_WORDS]}…"


def _first(problems: tuple[Problem, ...]) -> str:
    """Return the first problem and the field it is about."""
    if not problems or not problems[0].msg:
        return ""
    names = [str(part) for part in problems[0].loc[1:]]  # after "body" or "query"
    return f"{'.'.join(names)}: {problems[0].msg}" if names else problems[0].msg


def _seconds(header: str | None) -> float | None:
    try:
        seconds = float(header or "")
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
