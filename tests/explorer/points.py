"""Where a life of the bot can be spoilt: a call, its number, and what becomes of it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from typing_extensions import override

T = TypeVar("T")

KILL = "SIGKILL"

FAULTS = {
    "pwrite64": (KILL, "ENOSPC", "EIO"),
    "fdatasync": (KILL, "ENOSPC", "EIO"),
    "ftruncate": (KILL, "EIO"),
    "unlink": (KILL, "EIO"),
    "write": (KILL, "ECONNRESET"),
    "connect": (KILL, "ECONNREFUSED"),
}
"""What may become of a call, for each call by which the bot changes a disk or a peer."""


@dataclass(frozen=True)
class Point:
    """The Nth call of that name by any one thread; `fault` is KILL or the name of an error."""

    call: str
    nth: int
    fault: str = KILL

    @override
    def __str__(self) -> str:
        """Return it as the table and the names of tests show it."""
        return f"{self.call}-{self.nth}-{self.fault}"

    @classmethod
    def parse(cls, text: str) -> Point:
        """Return the point that is written so.

        Raises:
            ValueError: it is none.
        """
        call, nth, fault = text.split("-")
        if fault not in FAULTS.get(call, ()):
            raise ValueError(f"{call} does not fail with {fault}")
        return cls(call, int(nth), fault)

    @property
    def options(self) -> Sequence[str]:
        """The command line of strace."""
        kill = self.fault == KILL
        what = f"signal={KILL}" if kill else f"error={self.fault}"
        inject = f"inject={self.call}:{what}:when={self.nth}"
        # A filter in the kernel is faster, but a process stopped by it takes no signal.
        return (*(() if kill else ("--seccomp-bpf",)), "-e", f"trace={self.call}", "-e", inject)


def every(counted: Mapping[str, int]) -> list[Point]:
    """Return every point of a life in which each call was counted."""
    return [
        Point(call, nth, fault)
        for call, times in counted.items()
        for fault in FAULTS[call]
        for nth in range(1, times + 1)
    ]


def some(points: Sequence[T], limit: int, seed: int) -> list[T]:
    """Return at most `limit` of the points, in their order; the same for the same seed."""
    if limit >= len(points):
        return list(points)
    chosen = random.Random(seed).sample(range(len(points)), limit)
    return [points[index] for index in sorted(chosen)]
