"""What an execution found: the part of an event that the query decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Finding = Mapping[str, Any]


def citation(url: str, title: str | None = None, *excerpts: str) -> dict[str, Any]:
    """Return a citation; title and excerpts are left out when there are none, as by the vendor."""
    cited: dict[str, Any] = {"url": url}
    if title is not None:
        cited["title"] = title
    if excerpts:
        cited["excerpts"] = list(excerpts)
    return cited


def basis(
    field: str = "output",
    *citations: Mapping[str, Any],
    reasoning: str = "The cited page says so.",
    confidence: str | None = "high",
) -> dict[str, Any]:
    """Return the basis of one field of an output."""
    return {
        "field": field,
        "citations": list(citations),
        "reasoning": reasoning,
        "confidence": confidence,
    }


def text_output(content: str, *entries: Mapping[str, Any]) -> dict[str, Any]:
    """Return an output in words, with its basis entries."""
    return {"type": "text", "content": content, "basis": list(entries)}


def json_output(
    content: Mapping[str, Any] | str, *entries: Mapping[str, Any], confidence: str = "high"
) -> dict[str, Any]:
    """Return a structured output; without entries each top-level field gets a plain basis.

    Content given as a string stays one: the vendor sometimes sends JSON that way.
    """
    fields = [] if isinstance(content, str) else list(content)
    basis_entries = list(entries) or [basis(name, confidence=confidence) for name in fields]
    return {"type": "json", "content": content, "basis": basis_entries}


def text(content: str, *urls: str, confidence: str | None = "high") -> Finding:
    """Return a finding in words, with one citation per URL."""
    entry = basis("output", *map(citation, urls), confidence=confidence)
    return {"event_type": "event_stream", "output": text_output(content, entry)}


def structured(content: Mapping[str, Any] | str, *entries: Mapping[str, Any]) -> Finding:
    """Return a finding that follows the monitor's output schema."""
    return {"event_type": "event_stream", "output": json_output(content, *entries)}


def snapshot(changed: Mapping[str, Any], previous: Mapping[str, Any]) -> Finding:
    """Return the finding of a snapshot monitor: what changed, and the whole value before."""
    return {"event_type": "snapshot", "changed_output": changed, "previous_output": previous}


class Findings(Protocol):
    """A row of findings: a list, or anything that makes its items when asked."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> Finding: ...


@dataclass(frozen=True)
class Numbered:
    """Any number of different text findings, each made when asked for; none are kept."""

    total: int
    size_bytes: int = 2_000

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, index: int) -> Finding:
        if not 0 <= index < self.total:
            raise IndexError(index)
        return text(f"Finding {index + 1}. ".ljust(self.size_bytes, "x"))
