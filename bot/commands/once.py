"""Making exactly one monitor, however the calls break."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.core.errors import ApiError, CommandError
from bot.core.monitors import Definition, Monitor, Origin
from bot.core.ports import MonitorApi
from bot.core.reasons import AMBIGUOUS, Reason
from bot.core.requests import Request

Sleep = Callable[[float], Awaitable[None]]

LOOK_UPS_S = (0.5, 2.0, 5.0)
"""Seconds before each look for a monitor that may have been made."""

MOST_CREATES = 3


async def made_before(api: MonitorApi, request: Request) -> Monitor | None:
    """Return the monitor that an earlier try of this request made.

    Raises:
        CommandError: nobody knows whether there is one.
    """
    if request.attempts <= 1:
        return None
    try:
        return await api.find(request.id)
    except ApiError as error:
        raise _unsure(error) from error


async def create_once(
    api: MonitorApi, definition: Definition, origin: Origin, sleep: Sleep
) -> Monitor:
    """Create a monitor marked with its origin; `made_before` was asked already.

    After an answer that stayed out, the mark is looked for before anything is sent
    again: every create is paid, and the API knows no idempotency key.

    Raises:
        ApiError: it was surely not made.
        CommandError: nobody knows whether it was made.
    """
    unknown = False
    for _ in range(MOST_CREATES):
        try:
            return await api.create(definition, origin)
        except ApiError as error:
            if error.reason not in AMBIGUOUS | {Reason.UNREACHABLE}:
                raise
            failure = error
        unknown = unknown or failure.reason in AMBIGUOUS
        if unknown:
            made = await _look(api, origin.request_id, sleep)
            if made is not None:
                return made
        else:
            await sleep(LOOK_UPS_S[0])
    raise _unsure(failure) if unknown else failure


async def _look(api: MonitorApi, request_id: str, sleep: Sleep) -> Monitor | None:
    """Return the marked monitor; None only if the last look could have seen it."""
    failure: ApiError | None = None
    for wait_s in LOOK_UPS_S:
        await sleep(wait_s)
        try:
            made = await api.find(request_id)
        except ApiError as error:
            failure = error
            continue
        failure = None
        if made is not None:
            return made
    if failure is not None:
        raise _unsure(failure) from failure
    return None


def _unsure(failure: ApiError) -> CommandError:
    return CommandError(
        f"{failure.cited} Whether the monitor was made is not known: look at /monitors list all "
        "before you ask for it again."
    )
