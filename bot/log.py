"""Logging: one line for each thing that happened, as text or as JSON, never with a secret."""

from __future__ import annotations

import logging
import sys
from typing import Literal, TextIO

import structlog

_TALKATIVE = ("slack_sdk", "slack_bolt", "parallel", "httpx", "httpcore", "aiohttp", "asyncio")
"""Libraries whose lines below WARNING hold message texts, tokens, cookies or addresses."""


def configure(form: Literal["text", "json"], stream: TextIO | None = None) -> None:
    """Send our log and that of the libraries to `stream` (standard error) in one form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        _without_colour,
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last(form)],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _without_colour(
    logger: object, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Drop uvicorn's second copy of its message, made for coloured terminals."""
    event.pop("color_message", None)
    return event


def _last(form: Literal["text", "json"]) -> list[structlog.typing.Processor]:
    """Return what turns an event into a line; tracebacks never show local variables."""
    if form == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
