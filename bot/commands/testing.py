"""`/alerts test`: a sample on the way that alerts go, marked TEST."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from bot.commands.following import Following
from bot.commands.retelling import said
from bot.core.alerts import Alert
from bot.core.answers import Answer, answer, code, line
from bot.core.errors import CommandError
from bot.core.events import Webhook
from bot.core.notifications import Draft
from bot.core.ports import Clock, Outbox
from bot.core.requests import Request
from bot.core.sources import Source
from bot.core.subscriptions import ANY_SOURCE, Subscription
from bot.core.verdicts import admits

Samples = Callable[[str], Mapping[str, bytes]]
"""Returns the recorded webhooks of a source, by event type."""


class _Sample(NamedTuple):
    type: str
    alert: Alert
    wanted: bool


class Testing:
    """Lets a channel see what a subscription of its brings."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        samples: Samples,
        outbox: Outbox,
        following: Following,
        clock: Clock,
    ) -> None:
        self._sources = sources
        self._samples = samples
        self._outbox = outbox
        self._following = following
        self._clock = clock

    async def test(self, request: Request, found: Subscription) -> Answer:
        """Owe a channel a sample that its subscription would hear, if one is known."""
        await self._following.check_person(request)
        await self._following.check_channel(request)
        samples = list(self._read(found))
        if not samples:
            raise CommandError("There is no sample of that source to test with.")
        chosen = next((one for one in samples if one.wanted), samples[0])
        draft = Draft(
            team_id=found.team_id,
            channel_id=found.channel_id,
            key=f"test:{request.id}",
            alert=chosen.alert,
            subscription_ids=(found.id,),
            size=found.size,
        )
        await self._outbox.enqueue([draft])
        told = line("A sample ", code(chosen.type), " is on its way here, marked TEST.")
        if chosen.wanted:
            return answer(told)
        return answer(told, "The filter would not let it through; no sample fits it better.")

    def _read(self, found: Subscription) -> Iterator[_Sample]:
        """Yield the samples of a subscription's source, as its filter judges them."""
        names = self._sources if found.source == ANY_SOURCE else (found.source,)
        for name in names:
            for event_type, body in self._samples(name).items():
                webhook = Webhook(
                    source=name,
                    body=body,
                    headers={"webhook-id": f"test-{event_type}"},
                    received_at=self._clock(),
                )
                event = self._sources[name].read(webhook)[0]
                alert, default = said(self._sources[name], event)
                wanted = admits(found.filter, event, alert, default=default)
                shown = alert.model_copy(update={"test": True, "replies": (), "card": None})
                yield _Sample(event_type, shown, wanted)
