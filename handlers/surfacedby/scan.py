"""`scan.*`: one message a scan, from its first per cent to its score."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field as Named

from bot.core.alerts import Alert, Severity, known
from bot.core.bodies import text as short
from bot.core.events import Event, Payload, empty
from bot.core.wording import duration, humanised
from handlers.surfacedby import source
from handlers.surfacedby.place import Place, domain, scan_kind, workspace

_RUNNING, _ENDED = 20, 90
_WHOLE = 100
_BAR = 10
_MOST_ERROR = 500

# Source: https://docs.surfacedby.com/v1/concepts/visibility-score
_READINGS = ((75, "rarely reached"), (50, "strong"), (19, "usual"))

# What lies outside is nonsense, and passed over.
Score = Annotated[int, Named(ge=0, le=_WHOLE)]
Share = Annotated[float, Named(ge=0, le=_WHOLE)]
Count = Annotated[int, Named(ge=0, le=10**12)]


class Summary(Payload):
    """What a scan found. Its `total_cost_usd` is the vendor's own cost, and not read."""

    citation_rate: Share | None = None
    total_citations: Count | None = None
    duration_seconds: float | None = None


class Scan(Place):
    """A scan of a domain."""

    scan_id: str = ""
    scan_type: str = ""
    measurement_scope: str = ""
    measurement_label: str = ""
    visibility_score: Score | None = None
    results_summary: Summary = empty(Summary)
    error_summary: str = ""
    phase: str = ""
    percentage: float | None = None


class ScanEvent(Payload):
    """The body of `scan.*`; an account stands where the console surface sent it."""

    account_id: str = ""
    data: Scan = empty(Scan)


def _is_benchmark(body: ScanEvent) -> bool:
    """Return whether the whole set was measured; a daily pulse is a part, every day."""
    scan = body.data
    if scan.measurement_scope:
        return scan.measurement_scope == "full_benchmark"
    return scan.scan_type != "pulse"


@source.on("scan.completed", ScanEvent, default=_is_benchmark)
def scan_completed(event: Event, body: ScanEvent) -> Alert:
    """For information: a score is news, and its fall comes as an alert of its own."""
    scan, found = body.data, body.data.results_summary
    score = scan.visibility_score
    told_score = "" if score is None else f": visibility score {score} of {_WHOLE}"
    return Alert(
        title=f"Scan of {domain(scan)} is done{told_score}",
        state="done",
        fields=known(
            ("Such a score is", _reading(score)),
            ("Citation rate", _per_cent(found.citation_rate)),
            ("Citations", "" if found.total_citations is None else f"{found.total_citations:,}"),
            ("Measured", scan.measurement_label or scan_kind(scan.scan_type)),
            ("Took", duration(found.duration_seconds)),
            _owner(body),
        ),
        card=_card(scan),
        rank=_ENDED,
        final=True,
    )


@source.on("scan.failed", ScanEvent)
def scan_failed(event: Event, body: ScanEvent) -> Alert:
    """An error: there is no score; of a scheduled scan the next one follows by itself."""
    scan = body.data
    on_demand = scan.scan_type == "console_on_demand" or bool(body.account_id)
    return Alert(
        title=f"Scan of {domain(scan)} failed",
        severity=Severity.ERROR,
        state="failed",
        text=scan.error_summary[:_MOST_ERROR],
        fields=known(("Kind", scan_kind(scan.scan_type)), _owner(body)),
        notice="Start it again if you still need it."
        if on_demand
        else "Nothing to do: the next scheduled scan goes on.",
        card=_card(scan),
        rank=_ENDED,
        final=True,
    )


@source.on("scan.progress", ScanEvent, default=False)
def scan_progress(event: Event, body: ScanEvent) -> Alert:
    """For those who ask: it comes every five seconds, and edits the scan's message."""
    scan = body.data
    done = round(min(max(scan.percentage or 0.0, 0.0), float(_WHOLE)))
    filled = done * _BAR // _WHOLE
    return Alert(
        title=f"Scan of {domain(scan)}: {done} %",
        state="running",
        text="▓" * filled + "░" * (_BAR - filled),
        fields=known(
            ("Phase", humanised(scan.phase)), ("Kind", scan_kind(scan.scan_type)), _owner(body)
        ),
        card=_card(scan),
        # Of two in one instant the further one is the later one.
        rank=_RUNNING + done // 2,
    )


def _card(scan: Scan) -> str | None:
    own = short(scan.scan_id)
    return f"scan/{own}" if own else None


def _owner(body: ScanEvent) -> tuple[str, str]:
    return ("Account", body.account_id) if body.account_id else workspace(body.data)


def _reading(score: int | None) -> str:
    """Return how a score compares, in the vendor's words."""
    if score is None:
        return ""
    return next((word for above, word in _READINGS if score > above), "weak")


def _per_cent(share: float | None) -> str:
    return "" if share is None else f"{share:g} %"
