"""`citation.changed`: how often assistants cite a domain, from one scan to the next."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field as Named

from bot.core.alerts import Alert, Severity, known
from bot.core.events import Event, Payload, empty
from handlers.surfacedby import source
from handlers.surfacedby.place import Place, domain, scan_kind, workspace

WORTH_HEARING = 0.10
"""Part of the former count by which it moves for a plain subscription to hear of it;
single scans move by 5 to 10 % without a cause."""

_MOST = 10**12
Count = Annotated[int, Named(ge=-_MOST, le=_MOST)]  # beyond that it is nonsense

_SAME = "same_scope"
_MIXED = "The two scans did not measure the same: only the direction means something."


class Citation(Place):
    """Two counts, which compare only if both scans measured the same."""

    previous_count: Count | None = None
    new_count: Count | None = None
    delta: Count | None = None
    scan_type: str = ""
    measurement_label: str = ""
    comparison_scope: str = ""


class CitationChanged(Payload):
    """The body of `citation.changed`."""

    data: Citation = empty(Citation)


def _is_large(body: CitationChanged) -> bool:
    change, before = _change(body.data), body.data.previous_count
    if change is None or body.data.comparison_scope != _SAME:
        return False
    return before is None or abs(change) > abs(before) * WORTH_HEARING


@source.on("citation.changed", CitationChanged, default=_is_large)
def citation_changed(event: Event, body: CitationChanged) -> Alert:
    """A warning when it falls, else for information."""
    citation = body.data
    change = _change(citation)
    fell = change is not None and change < 0
    compares = _compares(citation)
    return Alert(
        title=f"Citations of {domain(citation)} {_moved(citation, change)}",
        severity=Severity.WARNING if fell else Severity.INFO,
        fields=known(
            ("Change", _said(citation, change) if compares else ""),
            ("Measured", citation.measurement_label or scan_kind(citation.scan_type)),
            workspace(citation),
        ),
        notice=None if compares else _MIXED,
    )


def _compares(citation: Citation) -> bool:
    return citation.comparison_scope in {_SAME, ""}


def _change(citation: Citation) -> int | None:
    if citation.delta is not None:
        return citation.delta
    if citation.new_count is None or citation.previous_count is None:
        return None
    return citation.new_count - citation.previous_count


def _moved(citation: Citation, change: int | None) -> str:
    """Return what happened, such as `fell from 143 to 126`."""
    verb = "changed" if not change else "fell" if change < 0 else "rose"
    before, now = citation.previous_count, citation.new_count
    if before is None or now is None or not _compares(citation):
        return verb
    return f"{verb} from {before:,} to {now:,}"


def _said(citation: Citation, change: int | None) -> str:
    """Return a change with its share of what was before, such as `-17 (-11.9 %)`."""
    if change is None:
        return ""
    before = citation.previous_count
    share = f" ({change / before:+,.1%})".replace("%", " %") if before else ""
    return f"{change:+,}{share}"
