"""Addresses that operators set: where a vendor's console shows what an event is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

PLACES = (
    "id", "subject_type", "subject_id", "aid",
    "workspace_slug", "domain_id", "scan_id", "report_id",
)  # fmt: skip
"""The names that may stand in braces; an event's `link_values` fill them."""

_PLACE = re.compile(r"\{([a-z_]+)\}")
# Places come after the host, which is the operator's to choose and never the sender's.
_FORM = re.compile(r"https?://[^\s/?#@{}\\]+/[!-~]*")


@dataclass(frozen=True, slots=True)
class LinkTemplate:
    """An http(s) address with places for ids, such as `https://example.com/scans/{scan_id}`.

    Raises:
        ValueError: `text` is no such address, or a place in it has an unknown name.
    """

    text: str

    def __post_init__(self) -> None:
        if not _FORM.fullmatch(self.text):
            raise ValueError("not an http or https address")
        if not set(self._places()) <= set(PLACES):
            raise ValueError(f"the places are {', '.join(PLACES)}")
        if not {"{", "}"}.isdisjoint(_PLACE.sub("", self.text)):
            raise ValueError("a brace without its fellow")

    def url(self, values: Mapping[str, object]) -> str | None:
        """Return the address with every value percent-encoded; None if one is missing."""
        filled = {name: str(values.get(name, "")) for name in self._places()}
        # Dots alone would be read as a step up in the path.
        if not all(value.strip(".") for value in filled.values()):
            return None
        return _PLACE.sub(
            lambda place: quote(filled[place[1]], safe="", errors="replace"), self.text
        )

    def _places(self) -> list[str]:
        return _PLACE.findall(self.text)
