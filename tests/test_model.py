"""The whole promise, against anything that may happen in any order.

Source: the method is Hypothesis' stateful testing. Every run works the real path on a
real SQLite file; only Slack, the source's API and the clock are ours.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.files import folder
from tests.model.machine import Blind, Machine

PATIENT = settings(
    deadline=None, stateful_step_count=30, suppress_health_check=list(HealthCheck), database=None
)


@pytest.fixture(autouse=True, scope="module")
def _tidy() -> Iterator[None]:
    """Keep the log of thousands of mishaps to itself, and remove the files of all runs."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()
    shutil.rmtree(folder())


def test_the_promise_holds() -> None:
    """M1: acknowledged is kept, said once, in order, and reaches everybody in the end."""
    run_state_machine_as_test(
        Machine, settings=settings(PATIENT, max_examples=60, derandomize=True)
    )


def test_without_looking_it_would_not() -> None:
    """The model bites: a bot that does not find what it sent repeats itself, unmarked."""
    quick = settings(
        PATIENT,
        max_examples=300,
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    with pytest.raises(AssertionError, match="said twice"):
        run_state_machine_as_test(Blind, settings=quick)


def test_with_the_last_word_it_would_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model bites here too: where whatever came last is shown, a card goes back."""
    monkeypatch.setattr("bot.store.cards.supersedes", lambda new, old: True)
    quick = settings(
        PATIENT,
        max_examples=300,
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    with pytest.raises(AssertionError, match=r"shows .*, not "):
        run_state_machine_as_test(Machine, settings=quick)


@pytest.mark.exploration
@pytest.mark.timeout(3600)
def test_the_promise_holds_at_length() -> None:
    """Thousands of longer lives, other ones each time."""
    thorough = settings(PATIENT, max_examples=2000, stateful_step_count=50)
    run_state_machine_as_test(Machine, settings=thorough)
