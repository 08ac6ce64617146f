"""What Slack refuses in a modal or a Home tab."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.slack.limits.blocks import VIEW_BLOCKS
from bot.slack.limits.check import MAX_ID, Check, Item, Problem, too_long

MAX_BLOCKS = 100
MAX_TITLE = 24
MAX_PRIVATE_METADATA = 3_000
MAX_BYTES = 250_000

_COMMON = "type blocks callback_id external_id private_metadata"
_FLAGS = "clear_on_close notify_on_close submit_disabled"
_KEYS = {"modal": f"{_COMMON} title submit close {_FLAGS}", "home": _COMMON}
_WORDS = {
    "callback_id": MAX_ID,
    "external_id": MAX_ID,
    "private_metadata": MAX_PRIVATE_METADATA,
}
_ERROR = "invalid_arguments"


def view_problems(view: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each thing Slack would refuse in the `view` of a views method."""
    return [f"{problem.where}: {problem.what}" for problem in find_in_view(view)]


def view_error(view: Mapping[str, Any]) -> str | None:
    """Return the error name Slack would answer to a view, None if it would take it."""
    found = find_in_view(view)
    return found[0].error if found else None


def find_in_view(view: object) -> list[Problem]:
    """Return all problems of a view, the one Slack would answer first."""
    check = Check()
    if not isinstance(view, Mapping):
        check.refuse("view", "must be an object", _ERROR)
        return check.found
    size = len(json.dumps(view, default=dict, separators=(",", ":")).encode())
    if size > MAX_BYTES:
        check.refuse("view", f"{size:,} bytes, at most {MAX_BYTES:,}", "view_too_large")
    _view(check, view)
    # Whatever is wrong inside, views methods have one name for it.
    return [
        one if one.error == "view_too_large" else one._replace(error=_ERROR) for one in check.found
    ]


def _view(check: Check, view: Item) -> None:
    surface = view.get("type")
    if not isinstance(surface, str) or surface not in _KEYS:
        check.refuse("type", "must be modal or home")
        return
    check.known("view", view, _KEYS[surface])
    for name, most in _WORDS.items():
        _short(check, name, view.get(name, ""), most)
    if surface == "modal":
        _modal(check, view)
    _blocks(check, view.get("blocks"))


def _modal(check: Check, view: Item) -> None:
    for name in ("title", "submit", "close"):
        if name == "title" or view.get(name) is not None:
            check.text(name, view.get(name), MAX_TITLE, plain=True)
    for name in _FLAGS.split():
        if name in view:
            check.choice(name, view[name], True, False)
    blocks = view.get("blocks")
    asks = isinstance(blocks, list | tuple) and any(
        isinstance(block, Mapping) and block.get("type") == "input" for block in blocks
    )
    if asks and view.get("submit") is None:
        check.refuse("submit", "required with an input block")


def _blocks(check: Check, blocks: object) -> None:
    block_ids: set[str] = set()
    for where, block in check.items("blocks", blocks, MAX_BLOCKS):
        check.unique(where, block, "block_id", block_ids)
        check.kind(where, block, VIEW_BLOCKS)


def _short(check: Check, where: str, value: object, most: int) -> None:
    if not isinstance(value, str):
        check.refuse(where, "must be a string")
    elif len(value) > most:
        check.refuse(where, too_long(len(value), most))
