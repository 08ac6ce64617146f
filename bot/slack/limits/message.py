"""What Slack refuses in a message as a whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.slack.limits.blocks import BLOCKS
from bot.slack.limits.check import Check, Problem, too_long

MAX_BLOCKS = 50
MAX_TEXT = 4_000
MAX_BLOCKS_TEXT = 10_000  # unwritten: refusals were seen from 11,341 characters on
MAX_METADATA_BYTES = 1_023


def problems(message: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each thing Slack would refuse; `message` is a Web API payload.

    Example: `blocks[2].text: 3,412 characters, at most 3,000`.
    """
    return [f"{problem.where}: {problem.what}" for problem in find(message)]


def slack_error(message: Mapping[str, Any]) -> str | None:
    """Return the error name Slack would answer to `message`, None if it would take it."""
    found = find(message)
    return found[0].error if found else None


def find(message: Mapping[str, Any]) -> list[Problem]:
    """Return all problems of `message`, the one Slack would answer first."""
    check = Check()
    text, blocks, metadata = (message.get(key) for key in ("text", "blocks", "metadata"))
    if isinstance(text, str) and len(text) > MAX_TEXT:
        check.refuse("text", too_long(len(text), MAX_TEXT), "msg_too_long")
    elif text is not None and not isinstance(text, str):
        check.refuse("text", "must be a string", "invalid_arguments")
    elif not blocks and not (text and text.strip()):
        check.refuse("text", "a message needs text or blocks", "no_text")
    if blocks:
        _blocks(check, blocks)
    if metadata:
        _metadata(check, metadata)
    return check.found


def _blocks(check: Check, blocks: object) -> None:
    if not isinstance(blocks, list | tuple):
        check.refuse("blocks", "must be a list", "invalid_blocks_format")
        return
    block_ids: set[str] = set()
    for where, block in check.items("blocks", blocks, MAX_BLOCKS):
        check.unique(where, block, "block_id", block_ids)
        check.kind(where, block, BLOCKS)
    if check.text_length > MAX_BLOCKS_TEXT:
        check.refuse("blocks", too_long(check.text_length, MAX_BLOCKS_TEXT), "msg_blocks_too_long")


def _metadata(check: Check, metadata: object) -> None:
    form = "invalid_metadata_format"
    if not isinstance(metadata, Mapping):
        check.refuse("metadata", "must be an object", form)
        return
    if not isinstance(metadata.get("event_type"), str) or not metadata["event_type"]:
        check.refuse("metadata.event_type", "must be a string of at least 1", form)
    payload = metadata.get("event_payload")
    if not isinstance(payload, Mapping):
        check.refuse("metadata.event_payload", "must be an object", form)
        return
    for key, value in payload.items():
        if not isinstance(value, str | int | float | bool | None):
            check.refuse(f"metadata.event_payload.{key}", "must be flat", "invalid_metadata_schema")
            return
    size = len(json.dumps(dict(metadata), default=dict, separators=(",", ":")).encode())
    if size > MAX_METADATA_BYTES:
        what = f"{size:,} bytes, at most {MAX_METADATA_BYTES:,}"
        check.refuse("metadata", what, "metadata_too_large")
