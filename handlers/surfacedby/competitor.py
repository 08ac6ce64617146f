"""`competitor.discovered`: one event for each competitor, so that they come in bursts."""

from __future__ import annotations

from bot.core.alerts import Alert, known
from bot.core.bodies import text as short
from bot.core.events import Event, Payload, empty
from bot.core.wording import clip, humanised
from handlers.surfacedby import source
from handlers.surfacedby.place import Place, domain, workspace

_MOST_NAME = 80
_SEEN_IN = {"ai_responses": "answers of AI assistants"}


class Competitor(Place):
    """A domain that assistants name in the place of ours."""

    competitor_domain: str = ""
    discovery_source: str = ""


class CompetitorDiscovered(Payload):
    """The body of `competitor.discovered`."""

    data: Competitor = empty(Competitor)


@source.on("competitor.discovered", CompetitorDiscovered)
def competitor_discovered(event: Event, body: CompetitorDiscovered) -> Alert:
    """For information; those of one hour share a message, because one scan finds many."""
    found = body.data
    name = clip(found.competitor_domain, _MOST_NAME) or "an unnamed one"
    return Alert(
        title=f"New competitor of {domain(found)}: {name}",
        fields=known(
            ("Seen in", _SEEN_IN.get(found.discovery_source, humanised(found.discovery_source))),
            workspace(found),
        ),
        card=_card(event, found),
    )


def _card(event: Event, found: Competitor) -> str | None:
    """Return the card of the domain and the hour; the event names no scan."""
    own = short(found.domain_id) or short(found.domain)
    return f"competitors/{own}/{event.occurred_at:%Y-%m-%dT%H}" if own else None
