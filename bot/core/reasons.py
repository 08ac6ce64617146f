"""Why a try failed: a closed list that is also a metric label, and what follows."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why an attempt ended as it did."""

    RATE_LIMITED = "rate_limited"  # 429: the lane waits, no try is used up
    UNREACHABLE = "unreachable"  # surely not delivered: refused, no DNS, maintenance
    TIMEOUT = "timeout"  # perhaps delivered
    DISCONNECTED = "disconnected"  # perhaps delivered: reset or cut after the request was sent
    SERVER = "server"  # perhaps delivered: 5xx, or a 200 nobody can read
    CRASHED = "crashed"  # perhaps delivered: found in `sending` after a restart
    CHANNEL = "channel"  # this channel does not take our messages
    THREAD = "thread"  # the parent is gone or takes no replies
    INSTALLATION = "installation"  # the token or the app is not accepted any more
    SCOPE = "scope"  # one permission is missing
    PAYLOAD = "payload"  # Slack refuses the message itself
    MESSAGE = "message"  # the message to edit is gone or closed
    NOT_FOUND = "not_found"  # the API knows no such thing
    INVALID = "invalid"  # the API refuses the request itself
    PAYMENT = "payment"  # the account has no credit
    UNKNOWN = "unknown"  # an answer that is in no list

    # ends that are no failures of a call
    HELD = "held"  # the channel or the monitor is on hold
    MUTED = "muted"  # somebody asked for quiet
    CORRUPT = "corrupt"  # the stored body does not match its digest
    POISON = "poison"  # handling it ended the process too often
    EXPIRED = "expired"  # the schedule ran out
    PARENT = "parent"  # its parent never reached Slack


AMBIGUOUS = frozenset({Reason.TIMEOUT, Reason.DISCONNECTED, Reason.SERVER, Reason.CRASHED})
"""Slack may have taken the message: look before sending again."""

LANE_WIDE = AMBIGUOUS | {Reason.UNREACHABLE, Reason.RATE_LIMITED}
"""Says something about the road, not about this message: the lane waits in order."""
