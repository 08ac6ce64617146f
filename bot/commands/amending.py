"""What `/alerts edit ID …` changes about a subscription."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from bot.commands.filter_grammar import read_filter
from bot.commands.parse import Typed
from bot.core.errors import CommandError
from bot.core.filters import NO_FILTER
from bot.core.subscriptions import Subscription

_NONE = "none"
_PLACE = 2  # after the verb and the number

Amendment = Callable[[Subscription], Subscription]


def amendment(typed: Typed, sources: Collection[str]) -> Amendment:
    """Return what `edit ID [none] [filter] [size:…] [thread:…]` makes of a subscription.

    A filter is replaced as a whole, and `none` takes it away; what is not named stays.

    Raises:
        CommandError: it is no filter, or nothing is named.
    """
    word = typed.word(_PLACE)
    if word is None:
        raise CommandError(
            "What shall it hear? Type a new filter, an option such as size:compact, or none:",
            shown=("/alerts edit 12 severity>=error",),
        )
    cleared = word.plain.lower() == _NONE and not word.quoted
    chosen = read_filter(typed, word.end if cleared else word.start, sources)
    if cleared and chosen.filter != NO_FILTER:
        raise typed.wrong(word, "takes the filter away; type none or a new filter, not both.")
    changes: dict[str, Any] = {}
    if cleared or chosen.filter != NO_FILTER:
        changes["filter"] = chosen.filter
    if chosen.size is not None:
        changes["size"] = chosen.size
    if chosen.thread is not None:
        changes["thread"] = chosen.thread
    return lambda found: found.model_copy(update=changes)
