"""The simulated API of Deck: runs that ask, and lists of what there is.

Sources: https://docs.deck.co/api-reference/task-runs/submit-interaction-input,
/guides/interactions, /api/idempotency, /api/pagination and /api/errors. What Deck answers
when a run does not wait is in no page; here it is a 409.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from typing_extensions import override

from bot.playground.deck import answers
from bot.playground.deck.answers import fresh_id
from bot.playground.parallel.answers import Answer, document
from bot.playground.rest import RestCall, RestSim, utc_now

API_KEY = "sk_live_deck-playground-key"

ROUTES = (
    ("test", "GET", "/test"),
    ("retrieve_run", "GET", "/task-runs/{id}"),
    ("submit", "POST", "/task-runs/{id}/interaction"),
    ("retrieve_agent", "GET", "/agents/{id}"),
    ("list_agents", "GET", "/agents"),
    ("list_sources", "GET", "/sources"),
    ("list_tasks", "GET", "/tasks"),
)
MFA = {
    "type": "mfa",
    "message": "Type the 6-digit code that was sent to your phone",
    "fields": [{"name": "code", "type": "string", "label": "Verification code"}],
}
_KINDS = {"agent": "agt", "source": "src", "task": "task"}
_LISTS = {f"list_{kind}s": kind for kind in _KINDS}
_PAGE, _MOST = 20, 100


class DeckSim(RestSim):
    """Serves what the bot calls. Nothing happens in it that nobody asked for.

    `answered` holds every answer that a run took, as (run id, values). A value in `wrong`
    makes a run ask again.
    """

    def __init__(
        self,
        *,
        api_key: str = API_KEY,
        port: int = 0,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(ROUTES, prefix="/v2", port=port, clock=clock)
        self.api_key = api_key
        self.runs: dict[str, dict[str, Any]] = {}
        self.things: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in _KINDS}
        self.answered: list[tuple[str, dict[str, Any]]] = []
        self.wrong: set[str] = set()
        self._kept: dict[str, tuple[bytes, Answer]] = {}
        self._changed = 0

    def add(self, kind: str, name: str) -> str:
        """Add an agent, a source or a task and return its id."""
        thing_id = fresh_id(_KINDS[kind])
        self.things[kind][thing_id] = {"id": thing_id, "object": kind, "name": name}
        return thing_id

    def add_run(self, interaction: Mapping[str, Any] = MFA, *, agent_id: str = "") -> str:
        """Add a run that asks and return its id."""
        run_id = fresh_id("trun")
        self.runs[run_id] = {
            "id": run_id,
            "object": "task_run",
            "agent_id": agent_id or self.add("agent", "Invoice fetcher"),
            "result": None,
            "errors": None,
        }
        self.ask(run_id, interaction)
        return run_id

    def hear(self, event: Mapping[str, Any]) -> None:
        """Let a run that an event of ours tells about be one that can be asked for."""
        data = event.get("data")
        if isinstance(data, dict) and data.get("object") == "task_run":
            self.runs[str(data["id"])] = dict(data)
            agent_id = str(data.get("agent_id"))
            named = {"id": agent_id, "object": "agent", "name": "Invoice fetcher"}
            self.things["agent"].setdefault(agent_id, named)

    def ask(self, run_id: str, interaction: Mapping[str, Any]) -> None:
        """Let a run ask, perhaps once more."""
        self._move(run_id, status="interaction_required", interaction=dict(interaction))

    def time_out(self, run_id: str) -> None:
        """Let a run fail because nobody answered in time."""
        errors = [{"type": "interaction", "code": "interaction_timeout", "message": "Too late."}]
        self._move(run_id, status="failed", result="failure", interaction=None, errors=errors)

    def move(self, run_id: str, status: str) -> None:
        """Let a run be in a state in which it asks nothing."""
        self._move(run_id, status=status, interaction=None)

    @override
    def carry_out(self, call: RestCall) -> Answer:
        """Check the key, then do what was asked."""
        if call.headers.get("authorization") != f"Bearer {self.api_key}":
            return answers.unauthorized()
        if call.operation == "test":
            return answers.success({"object": "test"})
        if call.operation in _LISTS:
            return self._list(_LISTS[call.operation], call)
        if call.operation == "retrieve_agent":
            found = self.things["agent"].get(call.thing)
            return answers.success(found) if found else answers.not_found("agent")
        run = self.runs.get(call.thing)
        if run is None:
            return answers.not_found("task run")
        return answers.success(run) if call.operation == "retrieve_run" else self._once(call)

    def _once(self, call: RestCall) -> Answer:
        """Submit; what succeeded under a key is not done again, other values are refused."""
        key, body = call.headers.get("idempotency-key"), json.dumps(call.body, default=repr)
        known = self._kept.get(key) if key else None
        if known is not None:
            message = "Idempotency key has already been used with different parameters."
            refused = answers.error(409, "idempotency", "idempotency_error", message)
            return known[1] if known[0] == body.encode() else refused
        answer = self._submit(call)
        if key and answer.status == 200:  # noqa: PLR2004
            self._kept[key] = body.encode(), answer
        return answer

    def _submit(self, call: RestCall) -> Answer:
        run = self.runs[call.thing]
        if run["status"] != "interaction_required":
            message = "The task run is not waiting for input."
            return answers.error(409, "request", "invalid_state", message)
        given = call.body.get("input") if isinstance(call.body, dict) else None
        if not isinstance(given, dict):
            return answers.error(400, "request", "input_missing", "`input` is required.", "input")
        for name in (one["name"] for one in run["interaction"]["fields"]):
            if given.get(name) in (None, ""):
                message = f"`{name}` is required and cannot be empty: got {given}."
                return answers.error(422, "request", "input_missing", message, f"input.{name}")
        self.answered.append((call.thing, given))
        if self.wrong & {str(value) for value in given.values()}:
            self.ask(call.thing, run["interaction"])
        else:
            self.move(call.thing, "running")
        return answers.success(self.runs[call.thing])

    def _list(self, kind: str, call: RestCall) -> Answer:
        limit = int(call.query.get("limit", [str(_PAGE)])[0])
        first = int(call.query.get("cursor", ["0"])[0])
        if not 1 <= limit <= _MOST:
            return answers.error(400, "request", "input_invalid", "limit is 1 to 100.", "limit")
        things = list(self.things[kind].values())
        after = first + limit
        more = after < len(things)
        page = {"data": things[first:after], "has_more": more}
        return document(200, {**page, "next_cursor": str(after) if more else None})

    def _move(self, run_id: str, **fields: Any) -> None:
        # Never twice the same moment, however fast it goes.
        self._changed += 1
        at = self.clock() + timedelta(microseconds=self._changed)
        self.runs[run_id] |= {**fields, "updated_at": at.isoformat().replace("+00:00", "Z")}
        self._changes.notify()
