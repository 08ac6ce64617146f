"""Reading query parameters, with every problem collected before anything is refused."""

from collections.abc import Mapping, Sequence

from bot.playground.parallel import cursor
from bot.playground.parallel.answers import Problem
from bot.playground.parallel.validation import problem


class Query:
    """The query parameters of one call; `problems` fills while they are read."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self._values = values
        self.problems: list[Problem] = []

    def word(self, name: str) -> str | None:
        """Return the last value of a parameter."""
        values = self._values.get(name)
        return values[-1] if values else None

    def limit(self, default: int, highest: int) -> int:
        """Return the page size, 1 to `highest`."""
        value = self.word("limit")
        if value is None:
            return default
        if value.isascii() and value.isdigit() and 1 <= int(value) <= highest:
            return int(value)
        self._refuse("limit", f"Input should be a whole number from 1 to {highest}")
        return default

    def before(self, listing: str) -> int | None:
        """Return the position that the cursor of this listing stands for."""
        value = self.word("cursor")
        if value is None:
            return None
        try:
            return cursor.decode(listing, value)
        except ValueError:
            self._refuse("cursor", "Invalid cursor")
            return None

    def choices(self, name: str, allowed: Sequence[str], default: Sequence[str]) -> Sequence[str]:
        """Return every value of a repeated parameter; a comma-joined list is not a value."""
        values = self._values.get(name, default)
        words = " or ".join(f"'{value}'" for value in allowed)
        for index, value in enumerate(values):
            if value not in allowed:
                self._refuse(name, f"Input should be {words}", index)
        return values

    def flag(self, name: str) -> bool:
        """Return a true or false parameter, false when it is missing."""
        value = (self.word(name) or "false").lower()
        if value not in ("true", "false"):
            self._refuse(name, "Input should be a valid boolean")
        return value == "true"

    def _refuse(self, name: str, msg: str, *index: int) -> None:
        self.problems.append(problem(("query", name, *index), msg))
