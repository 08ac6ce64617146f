"""`python -m tests.explorer`: the table of every point, and 1 if anything was not kept."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.explorer import strace
from tests.explorer.exploration import Verdict, count, explore
from tests.explorer.points import FAULTS, Point, every, some


def main() -> int:
    """Explore what the command line asks for and return the exit code."""
    wanted = _arguments()
    if reason := strace.why_not():
        _say(f"Nothing explored: {reason}")
        return 0
    # Our stand-ins are hung up on, which they find worth a traceback.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tocsin-explorer-") as folder:
        verdicts = asyncio.run(_explore(Path(folder), wanted))
    broken = [one for one in verdicts if one.violations]
    ends = ", ".join(
        f"{times} {end}" for end, times in Counter(one.outcome for one in verdicts).most_common()
    )
    took = time.monotonic() - started
    _say(f"{len(verdicts)} points in {took:.0f} s: {ends}; {len(broken)} with violations")
    return 1 if broken else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.explorer", description=__doc__)
    parser.add_argument("--calls", default=",".join(FAULTS), help="which, separated by commas")
    parser.add_argument("--faults", default="", help="which, such as SIGKILL,EIO; else all")
    parser.add_argument("--points", default="", help="these, such as unlink-2-EIO,write-7-SIGKILL")
    parser.add_argument("--limit", type=int, default=10_000, help="try so many points at most")
    parser.add_argument("--seed", type=int, default=0, help="which ones, if there are more")
    parser.add_argument("--jobs", type=int, default=3, help="how many at the same time")
    wanted = parser.parse_args()
    wanted.calls = wanted.calls.split(",")
    if unknown := set(wanted.calls) - set(FAULTS):
        parser.error(f"{', '.join(unknown)}: not among {', '.join(FAULTS)}")
    try:
        wanted.points = [Point.parse(one) for one in filter(None, wanted.points.split(","))]
    except ValueError as error:
        parser.error(f"--points: {error}")
    return wanted


async def _explore(folder: Path, wanted: argparse.Namespace) -> Sequence[Verdict]:
    points = wanted.points or await _counted(folder, wanted)
    free = asyncio.Semaphore(wanted.jobs)

    async def one(point: Point) -> Verdict:
        async with free:
            verdict = await explore(point, _fresh(folder, str(point)))
        _say(_row(verdict))
        return verdict

    return await asyncio.gather(*(one(point) for point in points))


async def _counted(folder: Path, wanted: argparse.Namespace) -> Sequence[Point]:
    counted = await count(_fresh(folder, "count"), wanted.calls)
    faults = set(filter(None, wanted.faults.split(",")))
    possible = [one for one in every(counted) if not faults or one.fault in faults]
    points = some(possible, wanted.limit, wanted.seed)
    calls = ", ".join(f"{times} {call}" for call, times in counted.items())
    _say(f"One thread makes at most {calls}; {len(points)} of {len(possible)} points follow.")
    return points


def _fresh(folder: Path, name: str) -> Path:
    fresh = folder / name
    fresh.mkdir()
    return fresh


def _row(verdict: Verdict) -> str:
    struck = verdict.struck or "(not reached)"
    kept = "; ".join(verdict.violations) or "kept"
    return f"{verdict.point!s:28} {struck:16} {verdict.outcome:16} {kept}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
