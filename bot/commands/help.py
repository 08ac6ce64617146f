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
    _example(
        "/alerts subscribe * (type:scan.* OR delta<-5) NOT domain:example.org “quota”",
        "AND, OR, NOT, parentheses and texts, as you need them",
    ),
    _example("/alerts subscribe *", "every source"),
    _example("/alerts subscribe deck size:compact", "one line each; or size:full"),
    _example("… thread:broadcast", "later news in the channel too; or thread:flat, thread:only"),
    _example("/alerts try deck severity>=error", "how much that would have been, the last 7 days"),
    _example("/alerts subscribe deck agent “Invoice fetcher”", "one thing, by name or id"),
    _example("/alerts sources", "what there is to follow"),
    _example("/alerts list", "what this channel follows; list all for the whole workspace"),
    _example("/alerts show 12", "one of them; /alerts edit 12 severity>=error changes it"),
    _example("/alerts unsubscribe 12", "stop one, by its number in the list"),
    _example("/alerts mute 2h", "quiet here; or mute 12 1d, mute MONITOR 1d"),
    _example("/alerts unmute", "hear it all again; or unmute 12"),
    _example("/alerts why LINK", "why a message is here; or why an event, by its id, is not"),
    _example("/alerts test 12", "a sample, marked TEST, to see how it looks"),
    line("/alerts subscribe alone opens a form. In threads, use the ⋯ menu of the message."),
)

MONITORS = answer(
    line(bold("/monitors"), " is about the web monitors themselves."),
    _example("/monitors create Acme funding news", "watch once a day and tell this channel"),
    _example("/monitors create “Acme outages” every 6h processor base", "oftener, deeper"),
    _example(
        "… fields company, amount:number", "what to tell of each finding; also :integer, :boolean"
    ),
    _example("… location us domains example.com, .gov", "where to look; or without example.com"),
    _example("… backfill", "begin with a sample of the recent past"),
    _example("/monitors list", "what this channel follows; list all for the whole account"),
    _example("/monitors show ID", "one of them; four characters of its id are enough"),
    _example("/monitors events ID", "what it found lately, and what failed; page 2 is older"),
    _example("/monitors edit ID every 2h query “Acme strikes”", "change it; location none clears"),
    _example("/monitors run ID", "one run now, which costs"),
    _example("/monitors pause ID", "keep quiet; it runs on and costs the same"),
    _example("/monitors pause ID slow", "run every 30 days only"),
    _example("/monitors pause ID stop", "end it, and make it anew on resume; asks first"),
    _example("/monitors resume ID", "go on"),
    _example("/monitors cancel ID", "end it for good; asks first"),
    line("create alone opens a form. Changing one is for who made it, and for admins."),
)


def unknown(word: str, usage: Answer) -> Answer:
    """Return the usage after saying which word was not understood."""
    return Answer(lines=(line(f"“{word}” is not something I know."), *usage.lines))
