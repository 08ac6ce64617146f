"""The seven operations of the Monitor API, version 1, on the state of one account."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.playground.parallel import answers, cursor
from bot.playground.parallel.account import Account
from bot.playground.parallel.answers import Answer, document
from bot.playground.parallel.call import Call
from bot.playground.parallel.event_log import Row
from bot.playground.parallel.query import Query
from bot.playground.parallel.validation import create_problems, update_problems

_PAGE_OF_MONITORS, _MOST_MONITORS = 100, 10_000
_PAGE_OF_EVENTS, _MOST_EVENTS = 20, 100


def create(account: Account, call: Call) -> Answer:
    """Create a monitor."""
    if problems := create_problems(call.body):
        return answers.invalid_body(problems)
    return document(201, account.create(call.body))


def list_monitors(account: Account, call: Call) -> Answer:
    """List monitors, newest first, active ones unless asked otherwise."""
    query = Query(call.query)
    kinds = ("event_stream", "snapshot")
    limit = query.limit(_PAGE_OF_MONITORS, _MOST_MONITORS)
    statuses = query.choices("status", ("active", "cancelled"), default=("active",))
    types = query.choices("type", kinds, default=kinds)
    before = query.before("monitors")
    if query.problems:
        return answers.invalid_query(query.problems)
    shown = [
        (position, monitor)
        for position, monitor in list(enumerate(account.monitors.values()))[:before]
        if monitor["status"] in statuses and monitor["type"] in types
    ]
    page = shown[-limit:]
    content: dict[str, Any] = {"monitors": [monitor for _, monitor in reversed(page)]}
    if len(page) < len(shown):
        content["next_cursor"] = cursor.encode("monitors", page[0][0])
    return document(200, content)


def retrieve(account: Account, call: Call) -> Answer:
    """Retrieve a monitor, cancelled or not."""
    return document(200, account.monitors[call.monitor_id])


def update(account: Account, call: Call) -> Answer:
    """Update a monitor; a cancelled one takes new metadata and nothing else."""
    monitor = account.monitors[call.monitor_id]
    if problems := update_problems(call.body, monitor["type"]):
        return answers.invalid_body(problems)
    if monitor["status"] == "cancelled" and set(call.body) != {"metadata"}:
        return answers.cancelled()
    return document(200, account.update(call.monitor_id, call.body))


def cancel(account: Account, call: Call) -> Answer:
    """Cancel a monitor for good; a second time changes nothing."""
    monitor = account.monitors[call.monitor_id]
    monitor["status"] = "cancelled"
    return document(200, monitor)


def trigger(account: Account, call: Call) -> Answer:
    """Note a run now; the answer has no body and names no run."""
    if account.monitors[call.monitor_id]["status"] == "cancelled":
        return answers.cancelled()
    account.run(call.monitor_id, "triggered")
    return Answer(204)


def events(account: Account, call: Call) -> Answer:
    """List a monitor's events, newest first; a group comes whole, whatever its size."""
    log, query = account.events[call.monitor_id], Query(call.query)
    if group_id := query.word("event_group_id"):
        return Answer(200, _event_parts(log.group(group_id)))
    limit = query.limit(_PAGE_OF_EVENTS, _MOST_EVENTS)
    before = query.before(call.monitor_id)
    completions = query.flag("include_completions")
    if query.problems:
        return answers.invalid_query(query.problems)
    rows, next_before = log.page(before, limit, completions=completions)
    content: dict[str, Any] = {"events": [row.document() for row in rows]}
    if next_before is not None:
        content["next_cursor"] = cursor.encode(call.monitor_id, next_before)
    return document(200, content)


def _event_parts(rows: Sequence[Row]) -> Iterator[bytes]:
    yield b'{"events": ['
    for index, row in enumerate(rows):
        yield (b", " if index else b"") + json.dumps(row.document()).encode()
    yield b"]}"


ACCOUNT_OPERATIONS: Mapping[str, Callable[[Account, Call], Answer]] = {
    "create": create,
    "list": list_monitors,
}
MONITOR_OPERATIONS: Mapping[str, Callable[[Account, Call], Answer]] = {
    "retrieve": retrieve,
    "update": update,
    "cancel": cancel,
    "trigger": trigger,
    "events": events,
}


def carry_out(account: Account, call: Call, api_key: str) -> Answer:
    """Check the key and the monitor, then do what was asked."""
    if call.api_key != api_key:
        return answers.unauthorized()
    if call.operation in ACCOUNT_OPERATIONS:
        return ACCOUNT_OPERATIONS[call.operation](account, call)
    if call.monitor_id not in account.monitors:
        return answers.monitor_not_found()
    return MONITOR_OPERATIONS[call.operation](account, call)
