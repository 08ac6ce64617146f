"""Settings: what is read, what is refused, and that no value is ever repeated."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot import config, environment
from bot.config import Settings
from bot.core.errors import ConfigError
from bot.core.links import LinkTemplate

CANARY = "canary-5f2c"
ADDRESS = "an http or https address without user, query or fragment"


def test_defaults_are_those_of_the_manual() -> None:
    """With nothing set the bot listens on this machine and writes beside itself."""
    settings = Settings.from_values({})

    assert (settings.tocsin_host, settings.tocsin_port) == ("127.0.0.1", 3000)
    assert settings.tocsin_database == Path("tocsin.db")
    assert settings.tocsin_webhook_tolerance_s == 300
    assert settings.tocsin_log_format == "text"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.source("deck").webhook_secrets == ()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("TOCSIN_PORT", "65536", "TOCSIN_PORT must be a number up to 65535."),
        ("TOCSIN_PORT", "-1", "TOCSIN_PORT must be a number up to 65535."),
        ("TOCSIN_PORT", CANARY, "TOCSIN_PORT must be a number up to 65535."),
        ("TOCSIN_LOG_FORMAT", CANARY, "TOCSIN_LOG_FORMAT must be text or json."),
        *(
            ("TOCSIN_WEBHOOK_TOLERANCE_S", value,
             "TOCSIN_WEBHOOK_TOLERANCE_S must be a number of seconds from 1 to 86400.")
            for value in ("0", "86401", "1.5", CANARY)
        ),
        *(
            ("TOCSIN_PUBLIC_URL", value, f"TOCSIN_PUBLIC_URL must be {ADDRESS}.")
            for value in (
                CANARY, "ftp://h", "https://", f"https://u:{CANARY}@h", "https://h/../x",
                "https://h/a//b", "https://h/?q", "https://h/#f", "https://h/%2e%2e", "https://h:99999",
                "https://h:0", "https://h\\x", "https://h/a b", "//h", "https://h\n",
            )
        ),
        *(
            ("TOCSIN_DATABASE", value,
             "TOCSIN_DATABASE must be a path or sqlite:///path (no other database is supported).")
            for value in (f"postgresql://u:{CANARY}@h/d", ":memory:", "sqlite://", "sqlite:///",
                          "sqlite:///:memory:", "sqlite:///a.db?mode=ro")
        ),
        ("TOCSIN_ADMINS", f"U0123, {CANARY}",
         "TOCSIN_ADMINS must be Slack user ids such as U0123456789, separated by commas."),
        ("TOCSIN_OPERATORS_CHANNEL", f"#{CANARY}",
         "TOCSIN_OPERATORS_CHANNEL must be the id of a Slack channel, such as C0123456789."),
        ("SLACK_API_URL", CANARY, f"SLACK_API_URL must be {ADDRESS}."),
    ],
)  # fmt: skip
def test_a_wrong_value_gets_its_sentence(name: str, value: str, sentence: str) -> None:
    """Each wrong value is told in one sentence, without the value, also not as a cause."""
    with pytest.raises(ConfigError) as caught:
        Settings.from_values({name: value})

    assert caught.value.problems == (sentence,)
    assert caught.value.__context__ is None


def test_every_wrong_value_is_told_at_once() -> None:
    """Two mistakes give two sentences."""
    with pytest.raises(ConfigError) as caught:
        Settings.from_values({"TOCSIN_PORT": CANARY, "TOCSIN_LOG_FORMAT": CANARY})

    assert [one.split()[0] for one in caught.value.problems] == ["TOCSIN_PORT", "TOCSIN_LOG_FORMAT"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("tocsin.db", "tocsin.db"),
        ("/data/t.db", "/data/t.db"),
        ("sqlite:///t.db", "t.db"),
        ("sqlite:////data/t.db", "/data/t.db"),
    ],
)
def test_a_database_is_a_path_or_a_sqlite_url(text: str, path: str) -> None:
    """Three slashes are a relative path and four an absolute one."""
    assert Settings.from_values({"TOCSIN_DATABASE": text}).tocsin_database == Path(path)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://bot.example.com/", "https://bot.example.com"),
        ("https://example.com/tocsin/", "https://example.com/tocsin"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_a_public_url_can_be_added_to(given: str, kept: str) -> None:
    """Its last slash goes, so that a path can follow; a prefix behind a proxy stays."""
    assert Settings.from_values({"TOCSIN_PUBLIC_URL": given}).tocsin_public_url == kept


def test_secrets_rotate_and_never_show() -> None:
    """Commas separate live secrets; no representation of the settings holds one."""
    names = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN", "SLACK_CLIENT_SECRET",
             "TOCSIN_SECRET_KEY", "DECK_WEBHOOK_SECRET", "DECK_API_KEY")  # fmt: skip
    settings = Settings.from_values(dict.fromkeys(names, f"{CANARY}-1, ,{CANARY}-2,"))
    deck = settings.source("deck")

    old_and_new = [f"{CANARY}-1", f"{CANARY}-2"]
    assert [one.get_secret_value() for one in settings.slack_signing_secret] == old_and_new
    assert [one.get_secret_value() for one in deck.webhook_secrets] == old_and_new
    for text in (repr(settings), str(settings), settings.model_dump_json(), repr(deck)):
        assert CANARY not in text


def test_a_plugin_is_set_like_a_source_of_ours() -> None:
    """A source that we have never heard of gets its settings by its name."""
    settings = Settings.from_values(
        {
            "MY_SOURCE_API_KEY": "key",
            "MY_SOURCE_BASE_URL": "https://api.example.com/v1/",
            "MY_SOURCE_LINK_TEMPLATE": "https://example.com/{id}",
        }
    )
    mine = settings.source("my_source")

    assert mine.api_key is not None
    assert mine.api_key.get_secret_value() == "key"
    assert mine.base_url == "https://api.example.com/v1"
    assert mine.link_template == LinkTemplate("https://example.com/{id}")


@pytest.mark.parametrize(
    "template", ["example.com/{id}", "https://{id}.example.com/", "https://example.com/{secret}"]
)
def test_a_link_template_that_leads_nowhere_is_told(template: str) -> None:
    """The sentence lists the places that may be filled."""
    settings = Settings.from_values({"DECK_LINK_TEMPLATE": template})

    with pytest.raises(ConfigError, match=r"DECK_LINK_TEMPLATE must be .*id, subject_type"):
        settings.source("deck")


def test_a_wrong_value_of_a_source_is_told_when_it_is_asked_for() -> None:
    """A stranger's FOO_BASE_URL does not stop us, but that of a source does."""
    settings = Settings.from_values({"DECK_BASE_URL": CANARY, "FOO_BASE_URL": CANARY})

    with pytest.raises(ConfigError) as caught:
        settings.source("deck")

    assert caught.value.problems == (f"DECK_BASE_URL must be {ADDRESS}.",)


def test_settings_are_frozen() -> None:
    """Nobody changes a setting after the start."""
    settings = Settings.from_values({})

    with pytest.raises(ValidationError):
        settings.tocsin_port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("names", "wrong"),
    [
        (("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"), 0),
        (("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"), 0),
        (("SLACK_BOT_TOKEN",), 1),
        (("SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN"), 1),
        ((), 2),
    ],
)
def test_serving_needs_a_token_and_a_way_in(names: tuple[str, ...], wrong: int) -> None:
    """A bot token, and a signing secret or an app token; nothing less."""
    settings = Settings.from_values(dict.fromkeys(names, "x"))

    assert len(settings.serve_problems()) == wrong


def test_a_misspelt_name_of_ours_is_remembered() -> None:
    """TOCSIN_DATABSE is nobody's setting, and PATH is not our business."""
    settings = Settings.from_values({"TOCSIN_DATABSE": "x", "PATH": "/bin"})

    assert settings.unknown == ("TOCSIN_DATABSE",)


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`.env` fills in, the environment overrides, and an empty value is none."""
    file = tmp_path / ".env"
    file.write_text("# ours\nexport TOCSIN_PORT=1\nTOCSIN_HOST='::1'\nSLACK_CLIENT_ID=file\n")
    monkeypatch.setenv("TOCSIN_PORT", "2")
    monkeypatch.setenv("SLACK_CLIENT_ID", "")
    settings = config.load(file)

    assert (settings.tocsin_port, settings.tocsin_host) == (2, "::1")
    assert settings.slack_client_id is None


def test_a_dollar_in_a_secret_stays_one(tmp_path: Path) -> None:
    """Values of the file are taken word for word."""
    file = tmp_path / ".env"
    file.write_text("SLACK_BOT_TOKEN=a${HOME}b$c\n")

    assert environment.read(file)["SLACK_BOT_TOKEN"] == "a${HOME}b$c"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (f"TOCSIN_PORT=1\n'{CANARY}\n".encode(), "line 2, is not NAME=value."),
        (b"A=\xff\n", "is not UTF-8 text."),
    ],
)
def test_a_broken_file_is_told_by_line(tmp_path: Path, content: bytes, sentence: str) -> None:
    """What cannot be read is named by its place, never by its content."""
    file = tmp_path / ".env"
    file.write_bytes(content)

    with pytest.raises(ConfigError) as caught:
        environment.read(file)

    assert sentence in caught.value.problems[0]
    assert CANARY not in str(caught.value)


def test_no_file_is_no_problem(tmp_path: Path) -> None:
    """Without `.env` the environment alone counts."""
    assert environment.read(tmp_path / ".env") == environment.read(None)


def test_the_path_of_the_database_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The light reader and the settings agree about the database and about its refusal."""
    monkeypatch.setenv("TOCSIN_DATABASE", "sqlite:////data/t.db")
    assert environment.database(None) == config.load(None).tocsin_database

    monkeypatch.setenv("TOCSIN_DATABASE", f"mysql://{CANARY}")
    sentences = []
    for read in (environment.database, config.load):
        with pytest.raises(ConfigError) as caught:
            read(tmp_path / ".env")
        sentences.append(caught.value.problems)
    assert sentences[0] == sentences[1]
