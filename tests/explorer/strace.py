"""Programs under strace: `strace.py SCRIPT OPTION… -- serve …` runs a script of Python under it.

The tracer is the script's grandchild (`-D`), so that the process started is the script itself
and takes signals and gives its exit code as without it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(r"^(?P<thread>\d+) +(?P<call>\w+)\((?P<rest>.*)$")
_PLACE = re.compile(r'<(?P<open>[^>]*(?:->[^>]*)?)>|"(?P<path>[^"]*)"')


@dataclass(frozen=True)
class Call:
    """One system call: of which thread, by what name, on which file or socket."""

    thread: int
    name: str
    place: str
    injected: bool


def why_not() -> str:
    """Return why nothing can be traced here; empty when it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-e", "trace=none", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if tried.returncode == 0 else f"ptrace is not allowed: {tried.stderr.strip()[-200:]}"


def traced(script: str, log: Path, *options: str) -> Sequence[str]:
    """Return a script as a program that runs under strace, which writes into a log."""
    return (__file__, script, "-o", str(log), *options, "--")


def calls(log: Path) -> Iterator[Call]:
    """Yield the calls of a log, in the order in which they began."""
    for line in log.read_text(errors="replace").splitlines():
        if (found := _LINE.match(line)) is not None:
            yield Call(
                thread=int(found["thread"]),
                name=found["call"],
                place=_place(found["rest"]),
                injected="(INJECTED)" in line,
            )


def _place(arguments: str) -> str:
    """Return the file name, or the kind of socket, that a call's arguments begin with."""
    found = _PLACE.search(arguments)
    if found is None:
        return ""
    place = found["open"] or found["path"] or ""
    return place.split(":")[0] if ":[" in place else Path(place).name


if __name__ == "__main__":
    script, *options = sys.argv[1 : (end := sys.argv.index("--"))]
    program = (sys.executable, script, *sys.argv[end + 1 :])
    # As an exec, so that the process which was started becomes the script.
    os.execvp("strace", ("strace", "-D", "-f", "-yy", "-s", "48", *options, *program))  # noqa: S606
