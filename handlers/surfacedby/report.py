"""`report.ready`: a report can be read."""

from __future__ import annotations

from bot.core.alerts import Alert, known
from bot.core.events import Event, Payload, empty
from bot.core.wording import clip, humanised
from handlers.surfacedby import source
from handlers.surfacedby.place import Place, workspace

_MOST_TITLE = 120
_MADE = {"schedule": "on schedule", "manual": "by hand"}


class Report(Place):
    """A report and for whom it is."""

    title: str = ""
    audience_preset: str = ""
    generated_by: str = ""


class ReportReady(Payload):
    """The body of `report.ready`."""

    account_id: str = ""
    data: Report = empty(Report)


@source.on("report.ready", ReportReady)
def report_ready(event: Event, body: ReportReady) -> Alert:
    """For information: somebody waits for it or had it planned."""
    report = body.data
    title = clip(report.title, _MOST_TITLE)
    return Alert(
        title=f"Report ready: {title}" if title else "A report is ready",
        fields=known(
            ("Written for", humanised(report.audience_preset)),
            ("Made", _MADE.get(report.generated_by, humanised(report.generated_by))),
            ("Domain", report.domain or report.domain_id),
            ("Account", body.account_id) if body.account_id else workspace(report),
        ),
    )
