"""The real program, on a disk that is full from the start."""

from __future__ import annotations

import resource
import sys

from bot import cli

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    cli.main(sys.argv[1:])
