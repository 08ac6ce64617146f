"""The simulated Parallel Monitor API."""

from bot.playground.parallel.account import Run
from bot.playground.parallel.call import Call
from bot.playground.parallel.event_log import EventLog
from bot.playground.parallel.findings import (
    Finding,
    Findings,
    Numbered,
    basis,
    citation,
    json_output,
    snapshot,
    structured,
    text,
    text_output,
)
from bot.playground.parallel.sim import API_KEY, ParallelSim

__all__ = [
    "API_KEY",
    "Call",
    "EventLog",
    "Finding",
    "Findings",
    "Numbered",
    "ParallelSim",
    "Run",
    "basis",
    "citation",
    "json_output",
    "snapshot",
    "structured",
    "text",
    "text_output",
]
