"""`tocsin send`."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from bot.cli.files import READABLE, content

if TYPE_CHECKING:
    from bot.core.sources import Source

_TIMEOUT_S = 15.0
_MOST_SHOWN_BYTES = 65_536
_OK = range(200, 300)


@click.command()
@click.argument("file", type=READABLE)
@click.option("--source", "name", required=True, help="Whose signature it gets.")
@click.option("--url", required=True, help="Where to post it.")
@click.option("--secret-file", type=READABLE, help="Instead of <SOURCE>_WEBHOOK_SECRET.")
@click.option("--id", "message_id", help="The sender's id of the event; new by default.")
def command(
    file: str, name: str, url: str, secret_file: str | None, message_id: str | None
) -> None:
    """Sign a recorded payload as its source would, and post it.

    FILE is a body as its source sends it; `-` reads it from standard input. The secret comes
    from the environment, `.env` or a file, never from the command line.

    \b
    Example:
      tocsin send event.json --source deck --url http://127.0.0.1:3000/webhooks/deck
    """
    from bot.cli.recording import chosen_source

    _check_address(url)
    body = content(file)
    source = chosen_source(name, file, body)
    secret = _written(secret_file) if secret_file else _configured(source.name)
    status, words, answer = _post(url, body, _signed(source, body, secret, message_id))
    click.echo(f"{status} {words}\n{answer}".rstrip())
    if status not in _OK:
        raise click.ClickException(f"{url} answered {status} {words}.")


def _check_address(url: str) -> None:
    """Refuse an address at which the signature would be read by others.

    Raises:
        click.UsageError: neither https, nor http on this machine.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise click.UsageError("--url is not an address.") from None
    if parts.scheme not in {"http", "https"} or not host or not url.isprintable() or " " in url:
        raise click.UsageError("--url must be an http or https address.")
    if parts.scheme == "http" and not _is_here(host):
        raise click.UsageError("--url must be https, because plain http is for this machine only.")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _written(file: str) -> str:
    """Return the secret to sign with: the first of those that a file holds."""
    return content(file).decode(errors="replace").partition(",")[0].strip()


def _configured(name: str) -> str:
    """Return the first webhook secret that is set for a source.

    Raises:
        ConfigError: there is none.
    """
    from bot import config, plugins
    from bot.core.errors import ConfigError

    secrets = config.load().source(name).webhook_secrets
    if not secrets:
        raise ConfigError(f"{plugins.secret_setting(name)} is not set; or give --secret-file.")
    return secrets[0].get_secret_value()


def _signed(source: Source, body: bytes, secret: str, message_id: str | None) -> dict[str, str]:
    """Return the headers of the request, the proof of origin among them.

    Raises:
        ConfigError: the secret cannot be a key.
    """
    from uuid import uuid4

    from bot.core.errors import ConfigError, SecretError

    identity = message_id or f"msg_{uuid4().hex}"
    try:
        proof = source.scheme.sign(body, secret, id=identity, now=datetime.now(UTC))
    except SecretError as error:
        raise ConfigError(f"{source.title} cannot sign: {error}.") from None
    return {"Content-Type": "application/json", **proof}


def _post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, str]:
    """Return status, its words and the answer; redirects and proxies are not followed."""
    from http.client import HTTPConnection, HTTPException, HTTPSConnection

    from bot.cli.terminal import printable

    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_S)
    target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    try:
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        text = answer.read(_MOST_SHOWN_BYTES).decode(errors="replace")
    except HTTPException as error:
        raise click.ClickException(f"{url} did not answer in HTTP: {error!r}.") from None
    except OSError as error:
        raise click.ClickException(f"{url} cannot be reached: {error}.") from None
    finally:
        connection.close()
    return answer.status, printable(answer.reason), printable(text)
