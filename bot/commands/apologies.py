"""What went wrong, in words for the person who asked."""

from __future__ import annotations

from bot.core.answers import Answer, Line, answer, bold, code, line
from bot.core.errors import ApiError, CommandError, DeliveryError
from bot.core.forms import Form
from bot.core.reasons import AMBIGUOUS, Reason

Refusal = ApiError | CommandError | DeliveryError


def in_form(error: Refusal, filled: Form) -> Form:
    """Return a form with what went wrong at the input that the error names, else on top."""
    told = in_words(error)
    field = None if isinstance(error, DeliveryError) else error.field
    if field is not None and any(one.name == field for one in filled.inputs):
        return filled.at_fault(field, told.text)
    first, *others = told.lines
    return filled.model_copy(update={"lines": (_loud(first), *others, *filled.lines)})


def in_words(error: Refusal) -> Answer:
    """Return what to say about an error that people can do something about."""
    if isinstance(error, CommandError):
        told = error.lines or (line(str(error)),)
        return answer(*told, *(line(code(shown)) for shown in error.shown))
    return answer(_api_words(error) if isinstance(error, ApiError) else _slack_words(error))


def _loud(told: Line) -> Line:
    spans = (one if one.style else bold(one.text) for one in told.spans)
    return told.model_copy(update={"spans": tuple(spans)})


def _api_words(error: ApiError) -> str:
    words = error.text
    if error.reason in AMBIGUOUS:
        words += " Ask again in a minute; twice does no harm."
    elif error.reason is Reason.RATE_LIMITED and error.retry_after_s:
        words += f" Ask again in {error.retry_after_s:.0f} seconds."
    elif error.reason in {Reason.RATE_LIMITED, Reason.UNREACHABLE}:
        words += " Nothing was done; ask again in a minute."
    elif error.reason in {Reason.INSTALLATION, Reason.PAYMENT}:
        words += " Whoever runs Tocsin can mend that."
    return f"{words} (Reference {error.ref_id}.)" if error.ref_id else words


def _slack_words(error: DeliveryError) -> str:
    if error.reason in {Reason.INSTALLATION, Reason.SCOPE}:
        return f"Slack does not let me look here ({error}); whoever runs Tocsin can mend that."
    return f"Slack did not tell me what I need to know ({error}); ask again in a minute."
