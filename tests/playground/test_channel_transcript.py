"""A channel of the stand-in reads as its people see it."""

from bot.playground.slack import SlackStandIn
from bot.playground.transcript import render


async def test_a_channel_reads_with_its_threads(slack: SlackStandIn) -> None:
    """Replies stand under their parent, edits are marked, people and channels are named."""
    bot = slack.team.bot_user_id
    parent = slack.say("C1", bot, "Scan running")
    slack.say("C1", "U1", "Look at <#C2>, <@U2>")
    slack.say("C1", bot, "*Step* 1\ndone", thread_ts=parent.ts)
    slack.say("C1", bot, "Lost", thread_ts="1.0")
    parent.edit("Scan failed", [], None)

    assert render(slack, "C1") == (
        "Scan failed (edited)\n  ↳ Step 1\n    done\n\n@ada: Look at #random, @guest\n\nLost"
    )


async def test_a_silent_channel_reads_empty(slack: SlackStandIn) -> None:
    """Nothing said is nothing to read; ephemeral answers are no part of the channel."""
    slack.world.whisper(slack.channels["C1"], "U1", text="Psst")

    assert render(slack, "C1") == ""
