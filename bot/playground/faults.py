"""The ways a simulated service can fail, as data; its server acts them out."""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

Shape = Literal["text", "html", "json", "empty"]

ANY = "*"


@dataclass(frozen=True)
class RateLimited:
    """429 without carrying out the call; `retry_after` is the header, None leaves it out."""

    retry_after: str | None = "1"
    html: bool = False


@dataclass(frozen=True)
class ServerError:
    """A 5xx, its body as a proxy or the service would write it; `after`: carried out first."""

    status: int = 500
    shape: Shape = "json"
    after: bool = False


@dataclass(frozen=True)
class ErrorBody:
    """Any status with any JSON body, without carrying out the call."""

    status: int
    body: Any = None


@dataclass(frozen=True)
class Text200:
    """200 with plain text, as a captive portal or a proxy answers; `after`: carried out first."""

    text: str = "ok"
    after: bool = False


@dataclass(frozen=True)
class WrongType:
    """200 with JSON of another shape than promised; the call is not carried out."""

    body: Any = None


@dataclass(frozen=True)
class HalfBody:
    """A promised length, half of it, then the end; `after`: the call was carried out first."""

    after: bool = True


@dataclass(frozen=True)
class Reset:
    """A TCP reset instead of an answer; `after`: the call was carried out first."""

    after: bool = True


@dataclass(frozen=True)
class CloseWithoutAnswer:
    """An orderly close instead of an answer; `after`: the call was carried out first."""

    after: bool = True


@dataclass(frozen=True)
class Hang:
    """Silence for `seconds`, then a close; `after`: the call was carried out first."""

    seconds: float = 3600.0
    after: bool = True


@dataclass(frozen=True)
class Delay:
    """Silence for `seconds`, then the call is carried out and answered as usual."""

    seconds: float


@dataclass(frozen=True)
class ApiError:
    """Slack's refusal: 200 with `ok` false and an error name; the call is not carried out."""

    error: str


@dataclass(frozen=True)
class EndlessCursor:
    """The first page again and again, always with the same `next_cursor`."""

    cursor: str = "round-and-round"


@dataclass(frozen=True)
class GzipBomb:
    """200 with a small gzip body that swells to `size_bytes` of white space."""

    size_bytes: int = 1 << 30


Fault = (
    RateLimited
    | ServerError
    | ErrorBody
    | Text200
    | WrongType
    | HalfBody
    | Reset
    | CloseWithoutAnswer
    | Hang
    | Delay
    | ApiError
    | EndlessCursor
    | GzipBomb
)


@dataclass
class FaultPlan:
    """Which fault meets the next call of which operation; `*` is any operation.

    `place` narrows a fault to the calls that name it, as a channel of Slack.

    Raises: ValueError for an operation that is not in `operations`, so that a typing
    mistake in a test cannot pass for a fault that never came.
    """

    operations: Collection[str]
    _once: dict[tuple[str, str | None], deque[Fault]] = field(default_factory=dict)
    _always: dict[tuple[str, str | None], Fault] = field(default_factory=dict)

    def fail(self, operation: str, *faults: Fault, place: str | None = None) -> None:
        """Queue faults: each meets one call, in order."""
        self._once.setdefault((self._known(operation), place), deque()).extend(faults)

    def fail_always(self, operation: str, fault: Fault, *, place: str | None = None) -> None:
        """Let every call fail, once the queued faults are used up, until it is healed."""
        self._always[self._known(operation), place] = fault

    def heal(self, operation: str | None = None) -> None:
        """Forget the faults of one operation, or of all."""
        gone = None if operation is None else self._known(operation)
        for plan in (self._once, self._always):
            for key in [key for key in plan if gone in (None, key[0])]:
                del plan[key]

    def take(self, operation: str, place: str | None = None) -> Fault | None:
        """Return the fault this call must meet; queued ones first, the narrower first."""
        keys = [(operation, place), (ANY, place), (operation, None), (ANY, None)]
        for key in keys:
            if queue := self._once.get(key):
                return queue.popleft()
        return next((self._always[key] for key in keys if key in self._always), None)

    def _known(self, operation: str) -> str:
        if operation != ANY and operation not in self.operations:
            raise ValueError(f"no operation {operation!r}; there are {sorted(self.operations)}")
        return operation
