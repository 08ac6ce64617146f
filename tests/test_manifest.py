"""The Slack app's manifest: Slack's limits, and nothing asked for that is not used."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from bot.slack.bolt import COMMANDS, EVENTS

MANIFEST: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "manifest.yml").read_text())

SCOPES_OF_EVENT = {
    "channel_unarchive": {"channels:read"},
    "group_unarchive": {"groups:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
}
"""Source: https://docs.slack.dev/reference/events"""

SCOPES_OF_USE = {
    "slash commands": {"commands"},
    "posting and editing": {"chat:write"},
    "looking for what was sent": {"channels:history", "groups:history"},
    "who may change": {"users:read"},
}

COMMAND_LIMITS = {"command": 32, "url": 3_000, "description": 2_000, "usage_hint": 1_000}


def commands() -> list[dict[str, Any]]:
    """Return the slash commands of the manifest."""
    found: list[dict[str, Any]] = MANIFEST["features"]["slash_commands"]
    return found


def events() -> list[str]:
    """Return the events to which the manifest subscribes."""
    found: list[str] = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    return found


def test_the_commands_are_those_that_are_listened_to() -> None:
    """No command without a listener and no listener without a command."""
    assert {one["command"] for one in commands()} == set(COMMANDS)


def test_the_events_are_those_that_are_listened_to() -> None:
    """No event is sent in vain, and none is waited for in vain."""
    assert set(events()) == set(EVENTS)


def test_the_scopes_are_those_that_are_used() -> None:
    """Each scope has a use and each use its scopes."""
    used = set[str]().union(
        *SCOPES_OF_USE.values(), *(SCOPES_OF_EVENT[event] for event in events())
    )
    scopes = MANIFEST["oauth_config"]["scopes"]

    assert set(scopes) == {"bot"}
    assert sorted(scopes["bot"]) == sorted(used)


@pytest.mark.parametrize("command", commands(), ids=lambda one: one["command"])
def test_a_command_is_within_the_limits(command: dict[str, Any]) -> None:
    """Slack refuses longer texts, and unescaped names could not be told from typed ones."""
    assert set(command) == {*COMMAND_LIMITS, "should_escape"}
    assert command["should_escape"] is True
    assert command["command"].startswith("/")
    for name, most in COMMAND_LIMITS.items():
        assert 0 < len(command[name]) <= most


def test_the_words_about_the_app_are_within_the_limits() -> None:
    """Name up to 35 characters, description up to 140, a bot name of the allowed letters."""
    about = MANIFEST["display_information"]
    name = MANIFEST["features"]["bot_user"]["display_name"]

    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert len(name) <= 80


def test_slack_knows_every_field() -> None:
    """A field that Slack does not know makes it refuse the whole manifest."""
    known = {
        "": {"_metadata", "display_information", "features", "oauth_config", "settings"},
        "features": {"bot_user", "slash_commands"},
        "settings": {
            "event_subscriptions",
            "interactivity",
            "org_deploy_enabled",
            "socket_mode_enabled",
            "token_rotation_enabled",
        },
    }
    for part, names in known.items():
        assert set(MANIFEST[part] if part else MANIFEST) <= names


def test_what_is_not_built_is_off() -> None:
    """Buttons, socket mode, organisations and token rotation are not asked for."""
    settings = MANIFEST["settings"]
    names = ("org_deploy_enabled", "socket_mode_enabled", "token_rotation_enabled")

    assert settings["interactivity"] == {"is_enabled": False}
    assert [settings[name] for name in names] == [False, False, False]


def test_slack_has_one_door() -> None:
    """Every address is the same one, over https."""
    urls = [one["url"] for one in commands()]
    urls.append(MANIFEST["settings"]["event_subscriptions"]["request_url"])

    assert len(set(urls)) == 1
    assert (urlsplit(urls[0]).scheme, urlsplit(urls[0]).path) == ("https", "/slack/events")
