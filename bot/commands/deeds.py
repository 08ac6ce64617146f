"""What can be done by buttons, forms and shortcuts, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.core.forms import Form, Reply
from bot.core.requests import Request

Deed = Callable[[Request], Awaitable[Reply | None]]
"""Does what was asked; None when what was done can be seen already."""

Values = Mapping[str, str | tuple[str, ...]]
Check = Callable[[Values], Mapping[str, str]]
"""Returns what can be seen to be wrong with a filled-in form, by the name of the input."""

Redraw = Callable[[Request], Awaitable[Form]]
"""Returns a submitted form as it was filled in."""


@dataclass(frozen=True)
class Deeds:
    """A set of deeds, each under the name that comes back from Slack.

    `opens` names the presses and shortcuts that are answered in a modal, and its title;
    `redraws` the forms that come back with what was typed when it cannot be done.
    """

    presses: Mapping[str, Deed] = field(default_factory=dict)
    forms: Mapping[str, Deed] = field(default_factory=dict)
    shortcuts: Mapping[str, Deed] = field(default_factory=dict)
    opens: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    redraws: Mapping[str, Redraw] = field(default_factory=dict)

    def __add__(self, other: Deeds) -> Deeds:
        """Return both together."""
        return Deeds(
            presses={**self.presses, **other.presses},
            forms={**self.forms, **other.forms},
            shortcuts={**self.shortcuts, **other.shortcuts},
            opens={**self.opens, **other.opens},
            checks={**self.checks, **other.checks},
            redraws={**self.redraws, **other.redraws},
        )

    def find(self, request: Request) -> Deed | None:
        """Return what a request asks for."""
        by_kind = {"press": self.presses, "form": self.forms, "shortcut": self.shortcuts}
        return by_kind.get(request.kind, {}).get(request.name)
