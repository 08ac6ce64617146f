"""Our program as it is installed for use.

The development tools bring rich, which structlog then imports, and nobody uses: it would be a
quarter of the start.
"""

from __future__ import annotations

import sys

from bot import cli

if __name__ == "__main__":
    sys.modules["rich"] = None  # type: ignore[assignment]
    cli.main()
