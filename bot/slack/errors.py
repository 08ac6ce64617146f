"""What a failed call to Slack means: one function, one answer."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.core.errors import DeliveryError
from bot.core.reasons import Reason

_MOST_DETAIL = 300

NAMES = {
    Reason.RATE_LIMITED: "ratelimited rate_limited",
    # Said before the message was taken, and will pass by itself.
    Reason.UNREACHABLE: """service_unavailable request_timeout team_added_to_org
        org_login_required message_limit_exceeded update_failed external_channel_migrating""",
    Reason.SERVER: "fatal_error internal_error",
    Reason.CHANNEL: """channel_not_found not_in_channel is_archived is_inactive
        restricted_action restricted_action_read_only_channel
        restricted_action_thread_only_channel channel_is_limited_access messages_tab_disabled
        no_permission ekm_access_denied app_access_restricted user_not_in_channel""",
    Reason.THREAD: """cannot_reply_to_message restricted_action_thread_locked
        restricted_action_non_threadable_channel thread_not_found invalid_thread_ts""",
    Reason.INSTALLATION: """invalid_auth account_inactive token_revoked token_expired not_authed
        not_allowed_token_type team_access_not_granted enterprise_is_restricted access_denied
        two_factor_setup_required accesslimited""",
    Reason.SCOPE: "missing_scope",
    Reason.PAYLOAD: """invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long
        no_text too_many_attachments attachment_payload_limit_exceeded invalid_metadata_format
        invalid_metadata_schema metadata_too_large metadata_must_be_sent_from_app
        markdown_text_conflict invalid_arguments invalid_arg_name invalid_array_arg
        invalid_charset invalid_form_data invalid_post_type missing_post_type team_not_found
        cant_broadcast_message no_dual_broadcast_content_update""",
    Reason.MESSAGE: "message_not_found cant_update_message edit_window_closed block_mismatch",
    Reason.NOT_FOUND: "user_not_found user_not_visible users_not_found",
}
_REASONS = {name: reason for reason, names in NAMES.items() for name in names.split()}

_NEVER_SENT = (
    aiohttp.ClientConnectorError,  # refused, no such host, no TLS
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    ConnectionRefusedError,
)
# What slack_sdk raises over a body that is no JSON object.
_UNREADABLE = (ValueError, AttributeError, TypeError, KeyError)


def classify(error: BaseException) -> DeliveryError:
    """Return what a failed call means; whoever does not know says "perhaps delivered".

    Source: https://docs.slack.dev/reference/methods/chat.postMessage#errors
    """
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, SlackApiError):
        response = error.response  # an AsyncSlackResponse, an aiohttp response, or None
        status = getattr(response, "status_code", None) or getattr(response, "status", None)
        headers, answer = getattr(response, "headers", None), getattr(response, "data", None)
        return refused(status, headers, answer)
    # Only the kind of error is told: its text may hold an address or a message.
    return DeliveryError(_reason(error), detail=type(error).__name__)


def _reason(error: BaseException) -> Reason:
    if isinstance(error, _NEVER_SENT):
        return Reason.UNREACHABLE
    if isinstance(error, TimeoutError):
        return Reason.TIMEOUT
    if isinstance(error, _UNREADABLE):
        return Reason.SERVER
    return Reason.DISCONNECTED


def refused(status: int | None, headers: Mapping[str, str] | None, answer: object) -> DeliveryError:
    """Return what an answer means that does not say "ok"; `answer` is its body, read as JSON."""
    answer = answer if isinstance(answer, Mapping) else {}
    name = answer.get("error")
    known = _REASONS.get(str(name))
    if status == HTTPStatus.TOO_MANY_REQUESTS or known is Reason.RATE_LIMITED:
        seconds = retry_after_s(headers)
        return DeliveryError(Reason.RATE_LIMITED, detail="ratelimited", retry_after_s=seconds)
    if not isinstance(name, str) or not name:
        return DeliveryError(Reason.SERVER, detail=f"HTTP {status}")
    if known is None:
        known = Reason.UNKNOWN if status == HTTPStatus.OK else Reason.SERVER
    return DeliveryError(known, detail=_detail(name, answer))


def retry_after_s(headers: Mapping[str, str] | None) -> float | None:
    """Return the seconds that Slack asked for, as they are; None without a number."""
    try:
        return float((headers or {})["Retry-After"])
    except (KeyError, ValueError):
        return None


def _detail(name: str, answer: Mapping[str, Any]) -> str:
    """Return Slack's error name, and where it names one, the place at fault."""
    metadata = answer.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, Mapping) else None
    more = answer.get("errors") or messages or answer.get("needed")
    if not more:
        return name
    said = "; ".join(map(str, more)) if isinstance(more, list) else str(more)
    return f"{name}: {said}"[:_MOST_DETAIL]
