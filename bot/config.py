"""Settings: what operators may set, checked in one place and told in one sentence each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from bot import environment
from bot.core.errors import ConfigError
from bot.core.links import PLACES, LinkTemplate

SLACK_API_URL = "https://slack.com/api/"

_ADDRESS = re.compile(
    r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
    r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?"
)
_SUFFIXES = {
    "api_key": "API_KEY",
    "base_url": "BASE_URL",
    "webhook_secrets": "WEBHOOK_SECRET",
    "link_template": "LINK_TEMPLATE",
}
_OF_A_SOURCE = re.compile(rf"[A-Z0-9_]{{1,40}}_(?:{'|'.join(_SUFFIXES.values())})")


def _split(value: object) -> object:
    """Return the parts of a comma-separated text; anything else is left as it is."""
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _path(value: object) -> object:
    return environment.database_path(value) if isinstance(value, str) else value


def _template(value: object) -> object:
    return LinkTemplate(value) if isinstance(value, str) else value


def _address(value: str) -> str:
    """Return an http(s) address without its last slash.

    Raises:
        ValueError: it has credentials, a query, dots for folders or anything else odd.
    """
    if not _ADDRESS.fullmatch(value) or urlsplit(value).port == 0:  # a port > 65535 raises
        raise ValueError("not a plain address")
    return value.rstrip("/")


Address = Annotated[str, AfterValidator(_address)]
ApiAddress = Annotated[str, AfterValidator(lambda value: _address(value) + "/")]
Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(_split)]
UserId = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{2,30}$")]

PLAIN_ADDRESS = "an http or https address without user, query or fragment"
TEMPLATE = f"an http or https address; in braces, after its host, may stand {', '.join(PLACES)}"


class _Values(BaseModel):
    """Values of operators: frozen, and never repeated in an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


V = TypeVar("V", bound=_Values)


class SourceSettings(_Values):
    """What is set for one source. Without a webhook secret the source is closed.

    Every one of `webhook_secrets` is good; the first is the one to sign with.
    """

    api_key: SecretStr | None = None
    base_url: Address | None = Field(default=None, description=PLAIN_ADDRESS)
    webhook_secrets: Secrets = ()
    link_template: Annotated[LinkTemplate, BeforeValidator(_template)] | None = Field(
        default=None, description=TEMPLATE
    )


class Settings(_Values):
    """Every setting, under its name in the environment in lower case.

    A description completes the sentence "NAME must be …". `source_values` holds what is set
    for sources, whose names only their plugins know; `unknown` holds names of ours that no
    setting has.
    """

    slack_bot_token: SecretStr | None = None
    slack_signing_secret: Secrets = ()
    slack_app_token: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_api_url: ApiAddress = Field(default=SLACK_API_URL, description=PLAIN_ADDRESS)
    tocsin_database: Annotated[Path, BeforeValidator(_path)] = Field(
        default=Path(environment.DATABASE), description=environment.DATABASE_FORMS
    )
    tocsin_public_url: Address | None = Field(default=None, description=PLAIN_ADDRESS)
    tocsin_host: str = "127.0.0.1"
    tocsin_port: int = Field(default=3000, ge=0, le=65535, description="a number up to 65535")
    tocsin_webhook_tolerance_s: int = Field(
        default=300, ge=1, le=86400, description="a number of seconds from 1 to 86400"
    )
    tocsin_admins: Annotated[tuple[UserId, ...], BeforeValidator(_split)] = Field(
        default=(), description="Slack user ids such as U0123456789, separated by commas"
    )
    tocsin_secret_key: SecretStr | None = None
    tocsin_log_format: Literal["text", "json"] = Field(default="text", description="text or json")
    tocsin_operators_channel: str | None = Field(
        default=None,
        pattern=r"^[CGD][A-Z0-9]{2,30}$",
        description="the id of a Slack channel, such as C0123456789",
    )
    source_values: dict[str, SecretStr] = Field(default={}, repr=False)
    unknown: tuple[str, ...] = ()

    @classmethod
    def from_values(cls, values: Mapping[str, object]) -> Self:
        """Return settings made of `values` alone, without a look at the environment.

        Names are those of the environment, in either case. What is nobody's setting is
        passed over: an environment is full of that.

        Raises:
            ConfigError: one sentence for each value that cannot be used.
        """
        given = {name.upper(): value for name, value in values.items()}
        rest = {name: value for name, value in given.items() if name not in _NAMES}
        return _build(
            cls,
            {name.lower(): value for name, value in given.items() if name in _NAMES}
            | {"source_values": {one: rest[one] for one in rest if _OF_A_SOURCE.fullmatch(one)}}
            | {"unknown": sorted(name for name in rest if name.startswith("TOCSIN_"))},
        )

    def source(self, name: str) -> SourceSettings:
        """Return what is set for a source, whoever wrote it, as `<NAME>_…`.

        Raises:
            ConfigError: one sentence for each value that cannot be used.
        """
        names = {field: f"{name.upper()}_{suffix}" for field, suffix in _SUFFIXES.items()}
        values = {
            field: self.source_values[one].get_secret_value()
            for field, one in names.items()
            if one in self.source_values
        }
        return _build(SourceSettings, values, names)

    def serve_problems(self) -> tuple[str, ...]:
        """Return what forbids to serve, one sentence each."""
        problems = []
        if self.slack_bot_token is None:
            problems.append("SLACK_BOT_TOKEN is not set.")
        if not self.slack_signing_secret and self.slack_app_token is None:
            problems.append(
                "Set SLACK_SIGNING_SECRET to hear Slack by HTTP, or SLACK_APP_TOKEN by Socket Mode."
            )
        return tuple(problems)


_NAMES = {name.upper() for name in Settings.model_fields} - {"SOURCE_VALUES", "UNKNOWN"}


def load(env_file: Path | None = environment.ENV_FILE) -> Settings:
    """Return the settings of the environment and of a `.env` file.

    Raises:
        ConfigError: one sentence for each thing that is wrong; never a value.
    """
    return Settings.from_values(environment.read(env_file))


def _build(model: type[V], values: Mapping[str, Any], names: Mapping[str, str] = {}) -> V:
    """Return the model of `values`; `names` are those of its fields in the environment."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        fields = [one["loc"] for one in error.errors(include_input=False, include_context=False)]
    # Raised out here, because the original error can carry a secret.
    wrong = dict.fromkeys([part for part in loc if isinstance(part, str)][-1] for loc in fields)
    raise ConfigError(
        *(_sentence(model, field, names.get(field, field.upper())) for field in wrong)
    )


def _sentence(model: type[BaseModel], field: str, name: str) -> str:
    known = model.model_fields.get(field)
    return f"{name} must be {(known and known.description) or 'valid text'}."
