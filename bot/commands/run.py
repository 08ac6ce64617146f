"""The one door to the commands: a request in, an answer out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from bot.commands.alerts import AlertCommands
from bot.commands.following import Following
from bot.commands.help import ALERTS, MONITORS
from bot.commands.making import Making
from bot.commands.monitors import MonitorCommands
from bot.commands.once import Sleep
from bot.commands.pausing import Pausing
from bot.commands.register import Register
from bot.commands.showing import Showing
from bot.commands.welcome import Welcome
from bot.core.answers import Answer, answer, code, line
from bot.core.errors import ApiError, CommandError, DeliveryError
from bot.core.ports import (
    Clock,
    Directory,
    MonitorApi,
    MonitorStore,
    Outbox,
    SubscriptionStore,
)
from bot.core.reasons import AMBIGUOUS, Reason
from bot.core.requests import Request
from bot.core.sources import Source


class Commands:
    """Does what people ask; the same request twice ends as once.

    `monitors` is None without an API key; `public_url` is where sources reach us.
    """

    def __init__(
        self,
        *,
        sources: Mapping[str, Source],
        subscriptions: SubscriptionStore,
        monitor_store: MonitorStore,
        monitors: MonitorApi | None,
        directory: Directory,
        outbox: Outbox,
        clock: Clock,
        public_url: str | None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        following = Following(subscriptions, directory, outbox, clock)
        register = Register(monitor_store, subscriptions, monitors)
        making = Making(register, following, clock=clock, public_url=public_url, sleep=sleep)
        pausing = Pausing(register, making, clock)
        showing = Showing(register, subscriptions)
        self._alerts = AlertCommands(sources, subscriptions, directory, following)
        self._monitors = MonitorCommands(register, following, making, pausing, showing)
        self._welcome = Welcome(directory, outbox)

    async def run(self, request: Request) -> Answer | None:
        """Do what was asked and return what to say, or None when there is nobody to tell.

        Raises:
            StoreUnavailableError: to be done again later.
            DeliveryError: as above, for an event of Slack's.
        """
        if request.kind != "command":
            await self._welcome.hear(request)
            return None
        try:
            return await self._command(request)
        except CommandError as error:
            return answer(str(error), *(line(code(shown)) for shown in error.shown))
        except ApiError as error:
            return answer(_api_words(error))
        except DeliveryError as error:
            return answer(_slack_words(error))

    async def _command(self, request: Request) -> Answer:
        match request.name.removeprefix("/"):
            case "alerts":
                return await self._alerts.run(request)
            case "monitors":
                return await self._monitors.run(request)
            case _:
                return Answer(lines=ALERTS.lines + MONITORS.lines)


def _api_words(error: ApiError) -> str:
    words = error.text
    if error.reason in AMBIGUOUS:
        words += " Ask again in a minute; twice does no harm."
    elif error.reason is Reason.RATE_LIMITED and error.retry_after_s:
        words += f" Ask again in {error.retry_after_s:.0f} seconds."
    elif error.reason in {Reason.RATE_LIMITED, Reason.UNREACHABLE}:
        words += " Nothing was done; ask again in a minute."
    elif error.reason in {Reason.INSTALLATION, Reason.PAYMENT}:
        words += " Whoever runs Tocsin can mend that."
    return f"{words} (Reference {error.ref_id}.)" if error.ref_id else words


def _slack_words(error: DeliveryError) -> str:
    if error.reason in {Reason.INSTALLATION, Reason.SCOPE}:
        return f"Slack does not let me look here ({error}); whoever runs Tocsin can mend that."
    return f"Slack did not tell me what I need to know ({error}); ask again in a minute."
