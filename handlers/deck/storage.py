"""`storage.*`: files that runs bring home. The link to a file is a key, and is not read.

A new file is news of its run, in whose thread it is told.
"""

from __future__ import annotations

from bot.core.alerts import Alert, Severity, known
from bot.core.bodies import text as short
from bot.core.events import Event, Payload, empty
from handlers.deck import source
from handlers.deck.resource import named

_STEP = 1_000
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


class File(Payload):
    """A file; `url` and `extraction` are not read."""

    id: str = ""
    file_name: str = ""
    file_type: str = ""
    file_size: float | None = None
    task_run_id: str = ""
    result: str = ""


class StorageEvent(Payload):
    """The body of `storage.*`."""

    data: File = empty(File)


@source.on("storage.created", StorageEvent, default=False)
def storage_created(event: Event, body: StorageEvent) -> Alert:
    """For those who collect files; a warning when nothing could be read out of one."""
    run = short(body.data.task_run_id)
    of_run = {"card": f"task_run/{run}", "aside": True} if run else {}
    if body.data.result != "failure":
        return _told(body.data, "was stored").model_copy(update=of_run)
    alert = _told(body.data, "was stored, but nothing could be read out of it")
    warned = {"severity": Severity.WARNING, "notice": "Open the file in Deck's console."}
    return alert.model_copy(update=of_run | warned)


@source.on("storage.deleted", StorageEvent, default=False)
def storage_deleted(event: Event, body: StorageEvent) -> Alert:
    """For information: files are deleted when their time is over."""
    return _told(body.data, "was deleted")


def _told(file: File, happened: str) -> Alert:
    return Alert(
        title=f"{named('file', file.file_name or file.id)} {happened}",
        fields=known(
            ("Type", file.file_type),
            ("Size", _size(file.file_size)),
            ("Task run", file.task_run_id),
        ),
    )


def _size(size_bytes: float | None) -> str:
    """Return a size in its largest decimal unit, "" for none or nonsense."""
    if size_bytes is None or not 0 <= size_bytes < _STEP ** len(_UNITS):
        return ""
    size, unit = size_bytes, 0
    while size >= _STEP:
        size, unit = size / _STEP, unit + 1
    return f"{size:.3g} {_UNITS[unit]}" if unit else f"{size:.0f} {_UNITS[0]}"
