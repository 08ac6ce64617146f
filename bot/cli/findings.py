"""What is right and wrong with a configuration, without a look at the network."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from pydantic import SecretStr

from bot.config import Settings, SourceSettings
from bot.core.errors import ConfigError, SecretError
from bot.core.sources import Source
from bot.plugins import secret_setting


class Level(StrEnum):
    """How much a finding matters; only a problem makes the check fail."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


class Finding(NamedTuple):
    """One thing that was looked at, and what is to be said about it."""

    level: Level
    text: str


def offline(settings: Settings, sources: Mapping[str, Source], env_file: Path) -> Iterator[Finding]:
    """Yield every finding that needs no network."""
    yield from of_file(env_file)
    for name in settings.unknown:
        yield Finding(Level.WARNING, f"{name} is not a setting of Tocsin.")
    yield from of_slack(settings)
    yield from of_operators(settings)
    for source in sources.values():
        yield from of_source(source, settings)
    yield from of_parallel(settings)
    yield from of_database(settings.tocsin_database)


def problems(error: ConfigError) -> Iterator[Finding]:
    """Yield a finding for each problem of an error."""
    for text in error.problems:
        yield Finding(Level.PROBLEM, text)


def of_file(env_file: Path) -> Iterator[Finding]:
    """Warn of a `.env` that other people on this machine can read."""
    mode = env_file.stat().st_mode & 0o777 if env_file.is_file() else 0
    if mode & 0o077:
        advice = f"run: chmod 600 {env_file}"
        yield Finding(Level.WARNING, f"{env_file} is open to others (mode {mode:o}); {advice}")


def of_slack(settings: Settings) -> Iterator[Finding]:
    """Yield what stands between us and Slack: what is missing, and tokens mixed up."""
    missing = settings.serve_problems()
    for text in missing:
        yield Finding(Level.PROBLEM, text)
    shapes = (
        ("SLACK_BOT_TOKEN", settings.slack_bot_token, "xoxb-"),
        ("SLACK_APP_TOKEN", settings.slack_app_token, "xapp-"),
    )
    wrong = [(name, start) for name, token, start in shapes if token and not _is(token, start)]
    for name, start in wrong:
        yield Finding(Level.PROBLEM, f"{name} does not start with {start} as Slack's do.")
    if not missing and not wrong:
        way = "Socket Mode" if settings.slack_app_token else "HTTP"
        yield Finding(Level.OK, f"Slack is heard by {way}.")


def of_operators(settings: Settings) -> Iterator[Finding]:
    """Warn if nobody is told of what needs an operator."""
    if settings.tocsin_operators_channel is None:
        yield Finding(
            Level.WARNING,
            "TOCSIN_OPERATORS_CHANNEL is not set: what needs an operator, such as a message "
            "that was given up, is said in the log only.",
        )


def of_source(source: Source, settings: Settings) -> Iterator[Finding]:
    """Yield whether a source is open, and the fingerprint of each key it is open to."""
    setting = secret_setting(source.name)
    try:
        own = settings.source(source.name)
    except ConfigError as error:
        yield from problems(error)
        return
    if not own.webhook_secrets:
        yield Finding(Level.NOTE, f"{source.title} is closed: {setting} is not set.")
    yield from _keys(source, own, setting)


def _keys(source: Source, own: SourceSettings, setting: str) -> Iterator[Finding]:
    """Yield a finding a secret: which keys it stands for, or why it is none."""
    for number, secret in enumerate(own.webhook_secrets, start=1):
        try:
            keys = source.scheme.keys(secret.get_secret_value())
        except SecretError as error:
            which = f"{setting}, value {number} of {len(own.webhook_secrets)}"
            yield Finding(Level.PROBLEM, f"{which}: {error}.")
            continue
        ways = ", ".join(key.derivation for key in keys)
        text = f"{source.title} is open to key {keys[0].fingerprint} ({ways})."
        yield Finding(Level.OK, text)


def of_parallel(settings: Settings) -> Iterator[Finding]:
    """Yield what `/monitors` and the reading of findings lack."""
    try:
        own = settings.source("parallel")
    except ConfigError:
        return  # told with its source
    if own.api_key and settings.tocsin_public_url is None:
        yield Finding(
            Level.PROBLEM,
            "TOCSIN_PUBLIC_URL is not set though PARALLEL_API_KEY is: "
            "a new monitor would not know where to report.",
        )
    if own.webhook_secrets and own.api_key is None:
        yield Finding(
            Level.WARNING,
            "PARALLEL_API_KEY is not set: alerts of monitors will come without their findings.",
        )


def of_database(path: Path) -> Iterator[Finding]:
    """Yield whether the database can be used, and how far its tables are behind."""
    from bot.store.database import pending_migrations
    from bot.store.version import VERSION, has_wal_reset_bug

    try:
        pending = pending_migrations(path)
    except ConfigError as error:
        yield from problems(error)
    else:
        yield _database(path, len(pending))
    if has_wal_reset_bug():
        yield Finding(
            Level.WARNING,
            f"SQLite {'.'.join(map(str, VERSION))} can corrupt a file that two programs write "
            "at once; let nothing but Tocsin open the database, or use 3.51.3 or later.",
        )


def _database(path: Path, pending: int) -> Finding:
    place = path if path.exists() else path.absolute().parent
    if not os.access(place, os.W_OK):
        kind = "written" if place.exists() else "found"
        return Finding(Level.PROBLEM, f"TOCSIN_DATABASE: {place} cannot be {kind}.")
    if not path.exists():
        return Finding(Level.NOTE, f"{path} will be made by the first `tocsin serve`.")
    if pending:
        return Finding(Level.NOTE, f"{path} is {pending} migrations behind: run tocsin migrate.")
    return Finding(Level.OK, f"{path} is up to date.")


def _is(token: SecretStr, start: str) -> bool:
    return token.get_secret_value().startswith(start)


def settings_of(values: Mapping[str, str]) -> tuple[Settings, list[Finding]]:
    """Return the settings that can be used, and findings for those that cannot."""
    try:
        return Settings.from_values(values), []
    except ConfigError as error:
        broken = {problem.split(" ", 1)[0] for problem in error.problems}
        found = list(problems(error))
    return Settings.from_values({k: v for k, v in values.items() if k not in broken}), found
