"""The paragraphs of the Home tab, each with the buttons for what is done with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.commands.monitor_buttons import CANCEL, OPEN_CREATE, OPEN_EDIT, PAUSE, RESUME, RUN
from bot.commands.mute_buttons import UNDO
from bot.commands.mute_words import Aim, quiet
from bot.commands.phrases import cost, followed, pace
from bot.commands.showing import Shown
from bot.commands.sighting import Sighting
from bot.commands.subscribe_buttons import OPEN as OPEN_SUBSCRIBE
from bot.commands.subscribe_buttons import OPEN_EDIT as EDIT_SUBSCRIPTION
from bot.commands.subscribe_buttons import STOP
from bot.commands.watching import price_of_a_run
from bot.commands.why import OF_EVENT
from bot.core.answers import Button, Line, Span, bold, channel, code, line, when
from bot.core.forms import Part
from bot.core.health import Health
from bot.core.mutes import Mute
from bot.core.sources import Source
from bot.core.subscriptions import Subscription
from bot.core.wording import clip

MOST_MONITORS = 8
_MOST_WORDS = 160


def opening_part(*, makes_monitors: bool) -> Part:
    """Return what the tab begins with."""
    buttons = [Button(label="Subscribe a channel", act=OPEN_SUBSCRIBE, style="primary")]
    if makes_monitors:
        buttons.append(Button(label="New web monitor", act=OPEN_CREATE))
    told = line("What your channels hear, whether it reaches them, and what watches the web.")
    return Part(heading="Tocsin", lines=(told,), buttons=tuple(buttons))


def channel_part(
    health: Health, others: Sequence[Subscription], sources: Mapping[str, Source], *, release: str
) -> Part:
    """Return a channel, how it fares, and those of its subscriptions that have no row."""
    said: tuple[str | Span, ...] = ("no message lately",)
    if health.said_at is not None:
        said = ("last message ", when(health.said_at))
    lines = [line(channel(health.channel_id), " — ", *said)]
    buttons: tuple[Button, ...] = ()
    if health.held:
        waits = f"{health.held} kept back: the channel did not take our messages."
        lines.append(line(bold("Needs you: "), waits))
        buttons = (Button(label="Try again", act=release, value=health.channel_id),)
    lines += [line(code(str(one.id)), " ", followed(one, sources), bullet=True) for one in others]
    return Part(lines=tuple(lines), buttons=buttons, divided=True)


def subscription_part(one: Subscription, sources: Mapping[str, Source]) -> Part:
    """Return what a channel hears by one subscription."""
    what = followed(one, sources)
    words = (" ", code(clip(one.words(), _MOST_WORDS))) if one.words() else ()
    number = str(one.id)
    return Part(
        lines=(line(code(number), " ", bold(what), *words),),
        buttons=(
            Button(label="Edit", act=EDIT_SUBSCRIPTION, value=number),
            Button(label="Stop", act=STOP, value=number, style="danger",
                   confirm=f"The channel hears no more of {what}."),
        ),
    )  # fmt: skip


def mute_part(mute: Mute, sources: Mapping[str, Source]) -> Part:
    """Return what is quiet now."""
    what = quiet(Aim.of(mute), sources)
    told = line("Quiet in ", channel(mute.channel_id), f": {what}, until ", when(mute.until))
    return Part(lines=(told,), buttons=(Button(label="Unmute", act=UNDO, value=str(mute.id)),))


def failure_parts(health: Sequence[Health]) -> Iterator[Part]:
    """Yield what was given up lately, under one heading."""
    failures = [(one.channel_id, each) for one in health for each in one.failures]
    if failures:
        yield Part(heading="Given up in the last 7 days", divided=True)
    for channel_id, one in failures[:5]:
        why = " · ".join(filter(None, (one.reason, one.detail)))
        told = line(channel(channel_id), " ", bold(clip(one.title, _MOST_WORDS)), f" — {why}, ",
                    when(one.at))  # fmt: skip
        value = str(one.event_row or "")
        yield Part(
            lines=(told,),
            buttons=(Button(label="Why?", act=OF_EVENT, value=value),) if value else (),
        )


def monitor_parts(
    seen: Sequence[Shown], trouble: Sequence[Line], *, offers: bool
) -> Sequence[Part]:
    """Return the web monitors, with what they cost a month."""
    if not seen and not trouble:
        return ()
    parts = [Part(heading="Web monitors", lines=tuple(trouble), divided=True)]
    parts += [_monitor(one, offers=offers) for one in seen[:MOST_MONITORS]]
    if len(seen) > MOST_MONITORS:
        more = line(f"… and {len(seen) - MOST_MONITORS} more: ", code("/monitors list all"))
        parts.append(Part(lines=(more,)))
    return parts


def _monitor(one: Shown, *, offers: bool) -> Part:
    seen = one.seen
    query = seen.running.query or "A monitor whose query we do not know"
    nobody = " — nobody listens" if one.lonely else ""
    runs = "" if seen.ended else f", {pace(seen.running)}, {cost(seen.running)}"
    lines = [line(bold(clip(query, _MOST_WORDS)))]
    lines.append(line(code(seen.id), f" is {seen.state}{runs}{nobody}"))
    if seen.live is not None and seen.live.last_run_at is not None:
        lines.append(line("Last run ", when(seen.live.last_run_at)))
    return Part(lines=tuple(lines), buttons=tuple(_buttons(seen)) if offers else ())


def _buttons(seen: Sighting) -> Iterator[Button]:
    if not seen.ended:
        price = f"One run costs {price_of_a_run(seen.running)}."
        yield Button(label="Run now", act=RUN, value=seen.id, confirm=price)
    if seen.pause is not None:
        yield Button(label="Resume", act=RESUME, value=seen.id)
    elif not seen.ended:
        yield Button(label="Pause", act=PAUSE, value=seen.id)
    if not seen.ended:
        yield Button(label="Edit", act=OPEN_EDIT, value=seen.id)
        yield Button(
            label="Cancel", act=CANCEL, value=seen.id, style="danger",
            confirm="It ends for good: its history is lost, and it costs nothing more.",
        )  # fmt: skip
