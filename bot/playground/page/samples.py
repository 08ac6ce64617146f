"""The recorded webhooks that can be fired, made new so that each is an event of its own."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import count
from typing import Any

from bot.playground.parallel import ParallelSim, text
from bot.playground.senders import json_bytes

PACKAGE = "handlers"
"""Where the samples of a source lie: in `samples` of its module there."""

DETECTED = "monitor.event.detected"
_TIMES = ("created_at", "timestamp")
_OBJECTS = {"deck": ("data", "id"), "surfacedby": ("data", "scan_id"), "lytics": ("", "subject_id")}
_LONG_ID = re.compile(r"[A-Za-z0-9_-]{12,}")
_ENDS = ("completed", "failed", "canceled", "deleted", "terminated")

_FINDINGS = (
    ("Harbor Biologics published interim HB-201 results: 71% response.", "trials.example.org/hb"),
    ("The EMA accepted the HB-201 filing for review.", "agency.example.eu/hb-201"),
    ("Larkspur Capital took a second seat on the board.", "news.example.com/larkspur-seat"),
    ("Harbor Biologics opened a site in Rotterdam with 120 jobs.", "wire.example.com/rotterdam"),
)


@dataclass(frozen=True)
class Sample:
    """A body to send; `id` is the sender's, for sources that give it in a header."""

    source: str
    type: str
    id: str
    body: dict[str, Any]

    @property
    def raw(self) -> bytes:
        """The body as it travels."""
        return json_bytes(self.body)


class Samples:
    """The samples of the sources, by source and event type.

    Samples of one kind tell of one object, as `task_run.running` and then
    `task_run.completed` of one run, until it has ended or a type comes again. A finding is
    added to the oldest running monitor of `parallel`, where the bot then fetches it.
    """

    def __init__(self, sources: Iterable[str], parallel: ParallelSim) -> None:
        self._parallel = parallel
        self._number = count()
        self._files = {name: _samples(name) for name in sources}
        self._lives: dict[tuple[str, str], _Life] = {}

    @property
    def types(self) -> dict[str, list[str]]:
        """The event types that can be fired, by source."""
        return {name: sorted(found) for name, found in self._files.items()}

    def fresh(self, source: str, event_type: str) -> Sample:
        """Return a sample as an event that never was before, of this moment.

        Raises: LookupError when there is no such sample.
        """
        body = json.loads(self._files[source][event_type].read_bytes())
        token = secrets.token_hex(12)
        if "id" in body:
            body["id"] = f"evt_{token}"
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        body |= {name: now for name in _TIMES if name in body}
        self._name_object(source, event_type, body)
        if source == "parallel":
            self._point_at_monitor(body["data"], found=event_type == DETECTED)
        return Sample(source, event_type, f"whevent_{token}", body)

    def _name_object(self, source: str, event_type: str, body: dict[str, Any]) -> None:
        """Give the object of the event the id that it has in this life."""
        where, name = _OBJECTS.get(source, ("", ""))
        holder = body.get(where, {}) if where else body
        kind = (source, event_type.rpartition(".")[0])
        life = self._lives.get(kind)
        if life is None or life.ended or event_type in life.told:
            life = self._lives[kind] = _Life()
        life.told.append(event_type)
        if _LONG_ID.fullmatch(str(holder.get(name))):
            holder[name] = holder[name][: -len(life.token)] + life.token

    def _point_at_monitor(self, data: dict[str, Any], *, found: bool) -> None:
        """Let the webhook tell of a monitor that exists, and of something it found."""
        parallel = self._parallel
        active = (id_ for id_, one in parallel.monitors.items() if one["status"] == "active")
        monitor = next(active, None) or parallel.add_monitor("Harbor Biologics")
        data["monitor_id"] = monitor
        if found:
            words, where = _FINDINGS[next(self._number) % len(_FINDINGS)]
            group = parallel.add_findings(monitor, [text(words, f"https://{where}")])
            data["event"]["event_group_id"] = group


@dataclass
class _Life:
    """What was told of an object since it began."""

    token: str = field(default_factory=lambda: secrets.token_hex(3))
    told: list[str] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        return bool(self.told) and self.told[-1].endswith(_ENDS)


def _samples(source: str) -> dict[str, Traversable]:
    folder = files(PACKAGE) / source / "samples"
    found = folder.iterdir() if folder.is_dir() else ()
    return {one.name.removesuffix(".json"): one for one in found if one.name.endswith(".json")}
