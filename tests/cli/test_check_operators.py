"""`tocsin check` says whether anybody is told of what needs an operator."""

from __future__ import annotations

from pathlib import Path

from bot.cli import online
from bot.cli.findings import Finding, Level
from bot.config import Settings
from bot.playground.slack import SlackStandIn
from tests.cli.conftest import Run


def test_no_channel_is_a_warning(run: Run, folder: Path) -> None:
    """It is no problem, but it is said; with a channel it is not."""
    assert "TOCSIN_OPERATORS_CHANNEL is not set" in run("check").out

    (folder / ".env").write_text("TOCSIN_OPERATORS_CHANNEL=C0123456789\n")
    assert "TOCSIN_OPERATORS_CHANNEL" not in run("check").out


async def found(slack: SlackStandIn, channel: str) -> Finding:
    """Return what is said of the operators' channel when Slack is asked."""
    values = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_API_URL": slack.api_url,
        "TOCSIN_OPERATORS_CHANNEL": channel,
    }
    _, finding = await online.findings(Settings.from_values(values))
    return finding


async def test_online_looks_into_the_channel() -> None:
    """Joined is well; not joined, archived and unheard of are warnings."""
    async with SlackStandIn() as slack:
        slack.add_channel("C0000JOINED", "ops")
        slack.add_channel("C0000LEFT", "left", member=False)
        slack.add_channel("C0000OLD", "old", archived=True)
        joined, left, old, none = [
            await found(slack, name)
            for name in ("C0000JOINED", "C0000LEFT", "C0000OLD", "C0000NONE")
        ]

    assert joined == Finding(Level.OK, "Operators are told in #ops.")
    assert [one.level for one in (left, old, none)] == [Level.WARNING] * 3
    assert "/invite" in left.text
    assert "/invite" in none.text
    assert "archived" in old.text
