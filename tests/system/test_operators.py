"""Operators hear, once, of what came before the process was killed."""

from __future__ import annotations

from pathlib import Path

from bot.playground.senders import json_bytes
from bot.playground.stage import Stage
from tests.system.scene import ask, heard, open_channel, posts, said, scan_failed, settled

OPERATORS = "COPERATORS"


async def test_told_once_across_a_kill(tmp_path: Path) -> None:
    """A type of tomorrow and a body that cannot be read; and names, learnt on the way."""
    async with Stage(tmp_path, settings={"TOCSIN_OPERATORS_CHANNEL": OPERATORS}) as stage:
        stage.slack.add_channel(OPERATORS, "operators")
        await open_channel(stage, "CALL", "surfacedby type:*")
        sender = stage.senders["surfacedby"]
        novel = scan_failed("novel.example") | {"type": "credits.low"}
        assert [200, 200] == [await sender.send(novel), await sender.send(b"not json")]
        await stage.bot.kill()
        await stage.bot.start()

        await heard(stage, OPERATORS, "SurfacedBy sends a type that I do not know")
        await heard(stage, OPERATORS, "SurfacedBy sent 1 webhook that I cannot read")
        await heard(stage, "CALL", "credits.low")
        again = scan_failed("other.example") | {"type": "credits.low"}
        assert 200 == await sender.send(json_bytes(again))
        await settled(stage)
        await stage.bot.kill()
        await stage.bot.start()
        await settled(stage)

        assert 2 == len(posts(stage, OPERATORS))
        assert 2 == said(stage, "CALL", "credits.low")
        assert "other.example" in await ask(stage, "CALL", "/alerts sources")
        followed = await ask(stage, "CALL", "/alerts subscribe surfacedby domain other.example")
        assert "SurfacedBy · domain other.example" in followed
