"""`tocsin demo`."""

from __future__ import annotations

import click

_MOST_EVENTS = 100_000


@click.command()
@click.option("--once", is_flag=True, help="Play the tour, print what happened, and end.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default="any that is free",
    help="Where the page is served.",
)
def command(port: int, *, once: bool) -> None:
    """Show the whole product with no account and no network.

    Starts a local stand-in for Slack, a simulated Parallel and the bot, and serves a page
    with the workspace, in which you type commands, fire signed webhooks, break Slack and
    kill the bot, until Ctrl-C. With --once it does all this by itself and prints the
    channel as its people see it; it ends with 1 if anything did not come true. Nothing
    leaves this machine, and your settings are not read.

    \b
    Example:
      tocsin demo --once
    """
    import asyncio

    if not once:
        asyncio.run(_serve(port))
    elif not asyncio.run(_play()):
        raise SystemExit(1)


async def _serve(port: int) -> None:
    """Serve the page until the process is asked to end; the bot ends with it."""
    import asyncio
    import signal
    import tempfile
    from functools import partial
    from pathlib import Path

    from bot.playground.page import PageServer, Playground
    from bot.playground.stage import Stage
    from bot.plugins import discover
    from bot.store.deliveries import history

    # Not cancelled but asked: a cancelled start would leave the bot behind.
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    with tempfile.TemporaryDirectory(prefix="tocsin-demo-") as folder:
        async with Stage(Path(folder)) as stage:
            playground = Playground(stage, discover(), partial(history, limit=_MOST_EVENTS))
            async with playground, PageServer(playground, port) as page:
                click.echo(f"Tocsin rings in a Slack of its own. Open {page.url}")
                click.echo("Everything stays on this machine. Ctrl-C ends it.")
                await end.wait()
    click.echo("\nEnded; nothing is left behind.")


async def _play() -> bool:
    import tempfile
    from pathlib import Path

    from bot.playground.stage import Stage
    from bot.playground.tour import Tour

    click.echo("Tocsin rings in a Slack that lives in this process only.\n")
    with tempfile.TemporaryDirectory(prefix="tocsin-demo-") as folder:
        async with Stage(Path(folder)) as stage:
            tour, true = Tour(stage), True
            async for scene in tour.scenes():
                true = true and scene.true
                click.echo(f"{'✓' if scene.true else '✗'} {scene.title}.")
                click.echo("\n".join(f"    {line}" for line in scene.outcome.splitlines()) + "\n")
            click.echo("The channel #market-watch now:\n")
            click.echo(tour.channel() + "\n")
    click.echo("All of it came true." if true else "Something did not come true: see the ✗ above.")
    return true
