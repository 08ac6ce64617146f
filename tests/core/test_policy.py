"""What follows a refusal: the whole table, reason by reason, with the edges of its counters."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.alerts import Alert
from bot.core.errors import DeliveryError
from bot.core.notifications import (
    LOOK_UPS_S,
    MOST_ATTEMPTS,
    MOST_REPEATS,
    SCHEDULE_S,
    Deferral,
    Form,
    Notification,
    State,
)
from bot.core.policy import (
    INSTALLATION_PAUSE_S,
    LANE_TRIES,
    End,
    Hold,
    Step,
    after_absence,
    after_blindness,
    after_edit_refusal,
    after_refusal,
)
from bot.core.reasons import AMBIGUOUS, LANE_WIDE, Reason

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
Rule = Callable[[Notification, DeliveryError], Step]


def claimed(**more: Any) -> Notification:
    """Return a message as it is after its first try."""
    values: dict[str, Any] = {
        "id": 1, "delivery_id": "d", "team_id": "T1", "channel_id": "C1", "key": "k1",
        "alert": Alert(title="x"), "state": State.SENDING, "attempts": 1, "created_at": NOW,
    }  # fmt: skip
    return Notification(**values | more)


def posting(one: Notification, error: DeliveryError) -> Step:
    """Decide after a post."""
    return after_refusal(one, error, now=NOW, jitter=0)


def looking(one: Notification, error: DeliveryError) -> Step:
    """Decide after a look-up that failed."""
    return after_blindness(one, error, now=NOW, jitter=0)


def editing(one: Notification, error: DeliveryError) -> Step:
    """Decide after an edit."""
    return after_edit_refusal(one, error, now=NOW, jitter=0)


RULES = {"post": posting, "look up": looking, "edit": editing}
STATES = {"post": State.SENDING, "look up": State.UNKNOWN, "edit": State.SENT}


def told(step: Step) -> str:
    """Return a step in short: what it does, for how long, and what it blocks."""
    if not isinstance(step, Deferral):
        return f"{type(step).__name__} {step.reason}"
    words = [step.state.value, f"{(step.at - NOW) / timedelta(seconds=1):g}s"]
    words += [] if step.counted else ["uncounted"]
    words += ["lane"] if step.lane_until == step.at else []
    words += ["workspace"] if step.workspace_until == step.at else []
    words += ["repeat"] if step.repeat else []
    words += [step.form.value] if step.form else []
    words += ["top"] if step.top_level else []
    assert step.lane_until in {None, step.at}
    assert step.workspace_until in {None, step.at}
    return " ".join(words)


# Reason: what follows the first post, the first look-up and the first edit.
TABLE: dict[Reason, tuple[str, str, str]] = {
    Reason.RATE_LIMITED: (
        "pending 1s uncounted lane", "unknown 1s uncounted lane", "sent 1s uncounted"),
    Reason.UNREACHABLE: ("pending 5s lane", "unknown 5s lane", "sent 5s"),
    Reason.TIMEOUT: ("unknown 1s lane", "unknown 5s lane", "sent 5s"),
    Reason.DISCONNECTED: ("unknown 1s lane", "unknown 5s lane", "sent 5s"),
    Reason.SERVER: ("unknown 1s lane", "unknown 5s lane", "sent 5s"),
    Reason.CRASHED: ("unknown 1s lane", "unknown 5s lane", "sent 5s"),
    Reason.CHANNEL: ("Hold channel", "Hold channel", "Hold channel"),
    Reason.THREAD: ("End thread", "pending 0s repeat", "End thread"),
    Reason.INSTALLATION: (
        "pending 60s uncounted workspace", "unknown 60s uncounted workspace",
        "sent 60s uncounted"),
    Reason.SCOPE: ("pending 60s uncounted workspace", "pending 0s repeat", "End scope"),
    Reason.PAYLOAD: (
        "pending 0s uncounted plain", "pending 0s repeat", "sent 0s uncounted plain"),
    Reason.MESSAGE: ("pending 5s", "pending 0s repeat", "End message"),
    Reason.NOT_FOUND: ("pending 5s", "pending 0s repeat", "End not_found"),
    Reason.INVALID: ("pending 5s", "pending 0s repeat", "End invalid"),
    Reason.PAYMENT: ("pending 5s", "pending 0s repeat", "End payment"),
    Reason.UNKNOWN: ("pending 5s", "pending 0s repeat", "End unknown"),
}  # fmt: skip
NOT_SLACK_S = {
    Reason.HELD,
    Reason.MUTED,
    Reason.CORRUPT,
    Reason.POISON,
    Reason.EXPIRED,
    Reason.PARENT,
}
CASES = [(kind, reason) for reason in TABLE for kind in RULES]


def test_the_table_knows_every_reason() -> None:
    """A new reason needs a line here before it is anybody's surprise."""
    assert set(Reason) == set(TABLE) | NOT_SLACK_S


@pytest.mark.parametrize(("kind", "reason"), CASES)
def test_what_follows_each_reason(kind: str, reason: Reason) -> None:
    """Each refusal of each kind of call has one consequence, and says its reason."""
    step = RULES[kind](claimed(state=STATES[kind]), DeliveryError(reason, detail="slack_said"))

    assert TABLE[reason][list(RULES).index(kind)] == told(step)
    assert (isinstance(step, Deferral) and step.repeat) or step.reason == reason
    assert "slack_said" in step.detail


@pytest.mark.parametrize(("kind", "reason"), CASES)
@pytest.mark.parametrize("counter", [0, 3, MOST_ATTEMPTS, 10**6])
def test_nothing_goes_on_for_ever(kind: str, reason: Reason, counter: int) -> None:
    """Only what costs nothing, waiting, may be repeated without end; all else ends in time."""
    one = claimed(
        state=STATES[kind], attempts=max(counter, 1), look_ups=counter, edits=counter,
        repeats=min(counter, MOST_REPEATS), form=Form.PLAIN,
    )  # fmt: skip
    step = RULES[kind](one, DeliveryError(reason))

    exhausted = counter >= MOST_ATTEMPTS
    waits = isinstance(step, Deferral) and not step.counted
    looks_once_more = kind == "post" and reason in AMBIGUOUS
    if exhausted and not waits and not looks_once_more:
        assert isinstance(step, End | Hold)
    if isinstance(step, Deferral):
        assert step.at > NOW or step.repeat


@pytest.mark.parametrize("kind", RULES)
@pytest.mark.parametrize(
    ("said", "wait_s"),
    [(1, 1), (30, 30), (0, 1), (-1, 1), (None, 1), (math.nan, 1), (1e9, 3600)],
)
def test_retry_after_is_obeyed_within_reason(kind: str, said: float | None, wait_s: float) -> None:
    """S4: the wait is Slack's own, from a second to an hour, and uses up no try."""
    error = DeliveryError(Reason.RATE_LIMITED, retry_after_s=said)
    step = RULES[kind](claimed(state=STATES[kind]), error)

    assert isinstance(step, Deferral)
    assert (NOW + timedelta(seconds=wait_s), False) == (step.at, step.counted)


@pytest.mark.parametrize("attempts", range(1, MOST_ATTEMPTS + 2))
def test_the_tries_of_a_post(attempts: int) -> None:
    """Each try waits its step; the first few hold up the channel; after the last it is over."""
    step = posting(claimed(attempts=attempts), DeliveryError(Reason.UNREACHABLE, detail="refused"))

    if attempts >= MOST_ATTEMPTS:
        assert End(reason=Reason.EXPIRED, detail="refused") == step
        return
    lane = " lane" if attempts < LANE_TRIES else ""
    assert f"pending {SCHEDULE_S[attempts]}s{lane}" == told(step)


@pytest.mark.parametrize("reason", sorted(AMBIGUOUS))
@pytest.mark.parametrize("attempts", [1, MOST_ATTEMPTS, MOST_ATTEMPTS + 1])
def test_an_ambiguous_post_is_always_looked_up(reason: Reason, attempts: int) -> None:
    """Even after the last try: whether it is there must be known before it is called dead."""
    assert "unknown 1s lane" == told(posting(claimed(attempts=attempts), DeliveryError(reason)))


@pytest.mark.parametrize(
    ("form", "parent_ts", "reason", "expected"),
    [
        (Form.BLOCKS, None, Reason.PAYLOAD, "pending 0s uncounted plain"),
        (Form.PLAIN, None, Reason.PAYLOAD, "End payload"),
        (Form.BLOCKS, "1.0", Reason.THREAD, "pending 0s uncounted top"),
        (Form.PLAIN, "1.0", Reason.THREAD, "pending 0s uncounted top"),
        (Form.BLOCKS, None, Reason.THREAD, "End thread"),
    ],
)
def test_one_simpler_try(form: Form, parent_ts: str | None, reason: Reason, expected: str) -> None:
    """S12, S16: refused blocks become plain text, a lost thread the channel; once each."""
    assert expected == told(posting(claimed(form=form, parent_ts=parent_ts), DeliveryError(reason)))


@pytest.mark.parametrize("look_ups", [*range(len(LOOK_UPS_S)), 7])
def test_absence_is_believed_after_every_look(look_ups: int) -> None:
    """History may be late, so it is asked again before the message is repeated, marked."""
    step = after_absence(claimed(state=State.UNKNOWN, look_ups=look_ups), now=NOW)

    expected = "unknown 5s lane" if look_ups == 0 else "pending 0s repeat"
    assert expected == told(step)


@pytest.mark.parametrize(
    ("repeats", "attempts", "again"),
    [
        (0, 1, True), (MOST_REPEATS - 1, 2, True), (MOST_REPEATS, 3, False),
        (0, MOST_ATTEMPTS - 1, True), (0, MOST_ATTEMPTS, False),
    ],
)  # fmt: skip
def test_repeats_are_few(repeats: int, attempts: int, again: bool) -> None:
    """At most two copies are risked; then the message ends, unconfirmed and visible."""
    one = claimed(state=State.UNKNOWN, look_ups=9, repeats=repeats, attempts=attempts)
    for step in (after_absence(one, now=NOW), looking(one, DeliveryError(Reason.SCOPE))):
        expected = "pending 0s repeat" if again else "End expired"
        assert expected == told(step)
        assert again or "unconfirmed" in step.detail


@pytest.mark.parametrize("reason", sorted(LANE_WIDE - {Reason.RATE_LIMITED}))
@pytest.mark.parametrize("look_ups", [0, LANE_TRIES - 1, LANE_TRIES, MOST_ATTEMPTS - 1])
def test_a_history_that_fails_is_asked_for_a_day(reason: Reason, look_ups: int) -> None:
    """S6: while Slack is away nothing is sent blindly; the lane is let go after a while."""
    step = looking(claimed(state=State.UNKNOWN, look_ups=look_ups), DeliveryError(reason))

    lane = " lane" if look_ups < LANE_TRIES else ""
    assert f"unknown {SCHEDULE_S[min(look_ups + 1, MOST_ATTEMPTS - 1)]}s{lane}" == told(step)


@pytest.mark.parametrize("edits", [0, 1, MOST_ATTEMPTS - 1, MOST_ATTEMPTS])
def test_an_edit_never_blocks_and_ends_in_time(edits: int) -> None:
    """Edits have the schedule of posts, and neither lane nor workspace waits for them."""
    step = editing(claimed(state=State.SENT, edits=edits), DeliveryError(Reason.TIMEOUT))

    if edits >= MOST_ATTEMPTS:
        assert End(reason=Reason.TIMEOUT) == step
    else:
        assert f"sent {SCHEDULE_S[min(edits + 1, MOST_ATTEMPTS - 1)]}s" == told(step)


def test_an_edit_is_simplified_once() -> None:
    """An edit that is refused in plain text as well is given up."""
    one = claimed(state=State.SENT, form=Form.PLAIN)

    assert "End payload" == told(editing(one, DeliveryError(Reason.PAYLOAD)))


def test_the_pause_of_a_workspace_is_short_enough_to_notice_its_return() -> None:
    """S7: a token that is accepted again is noticed within minutes, not by the schedule."""
    assert INSTALLATION_PAUSE_S <= 120
