"""Firing samples as their sources do: signed, in storms, tampered with, and again if need be."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from aiohttp import ClientError

from bot.playground.page.journal import Journal
from bot.playground.page.samples import Sample, Samples
from bot.playground.senders import WebhookSender
from bot.playground.stage import Stage

MOST_TIMES = 50
_ACCEPTED = range(200, 300)
_AGAIN_S, _MOST_TRIES = 1.5, 200


class Firing:
    """Sends samples; one that nobody accepted is sent again, as a source does."""

    def __init__(self, stage: Stage, samples: Samples, journal: Journal) -> None:
        self._stage = stage
        self._samples = samples
        self._journal = journal
        self._again: set[asyncio.Task[None]] = set()

    async def fire(self, source: str, event_type: str, *, times: int = 1) -> None:
        """Send one event, `times` copies at once. Raises: LookupError for no such sample."""
        sample = self._samples.fresh(source, event_type)
        sender = self._sender(source)
        self._stage.hear(source, sample.body)
        answers = await asyncio.gather(*(_send(sender, sample) for _ in range(times)))
        accepted = any(status in _ACCEPTED for status in answers)
        many = f"{times} copies of " if times > 1 else ""
        self._journal.note(
            f"{source} sent {many}{event_type}: {_told(answers)}", "good" if accepted else "bad"
        )
        if not accepted:
            task = asyncio.create_task(self._try_again(sender, sample))
            self._again.add(task)
            task.add_done_callback(self._again.discard)

    async def tamper(self, source: str, event_type: str) -> None:
        """Send a body that was changed after it was signed.

        Lytics signs nothing, so there the token is wrong instead.
        """
        sample = self._samples.fresh(source, event_type)
        sender = self._sender(source)
        proof = sender.proof(sample.raw, id=sample.id, at=datetime.now(UTC))
        forged = {"X-Webhook-Token": b64encode(bytes(18)).decode()}
        headers = forged if source == "lytics" else proof
        changed = Sample(source, event_type, sample.id, {**sample.body, "tampered": True})
        status = await _send(sender, changed, headers)
        refused = status is None or status not in _ACCEPTED
        self._journal.note(
            f"Somebody tampered with {event_type} of {source}: {_told([status])}",
            "good" if refused else "bad",
        )

    async def stop(self) -> None:
        """Give up what is still to be sent again."""
        for task in self._again:
            task.cancel()
        await asyncio.gather(*self._again, return_exceptions=True)

    def _sender(self, source: str) -> WebhookSender:
        found = (one for name, one in self._stage.senders.items() if name == source)
        sender = next(found, None)
        if sender is None:
            raise LookupError(f"there is no sender for {source}")
        return sender

    async def _try_again(self, sender: WebhookSender, sample: Sample) -> None:
        for _ in range(_MOST_TRIES):
            await asyncio.sleep(_AGAIN_S)
            status = await _send(sender, sample)
            if status in _ACCEPTED:
                self._journal.note(
                    f"{sample.source} sent {sample.type} again: {_told([status])}", "good"
                )
                return


async def _send(
    sender: WebhookSender, sample: Sample, headers: dict[str, str] | None = None
) -> int | None:
    """Return the status; None when nobody answered."""
    try:
        return await sender.send(sample.raw, id=sample.id, headers=headers)
    except (ClientError, TimeoutError):
        return None


def _told(answers: Sequence[int | None]) -> str:
    """Return `200`, or how many times each when there are many."""
    counted = Counter("no answer" if one is None else str(one) for one in answers)
    if len(answers) == 1:
        return next(iter(counted))
    return ", ".join(f"{words} {times} times" for words, times in counted.items())
