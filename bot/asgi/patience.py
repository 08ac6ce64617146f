"""How long we wait for what may never come, with one timer for all who wait."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any


class Patience:
    """Ends a task's `with` block after a time, as asyncio.timeout() does, by TimeoutError.

    One object serves many tasks. It costs a webhook an entry in a dict, where a timer of its
    own would cost as much as the proof of its origin; and a sender that drips meets it rarely.
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._since: dict[asyncio.Task[Any], float] = {}  # whoever has waited longest is first
        self._late: set[asyncio.Task[Any]] = set()
        self._armed = False

    def __enter__(self) -> None:
        loop, task = asyncio.get_running_loop(), _current()
        self._since[task] = loop.time()
        if not self._armed:
            self._arm(loop, self._timeout_s)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        task = _current()
        self._since.pop(task, None)
        if self._late and task in self._late:
            self._late.remove(task)
            # Unless somebody else wants its end as well, which weighs more than ours.
            if task.uncancel() <= 0 and kind is asyncio.CancelledError:
                raise TimeoutError from error

    def _arm(self, loop: asyncio.AbstractEventLoop, delay_s: float) -> None:
        self._armed = True
        loop.call_later(delay_s, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """End who has waited for too long, and look again when the next one's time is over."""
        self._armed = False
        now = loop.time()
        for task, since in list(self._since.items()):
            if (left_s := since + self._timeout_s - now) > 0:
                self._arm(loop, left_s)
                return
            del self._since[task]
            self._late.add(task)
            task.cancel()


def _current() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("patience is for tasks")
    return task
