"""The option that rewrites the expected texts, to be read in the diff."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-expected`."""
    parser.addoption(
        "--update-expected", action="store_true", help="rewrite tests/expected from the handlers"
    )


@pytest.fixture
def update_expected(request: pytest.FixtureRequest) -> bool:
    """Return whether expected texts are rewritten instead of compared."""
    # Without a default it fails where this file was loaded after the command line was read.
    return bool(request.config.getoption("--update-expected", default=False))
