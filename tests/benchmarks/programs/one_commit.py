"""Our program with a commit for each request: what group commit is measured against."""

from __future__ import annotations

from bot import cli
from bot.store import writer

writer.MOST_JOBS_A_COMMIT = 1

if __name__ == "__main__":
    cli.main()
