"""What can be done about the monitor that an alert is of."""

from __future__ import annotations

from bot.core.alerts import Action
from bot.core.events import Event


def actions(event: Event) -> tuple[Action, ...]:
    """Return how to pause an event's monitor and how to let it run now, if it is named."""
    monitor = next((one for one in event.subjects if one.kind == "monitor"), None)
    if monitor is None:
        return ()
    return (
        Action(name="parallel.pause", label="Pause", value=monitor.id),
        Action(
            name="parallel.run",
            label="Run now",
            value=monitor.id,
            confirm="Let it run once now? Each run is billed.",
        ),
    )
