"""`tocsin serve`."""

from __future__ import annotations

import click


@click.command()
@click.option("--host", help="Address to listen on, instead of TOCSIN_HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="Instead of TOCSIN_PORT; 0 is any.")
def command(host: str | None, port: int | None) -> None:
    """Run the bot.

    Reads the environment and `.env`. Hears Slack by Socket Mode when SLACK_APP_TOKEN is
    set, else by HTTP; webhooks always come by HTTP.

    \b
    Example:
      tocsin serve --host 0.0.0.0 --port 3000
    """
    from bot import config
    from bot.core.errors import ConfigError

    settings = config.load()
    if problems := settings.serve_problems():
        raise ConfigError(*problems)

    from bot import log
    from bot.app import serve

    log.configure(settings.tocsin_log_format)
    serve(
        settings,
        settings.tocsin_host if host is None else host,
        settings.tocsin_port if port is None else port,
    )
