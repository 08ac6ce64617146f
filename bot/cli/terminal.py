"""Text for a terminal: aligned for people and for `grep`, and without control characters."""

from __future__ import annotations

from collections.abc import Sequence


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells, each column as wide as its longest cell."""
    safe = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*safe, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in safe
    )
    return "\n".join(line.rstrip() for line in lines)


def printable(text: str) -> str:
    """Return text in which nothing can move the cursor or recolour the screen."""
    return "".join(one if one.isprintable() or one in "\n\t" else "\ufffd" for one in text)
