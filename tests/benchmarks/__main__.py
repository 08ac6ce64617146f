"""Measures and prints: `python -m tests.benchmarks [name …] [--quick]`."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from tests.benchmarks.table import Row, machine

NAMES = (
    "ingest", "acknowledge", "rendering", "matching", "delivering", "end_to_end", "starting",
    "memory", "million", "storm",
)  # fmt: skip


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, smaller numbers")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(NAMES):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}")
    return chosen


async def _measure(name: str, *, quick: bool) -> list[Row]:
    module = import_module(f"tests.benchmarks.{name}")
    with tempfile.TemporaryDirectory(prefix=f"tocsin-{name}-") as folder:
        rows: list[Row] = await module.measure(Path(folder), quick=quick)
        return rows


async def _run(names: list[str], *, quick: bool) -> int:
    say(machine())
    missed = 0
    for name in names:
        for row in await _measure(name, quick=quick):
            say(row.line())
            missed += row.missed
    say(f"\n{missed} missed" if missed else "\nall met")
    return int(missed > 0)


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201 - the table is what this is for


if __name__ == "__main__":
    chosen = _arguments()
    sys.exit(asyncio.run(_run(chosen.names or list(NAMES), quick=chosen.quick)))
