"""What a benchmark found, and how it is printed."""

from __future__ import annotations

import operator
import os
import platform
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("uvicorn", "uvloop", "httptools", "starlette", "pydantic", "slack_sdk", "aiohttp")
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "=": operator.eq,
}


@dataclass(frozen=True)
class Goal:
    """What a figure should be: at least, at most or exactly `bound`."""

    sign: str
    bound: float

    def met(self, figure: float) -> bool:
        """Return whether a figure is as it should be."""
        return _SIGNS[self.sign](figure, self.bound)


def at_least(bound: float) -> Goal:
    """Return the goal of what should be large."""
    return Goal(">=", bound)


def exactly(bound: float) -> Goal:
    """Return the goal of what is counted."""
    return Goal("=", bound)


def at_most(bound: float) -> Goal:
    """Return the goal of what should be small."""
    return Goal("<=", bound)


@dataclass(frozen=True)
class Row:
    """A figure with its unit (`x` for a ratio), its goal, and what it was made of."""

    what: str
    figure: float
    unit: str
    goal: Goal | None
    made_of: str

    @property
    def missed(self) -> bool:
        """Whether there is a goal and the figure is not as it should be."""
        return self.goal is not None and not self.goal.met(self.figure)

    def line(self) -> str:
        """Return the row of the table."""
        goal = f"{self.goal.sign} {self.goal.bound:g}" if self.goal else ""
        verdict = "" if self.goal is None else "MISSED" if self.missed else "met"
        figure = f"{self.figure:,.3g}" if abs(self.figure) < 1000 else f"{self.figure:,.0f}"
        number = f"{figure} {self.unit}"
        return f"{self.what:<44} {number:>12}  {goal:<9} {verdict:<6}  {self.made_of}"


def machine() -> str:
    """Return what the figures depend on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    processors = len(os.sched_getaffinity(0))
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{platform.platform()}, {_processor()}, {processors} processors, load {load}\n"
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
