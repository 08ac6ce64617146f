"""`domain.added`: one more domain is measured."""

from __future__ import annotations

from bot.core.alerts import Alert, known
from bot.core.events import Event, Payload, empty
from bot.core.wording import humanised
from handlers.surfacedby import source
from handlers.surfacedby.place import Place, domain, workspace

_ADDED = {"dashboard": "in the dashboard", "api": "by API"}


class Added(Place):
    """A domain and where it was added."""

    source: str = ""


class DomainAdded(Payload):
    """The body of `domain.added`."""

    data: Added = empty(Added)


@source.on("domain.added", DomainAdded, default=False)
def domain_added(event: Event, body: DomainAdded) -> Alert:
    """For those who administer the workspace: it uses up a place of the plan."""
    added = body.data
    return Alert(
        title=f"Domain {domain(added)} was added",
        fields=known(
            ("Added", _ADDED.get(added.source, humanised(added.source))), workspace(added)
        ),
    )
