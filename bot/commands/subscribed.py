"""What to say of a subscription that was made, changed or ended."""

from __future__ import annotations

from collections.abc import Mapping

from bot.commands.phrases import followed, heard, told
from bot.core.answers import Answer, Span, answer, bold, channel, code, line
from bot.core.errors import CommandError
from bot.core.sources import Source
from bot.core.subscriptions import Subscription


def subscribed(
    made: Subscription, sources: Mapping[str, Source], *, new: bool, here: bool = True
) -> Answer:
    """Return the answer to who subscribed a channel, which may be another than they are in."""
    return answer(
        line(
            place(made, here=here),
            " now hears " if new else " already hears ",
            bold(followed(made, sources)),
            f": {heard(made.filter)}{told(made.size, made.thread)}.",
        ),
        line(
            "Stop it with " if here else "Stop it there with ",
            code(f"/alerts unsubscribe {made.id}"),
            ".",
        ),
    )


def changed(made: Subscription, number: int, sources: Mapping[str, Source]) -> Answer:
    """Return the answer to who changed subscription `number`.

    Raises:
        CommandError: another subscription of the channel was like that already.
    """
    if made.id != number:
        raise CommandError(f"Subscription {made.id} of this channel hears that already.")
    return answer(
        line(
            "Subscription ", code(str(number)), " now hears ", bold(followed(made, sources)),
            f": {heard(made.filter)}{told(made.size, made.thread)}.",
        )
    )  # fmt: skip


def stopped(
    ended: Subscription | None, sources: Mapping[str, Source], *, here: bool = True
) -> Answer:
    """Return the answer to who ended a subscription, perhaps for the second time."""
    if ended is None:
        return answer("It was stopped already.")
    what = followed(ended, sources)
    return answer(line(place(ended, here=here), " no longer hears ", bold(what), f" ({ended.id})."))


def place(one: Subscription, *, here: bool) -> Span | str:
    """Return the name of a subscription's channel at the beginning of a sentence."""
    return "This channel" if here else channel(one.channel_id)
