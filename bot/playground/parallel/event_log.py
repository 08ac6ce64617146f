"""The events of one monitor, in the order they came."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.playground.parallel.findings import Findings


@dataclass(frozen=True, slots=True)
class Detection:
    """One event of a group; its document is built when it is read."""

    group_id: str
    number: int
    date: str
    findings: Findings
    index: int

    def document(self) -> dict[str, Any]:
        """Return the event as the API shows it; the same id at every reading."""
        digest = hashlib.sha256(f"{self.group_id}/{self.number}".encode()).hexdigest()
        return {
            "event_id": f"mevt_{digest[:56]}",
            "event_group_id": self.group_id,
            "event_date": self.date,
            **self.findings[self.index],
        }


@dataclass(frozen=True, slots=True)
class Execution:
    """A run without findings: `completion` or `error`. The vendor gives these rows no id."""

    row: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """Return the row as the API shows it."""
        return dict(self.row)


Row = Detection | Execution


@dataclass
class EventLog:
    """Append-only events of one monitor; iterating gives documents, newest first."""

    _rows: list[Row] = field(default_factory=list)
    _group_sizes: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (row.document() for row in reversed(self._rows))

    def add_findings(self, group_id: str, findings: Findings, date: str) -> None:
        """Append the findings to the group, which may exist already."""
        first = self._group_sizes.get(group_id, 0)
        self._group_sizes[group_id] = first + len(findings)
        for index in range(len(findings)):
            self._rows.append(Detection(group_id, first + index, date, findings, index))

    def add_execution(self, row: Mapping[str, Any]) -> None:
        """Append a completion or an error."""
        self._rows.append(Execution(row))

    def group(self, group_id: str) -> list[Detection]:
        """Return the events of a group, newest first; none when nobody knows the group."""
        return [
            row
            for row in reversed(self._rows)
            if isinstance(row, Detection) and row.group_id == group_id
        ]

    def page(
        self, before: int | None, limit: int, *, completions: bool
    ) -> tuple[list[Row], int | None]:
        """Return up to `limit` rows older than position `before`, and where the next page starts.

        Positions count from the oldest row, so a page stays the same while the log grows.
        """
        older = self._rows if before is None else self._rows[:before]
        shown = [
            (position, row)
            for position, row in enumerate(older)
            if completions or not _is_completion(row)
        ]
        page = shown[-limit:]
        next_before = page[0][0] if len(page) < len(shown) else None
        return [row for _, row in reversed(page)], next_before


def _is_completion(row: Row) -> bool:
    return isinstance(row, Execution) and row.row["event_type"] == "completion"
