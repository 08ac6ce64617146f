"""How the commands are used, with examples to copy."""

from __future__ import annotations

from bot.core.answers import Answer, Line, answer, bold, code, line


def _example(command: str, does: str) -> Line:
    return line(code(command), f" {does}", bullet=True)


ALERTS = answer(
    line(bold("/alerts"), " is about what this channel hears."),
    _example("/alerts subscribe surfacedby", "hear what is on by default"),
    _example("/alerts subscribe surfacedby workspace acme severity>=warning", "only the bad news"),
    _example("/alerts subscribe deck type:task_run.*", "every event of these types"),
    _example("/alerts subscribe lytics verb:failed", "only where a field has this value"),
    _example("/alerts subscribe *", "every source"),
    _example("/alerts subscribe deck size:compact", "one line each; or size:full"),
    _example("/alerts list", "what this channel follows; list all for the whole workspace"),
    _example("/alerts unsubscribe 12", "stop one, by its number in the list"),
)

MONITORS = answer(
    line(bold("/monitors"), " is about the web monitors themselves."),
    _example("/monitors create Acme funding news", "watch once a day and tell this channel"),
    _example("/monitors create “Acme outages” every 6h processor base", "oftener, deeper"),
    _example("/monitors list", "what this channel follows; list all for the whole account"),
    _example("/monitors show ID", "one of them; four characters of its id are enough"),
    _example("/monitors pause ID", "keep quiet; it runs on and costs the same"),
    _example("/monitors pause ID slow", "run every 30 days only"),
    _example("/monitors pause ID stop", "end it, and make it anew on resume; asks first"),
    _example("/monitors resume ID", "go on"),
    _example("/monitors cancel ID", "end it for good; asks first"),
)


def unknown(word: str, usage: Answer) -> Answer:
    """Return the usage after saying which word was not understood."""
    return Answer(lines=(line(f"“{word}” is not something I know."), *usage.lines))
