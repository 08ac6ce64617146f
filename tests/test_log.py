"""The log: one line a happening, in one form for us and for libraries, without leaks."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog

from bot import log

CANARY = "canary-5f2c"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Leave logging as it was, since it belongs to the whole process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_json_lines_are_json_for_us_and_for_libraries() -> None:
    """Both kinds of line have a time, a level, a logger and the words."""
    stream = io.StringIO()
    log.configure("json", stream)
    structlog.get_logger("bot.probe").warning("held", channel="C1")
    logging.getLogger("uvicorn").info("started %s", "now", extra={"color_message": "\x1b[36m"})

    ours, theirs = map(json.loads, stream.getvalue().splitlines())
    assert (ours["event"], ours["level"], ours["channel"]) == ("held", "warning", "C1")
    assert (theirs["event"], theirs["logger"]) == ("started now", "uvicorn")
    assert "color_message" not in theirs
    assert ours["timestamp"].endswith("Z")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_traceback_shows_no_local_variables(form: Literal["text", "json"]) -> None:
    """What a function held when it failed may be a token, so it is not printed."""
    stream = io.StringIO()
    log.configure(form, stream)
    _fail(CANARY)

    assert "ZeroDivisionError" in stream.getvalue()
    assert CANARY not in stream.getvalue()


@pytest.mark.parametrize("name", ["slack_sdk.web.async_client", "slack_bolt.AsyncApp", "httpx"])
def test_talkative_libraries_are_kept_from_debugging(name: str) -> None:
    """Their DEBUG lines hold tokens and texts, and are never written."""
    stream = io.StringIO()
    log.configure("text", stream)
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger(name).debug(CANARY)

    assert stream.getvalue() == ""


def _fail(token: str) -> None:
    kept = token * 2
    try:
        assert kept
        _ = 1 / 0
    except ZeroDivisionError:
        structlog.get_logger("bot.probe").exception("failed")
