"""What follows when Slack refuses, or when nobody knows. Decisions only, no doing."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.errors import DeliveryError
from bot.core.events import Record
from bot.core.notifications import (
    LOOK_UPS_S,
    MOST_ATTEMPTS,
    MOST_REPEATS,
    Deferral,
    Form,
    Notification,
    State,
    clamp_retry_after,
    delay_s,
)
from bot.core.reasons import AMBIGUOUS, LANE_WIDE, Reason

LANE_TRIES = 4
"""Tries for which a message may hold up its channel; after that it waits alone."""

INSTALLATION_PAUSE_S = 60.0


class Hold(Record):
    """The channel takes nothing: keep back all that is owed to it."""

    reason: Reason
    detail: str = ""


class End(Record):
    """No further try: the message is dead, with its reason."""

    reason: Reason
    detail: str = ""


Step = Deferral | Hold | End


def after_refusal(
    claimed: Notification, error: DeliveryError, *, now: datetime, jitter: float
) -> Step:
    """Return what to do after a post that did not clearly succeed."""
    match error.reason:
        case reason if reason in AMBIGUOUS:
            return _search(claimed, error, now, LOOK_UPS_S[0])
        case Reason.CHANNEL:
            return Hold(reason=error.reason, detail=error.detail)
        case Reason.PAYLOAD if claimed.form == Form.BLOCKS:
            return _at_once(error, now, form=Form.PLAIN)
        case Reason.THREAD if claimed.parent_ts:
            return _at_once(error, now, top_level=True)
        case Reason.RATE_LIMITED | Reason.INSTALLATION | Reason.SCOPE:
            return _waiting(error, now, State.PENDING)
        case _:
            return _next_try(claimed, error, now, jitter)


def after_absence(claimed: Notification, *, now: datetime) -> Step:
    """Return what to do when the history does not show a perhaps sent message."""
    looked = claimed.look_ups + 1
    if looked < len(LOOK_UPS_S):
        absent = DeliveryError(Reason.CRASHED, detail="not in the history yet")
        return _search(claimed, absent, now, LOOK_UPS_S[looked])
    return _repeat(claimed, "not in the history", now)


def after_blindness(
    claimed: Notification, error: DeliveryError, *, now: datetime, jitter: float
) -> Step:
    """Return what to do when the history itself cannot be read.

    Where it never can, the message is sent again and marked: losing an alert would
    be worse than repeating it.
    """
    if error.reason in {Reason.RATE_LIMITED, Reason.INSTALLATION}:
        return _waiting(error, now, State.UNKNOWN)
    if error.reason == Reason.CHANNEL:
        return Hold(reason=error.reason, detail=error.detail)
    if error.reason in LANE_WIDE and claimed.look_ups < MOST_ATTEMPTS:
        return _search(claimed, error, now, delay_s(claimed.look_ups + 1, jitter=jitter))
    return _repeat(claimed, error.detail or error.reason, now)


def after_edit_refusal(
    claimed: Notification, error: DeliveryError, *, now: datetime, jitter: float
) -> Step:
    """Return what to do after an edit that failed; an edit may be repeated blindly."""
    if error.reason == Reason.PAYLOAD and claimed.form == Form.BLOCKS:
        return _at_once(error, now, form=Form.PLAIN, state=State.SENT)
    if error.reason in {Reason.RATE_LIMITED, Reason.INSTALLATION}:
        # The lane stays open: an edit never delays a post.
        wait = clamp_retry_after(error.retry_after_s)
        if error.reason == Reason.INSTALLATION:
            wait = INSTALLATION_PAUSE_S
        return Deferral(
            state=State.SENT,
            at=_in(now, wait),
            reason=error.reason,
            detail=error.detail,
            counted=False,
        )
    if error.reason == Reason.CHANNEL:
        return Hold(reason=error.reason, detail=error.detail)
    if error.reason in LANE_WIDE and claimed.edits < MOST_ATTEMPTS:
        wait = delay_s(claimed.edits + 1, jitter=jitter)
        return Deferral(
            state=State.SENT, at=_in(now, wait), reason=error.reason, detail=error.detail
        )
    return End(reason=error.reason, detail=error.detail)


def _search(claimed: Notification, error: DeliveryError, now: datetime, wait_s: float) -> Step:
    until = _in(now, wait_s)
    return Deferral(
        state=State.UNKNOWN,
        at=until,
        reason=error.reason,
        detail=error.detail,
        lane_until=until if claimed.look_ups < LANE_TRIES else None,
    )


def _repeat(claimed: Notification, why: str, now: datetime) -> Step:
    """Send again what may be there already, marked as such, at most twice."""
    if claimed.repeats >= MOST_REPEATS or claimed.attempts >= MOST_ATTEMPTS:
        return End(reason=Reason.EXPIRED, detail=f"unconfirmed: {why}")
    return Deferral(state=State.PENDING, at=now, reason=Reason.CRASHED, detail=why, repeat=True)


def _at_once(
    error: DeliveryError,
    now: datetime,
    *,
    form: Form | None = None,
    top_level: bool = False,
    state: State = State.PENDING,
) -> Step:
    return Deferral(
        state=state,
        at=now,
        reason=error.reason,
        detail=error.detail,
        form=form,
        top_level=top_level,
        counted=False,
    )


def _waiting(error: DeliveryError, now: datetime, state: State) -> Step:
    """Wait without using up a try: the lane for a 429, else the whole workspace."""
    limited = error.reason == Reason.RATE_LIMITED
    until = _in(now, clamp_retry_after(error.retry_after_s) if limited else INSTALLATION_PAUSE_S)
    return Deferral(
        state=state,
        at=until,
        reason=error.reason,
        detail=error.detail,
        counted=False,
        lane_until=until if limited else None,
        workspace_until=None if limited else until,
    )


def _next_try(claimed: Notification, error: DeliveryError, now: datetime, jitter: float) -> Step:
    if error.reason in {Reason.PAYLOAD, Reason.THREAD}:
        return End(reason=error.reason, detail=error.detail)
    if claimed.attempts >= MOST_ATTEMPTS:
        return End(reason=Reason.EXPIRED, detail=error.detail or error.reason)
    until = _in(now, delay_s(claimed.attempts, jitter=jitter))
    shared = error.reason in LANE_WIDE and claimed.attempts < LANE_TRIES
    return Deferral(
        state=State.PENDING,
        at=until,
        reason=error.reason,
        detail=error.detail,
        lane_until=until if shared else None,
    )


def _in(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)
