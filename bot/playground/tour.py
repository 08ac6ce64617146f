"""The story that shows the promise: a monitor, its findings, and everything going wrong."""

from __future__ import annotations

import asyncio
import secrets
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from bot.playground.faults import RateLimited, Reset, ServerError
from bot.playground.parallel import text
from bot.playground.senders import fire
from bot.playground.slack import Message
from bot.playground.stage import Stage
from bot.playground.transcript import message_text, render

CHANNEL, NAME, PERSON = "C0MARKET", "market-watch", "U0ANNA"
QUERY = "Harbor Biologics: trials, people and financing"
REPEATS = 20

OK, UNPROVEN = 200, 401
SETTLING_S = 2.5
"""Long enough for a second copy to arrive, if there were one."""

_PATIENCE_S = 25.0

FIRST = (
    text(
        "Harbor Biologics moved its lead candidate HB-201 into Phase 3 and named 14 sites.",
        "https://trials.example.org/hb-201",
    ),
    text(
        "Dr. Amara Osei joins as Chief Medical Officer on 1 September.",
        "https://harborbio.example/news/cmo",
        "https://wire.example.com/harbor-cmo",
    ),
)
LATER = (
    text(
        "A $42M Series B was announced, led by Larkspur Capital.",
        "https://news.example.com/harbor-series-b",
    ),
)


@dataclass(frozen=True)
class Scene:
    """What was done, and whether what should follow came true."""

    title: str
    outcome: str
    true: bool


class Tour:
    """Plays the story on a stage and tells each scene as it ends.

    A stage can see several tours, each in a new channel: `channel` is its id.
    """

    def __init__(self, stage: Stage, *, channel: str = CHANNEL, name: str = NAME) -> None:
        self._stage = stage
        self._slack = stage.slack
        self.channel_id = channel
        self._name = name
        self._message_id = f"whevent_{secrets.token_hex(12)}"
        self._at = stage.parallel.clock().astimezone(UTC).isoformat().replace("+00:00", "Z")
        self.monitor = ""
        self._group = ""

    async def scenes(self) -> AsyncIterator[Scene]:
        """Yield the scenes; one that fails does not stop the next."""
        self._slack.add_channel(self.channel_id, self._name)
        self._slack.add_user(PERSON, "anna")
        yield await self._create()
        yield await self._find()
        yield await self._repeat()
        yield await self._tamper()
        yield await self._break()

    def channel(self) -> str:
        """Return the channel as its people read it."""
        return render(self._slack, self.channel_id)

    async def _create(self) -> Scene:
        typed = f'/monitors create "{QUERY}" every 6h'
        here, known = self.channel_id, set(self._stage.parallel.monitors)
        await self._slack.command(self._stage.slack_url, typed, channel=here, user=PERSON)
        answered = await self._comes(lambda: bool(self._slack.answers(here, PERSON)))
        created = [one for one in self._stage.parallel.monitors if one not in known]
        self.monitor = created[0] if created else ""
        words = message_text(self._slack.answers(here, PERSON)[-1].payload) if answered else "—"
        return Scene(f"anna types {typed}", words, answered and len(created) == 1)

    async def _find(self) -> Scene:
        parallel = self._stage.parallel
        self._group = parallel.add_findings(self.monitor, list(FIRST))
        status = await self._stage.senders["parallel"].send(self._webhook(), id=self._message_id)
        threaded = await self._comes(lambda: self._replies() == len(FIRST))
        return Scene(
            "The monitor finds two things and sends one signed webhook",
            f"answered {status}; one message and {self._replies()} replies in the channel",
            status == OK and threaded and self._parents() == 1,
        )

    async def _repeat(self) -> Scene:
        sender, body = self._stage.senders["parallel"], self._webhook()
        answers = await asyncio.gather(
            *(sender.send(body, id=self._message_id) for _ in range(REPEATS))
        )
        accepted = answers.count(OK)
        await asyncio.sleep(SETTLING_S)
        return Scene(
            f"The same webhook comes {REPEATS} times more, as senders do",
            f"answered {accepted} times 200; still {self._parents()} message and "
            f"{self._replies()} replies",
            accepted == REPEATS and self._parents() == 1 and self._replies() == len(FIRST),
        )

    async def _tamper(self) -> Scene:
        sender = self._stage.senders["parallel"]
        forged = {"webhook-signature": f"v1,{b64encode(bytes(32)).decode()}"}
        status = await sender.send(self._webhook(), id=self._message_id, headers=forged)
        return Scene("Somebody forges one", f"answered {status}", status == UNPROVEN)

    async def _break(self) -> Scene:
        """Fail every way at once: rate limit, lost answer, 503, and a killed process."""
        slack, parallel = self._slack, self._stage.parallel
        slack.fail("chat.postMessage", RateLimited("1"), Reset(after=True))
        slack.fail("chat.update", ServerError(status=503))
        parallel.add_findings(self.monitor, list(LATER), group_id=self._group)
        status = await fire(parallel, self.monitor, self._group, self._stage.senders["parallel"])
        broken = await self._comes(lambda: self._replies() > len(FIRST))
        await self._stage.bot.kill()
        await self._stage.bot.start()
        whole = await self._comes(self._complete)
        await asyncio.sleep(SETTLING_S)
        return Scene(
            "The group grows while Slack answers 429, drops the line after taking the message, "
            "and the bot is killed and started again",
            f"answered {status}; the new finding is there once, and the first message says three",
            status == OK and broken and whole and self._complete(),
        )

    def _webhook(self) -> dict[str, Any]:
        """Return the body that tells of the group; the same each time, as a repeat is."""
        return {
            "type": "monitor.event.detected",
            "timestamp": self._at,
            "data": {"monitor_id": self.monitor, "event": {"event_group_id": self._group}},
        }

    def _complete(self) -> bool:
        heads = [one for one in self._messages() if not one.is_reply]
        return (
            len(heads) == 1
            and self._replies() == len(FIRST) + len(LATER)
            and "3 findings" in message_text(heads[0].payload)
        )

    def _messages(self) -> list[Message]:
        return list(self._slack.channels[self.channel_id].messages)

    def _parents(self) -> int:
        return sum(not one.is_reply for one in self._messages())

    def _replies(self) -> int:
        return sum(one.is_reply for one in self._messages())

    async def _comes(self, predicate: Callable[[], bool]) -> bool:
        try:
            await self._slack.wait_for(predicate, timeout_s=_PATIENCE_S)
        except TimeoutError:
            return False
        return True
