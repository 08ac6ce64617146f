"""The command line: every verb is a module of its own, imported when it is asked for."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click
from typing_extensions import override

from bot.core.errors import BotError, ConfigError

VERBS = {
    "demo": "Show the whole product with no account and no network.",
    "serve": "Run the bot.",
    "check": "Name everything that is misconfigured, in one list.",
    "migrate": "Bring the database up to date.",
    "sources": "List the sources, their event types and what is configured.",
    "preview": "Render a recorded payload as the message it becomes.",
    "send": "Sign a recorded payload as its source would, and post it.",
    "capture": "Keep the next raw bodies of a source as fixtures, scrubbed.",
    "deliveries": "Tell what happened to events, from signature to Slack timestamp.",
    "backup": "Copy the database into FILE, also while the bot runs.",
}
"""What `tocsin --help` lists, so that it need not import a verb to say what it does."""

INTERRUPTED = 130

COLLECT_AFTER = (20_000, 50, 50)
"""How many new objects, and how many younger collections, before garbage is looked for."""


class LazyGroup(click.Group):
    """Commands that live in modules of this package, named like their verb."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs, in the order in which people meet them."""
        return list(VERBS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb and return its command."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"bot.cli.{cmd_name}").command
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs from the table, without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=LazyGroup, no_args_is_help=False)
@click.version_option(package_name="tocsin", message="tocsin %(version)s")
def tocsin() -> None:
    """Turn verified webhooks into Slack alerts, and never lose or repeat one.

    Start with: tocsin demo
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command line (the process's own by default) and exit.

    Exit codes: 2 for usage and configuration, 1 for other failures, 130 when interrupted;
    each with one line on standard error.
    """
    # Python's own thresholds suit small programs: they look for garbage a hundred times while
    # modules are imported, and under a storm take tens of milliseconds from whoever waits.
    gc.set_threshold(*COLLECT_AFTER)
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = tocsin.main(args=arguments, prog_name="tocsin", standalone_mode=False)
    except ConfigError as error:
        return _fail(_first(error), 2)
    except click.ClickException as error:
        return _fail(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return _fail("Interrupted.", INTERRUPTED)
    except OSError as error:
        return _fail(_words(error), 1)
    except BotError as error:
        return _fail(str(error), 1)
    return code if isinstance(code, int) else 0


def _fail(sentence: str, code: int) -> int:
    click.echo(f"tocsin: {' '.join(sentence.split())}", err=True)
    return code


def _first(error: ConfigError) -> str:
    """Return the first problem, and where to read the others."""
    more = len(error.problems) - 1
    hint = f" ({more} more: see `tocsin check`.)" if more else ""
    return f"{error.problems[0]}{hint}"


def _words(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}." if error.filename else f"{reason}."
