"""One request to the API, as it is remembered and carried out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Call:
    """A request; `body` is the parsed JSON, None when empty, and bytes when it is no JSON.

    `query` holds every value of a repeated parameter, in order.
    """

    operation: str
    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    body: Any
    at: datetime
    monitor_id: str
    api_key: str | None = field(repr=False)
