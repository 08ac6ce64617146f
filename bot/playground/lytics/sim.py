"""The simulated API of Lytics: jobs, their logs, and letting one run again.

Source: the vendor's notes in github.com/lytics/agent-skills, on jobs and on answers. What
Lytics answers to the resume of a job that is over is in no page; here it is a 400.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from typing_extensions import override

from bot.playground.parallel.answers import Answer, document
from bot.playground.rest import RestCall, RestSim, utc_now

API_KEY = "lytics-playground-token"

ROUTES = (
    ("list_jobs", "GET", "/v2/job"),
    ("retrieve_job", "GET", "/v2/job/{id}"),
    ("logs", "GET", "/v2/job/{id}/logs"),
    ("resume", "POST", "/v2/job/{id}/resume"),
)
_OVER = {"completed", "deleted"}


class LyticsSim(RestSim):
    """Serves what the bot calls. `resumed` holds the jobs that were let run again, in order."""

    def __init__(
        self,
        *,
        api_key: str = API_KEY,
        port: int = 0,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(ROUTES, port=port, clock=clock)
        self.api_key = api_key
        self.jobs: dict[str, dict[str, Any]] = {}
        self.log: dict[str, list[dict[str, Any]]] = {}
        self.resumed: list[str] = []

    def add_job(
        self, name: str = "High-value customers", *, status: str = "failed", job_id: str = ""
    ) -> str:
        """Add a job and return its id."""
        job_id = job_id or secrets.token_hex(16)
        workflow = "adwords_customer_match"
        self.jobs[job_id] = {"id": job_id, "name": name, "workflow": workflow, "status": status}
        self.log[job_id] = []
        return job_id

    def add_line(self, job_id: str, message: str, *, level: str = "info", code: str = "") -> None:
        """Add an entry to the log of a job."""
        at = self.clock().isoformat().replace("+00:00", "Z")
        row = {"job_id": job_id, "message": message, "level": level, "timestamp": at}
        self.log[job_id].append({**row, "code": code, "context": {"user_email": "a@b.example"}})

    def hear(self, event: Mapping[str, Any]) -> None:
        """Let a job that an event of ours tells about be one that can be asked for."""
        if event.get("subject_type") != "work" or not event.get("subject_id"):
            return
        told = event.get("context")
        context = told if isinstance(told, dict) else {}
        job_id, verb = str(event["subject_id"]), str(event.get("verb"))
        ended = verb in {"failed", "completed", "deleted", "paused"}
        name = str(context.get("name") or job_id)
        self.add_job(name, status=verb if ended else "running", job_id=job_id)
        message, code = str(context.get("error") or f"The job {verb}"), str(context.get("code", ""))
        self.add_line(job_id, message, level="error" if verb == "failed" else "info", code=code)

    @override
    def carry_out(self, call: RestCall) -> Answer:
        """Check the key, then do what was asked."""
        if call.headers.get("authorization") != self.api_key:
            return _refused(401, "Unauthorized")
        if call.operation == "list_jobs":
            return _enveloped(list(self.jobs.values()))
        job = self.jobs.get(call.thing)
        if job is None:
            return _refused(404, "Job not found")
        if call.operation == "logs":
            return _enveloped(self.log[call.thing])
        if call.operation == "resume":
            if job["status"] in _OVER:
                return _refused(400, f"A {job['status']} job cannot be resumed")
            self.resumed.append(call.thing)
            job["status"] = "sleeping"
        return _enveloped(job)


def _enveloped(data: Any) -> Answer:
    return document(200, {"data": data, "status": 200, "request_id": secrets.token_hex(8)})


def _refused(status: int, message: str) -> Answer:
    content = {"status": status, "message": message, "request_id": secrets.token_hex(8)}
    return document(status, content)
