"""Lytics' API, version 2: a job, its log, and letting it run again.

Source: https://docs.lytics.com and the vendor's own notes in github.com/lytics/agent-skills
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.apis.http import Vendor
from bot.apis.paths import checked
from bot.core.bodies import moment
from bot.core.events import Payload
from bot.core.jobs import Job, LogLine

if TYPE_CHECKING:
    from aiohttp import ClientSession

BASE_URL = "https://api.lytics.io"

# Bounded, so that a long text without an address is not searched again from every letter.
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']{1,128}@[^\s<>()\[\],;:\"']{1,255}")
_NEVER = datetime.min.replace(tzinfo=UTC)
_JOB = "a job of Lytics"


class JobRow(Payload):
    """A job; its configuration is not read."""

    id: str = ""
    name: str = ""
    workflow: str = ""
    status: str = ""


class LogRow(Payload):
    """An entry of a log; `context` may name a person and is not read."""

    timestamp: str = ""
    level: str = ""
    code: str = ""
    message: str = ""

    def line(self) -> LogLine:
        """Return it in our names, without the addresses of people."""
        at = moment(self.timestamp, _NEVER)
        return LogLine(
            at=self.timestamp if at == _NEVER else at,
            level=self.level,
            code=self.code,
            message=_ADDRESS.sub("…", self.message),
        )


class Lytics:
    """Fulfils `LyticsApi`."""

    def __init__(
        self,
        api_key: str,
        base_url: str = BASE_URL,
        *,
        session: ClientSession,
        timeout_s: float = 15.0,
    ) -> None:
        headers = {"Authorization": api_key}  # the bare token
        self._vendor = Vendor(
            "Lytics", base_url, session=session, headers=headers, timeout_s=timeout_s
        )

    async def try_key(self) -> None:
        """Look whether our key may read jobs; raises `ApiError`."""
        await self._vendor.try_key("/v2/job")

    async def job(self, job_id: str) -> Job:
        """Return a job."""
        data = await self._data(f"/v2/job/{checked(_JOB, job_id)}")
        if not isinstance(data, dict):
            raise self._vendor.unreadable()
        row = JobRow.model_validate(data)
        if row.id != job_id:
            raise self._vendor.unreadable()
        return Job(id=row.id, name=row.name, workflow=row.workflow, status=row.status)

    async def resume(self, job_id: str) -> None:
        """Let a failed or paused job run again."""
        await self._vendor.post(f"/v2/job/{checked(_JOB, job_id)}/resume")

    async def logs(self, job_id: str, *, most: int) -> Sequence[LogLine]:
        """Return the last entries of a job's log, oldest first, without people's addresses."""
        path = f"/v2/job/{checked(_JOB, job_id)}/logs"
        data = await self._data(path, {"include_errors": "true"})
        if data is None:
            return ()
        if not isinstance(data, list):
            raise self._vendor.unreadable()
        rows = (LogRow.model_validate(row) for row in data if isinstance(row, dict))
        # The vendor sorts by time and does not say in which direction.
        lines = sorted((row.line() for row in rows), key=_when)
        return tuple(lines[-most:])

    async def _data(self, path: str, query: dict[str, str] | None = None) -> Any:
        """Return what stands in the envelope of an answer."""
        answer = await self._vendor.get(path, query)
        if "data" not in answer:
            raise self._vendor.unreadable()
        return answer["data"]


def _when(line: LogLine) -> datetime:
    return line.at if isinstance(line.at, datetime) else _NEVER
