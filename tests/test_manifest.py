"""The Slack app's manifest: Slack's limits, and nothing asked for that is not used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import signature
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from bot.commands.assembly import Outside
from bot.commands.assembly import commands as all_commands
from bot.commands.help import ALERTS, MONITORS
from bot.commands.run import Commands
from bot.playground.page.shortcuts import SHORTCUTS
from bot.slack.bolt import COMMANDS, EVENTS

MANIFEST: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "manifest.yml").read_text())

SCOPES_OF_EVENT: dict[str, set[str]] = {
    "app_home_opened": set(),
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

SHORTCUT_LIMITS = {"name": 24, "callback_id": 255, "description": 150}
COMMAND_LIMITS = {"command": 32, "url": 3_000, "description": 2_000, "usage_hint": 1_000}


def commands() -> list[dict[str, Any]]:
    """Return the slash commands of the manifest."""
    found: list[dict[str, Any]] = MANIFEST["features"]["slash_commands"]
    return found


def shortcuts() -> list[dict[str, Any]]:
    """Return the shortcuts of the manifest."""
    found: list[dict[str, Any]] = MANIFEST["features"]["shortcuts"]
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


class Nothing:
    """Stands for what commands need to work, where it only matters that they are there."""

    def __getattr__(self, name: str) -> Nothing:
        return self

    def __iter__(self) -> Iterator[str]:
        return iter(())


def made() -> Commands:
    """Return the commands of the bot, which can name what they know and do nothing."""
    rest: Any = Nothing()
    given = dict.fromkeys(signature(Outside).parameters, rest)
    mappings: dict[str, Any] = {"sources": {}, "catalogues": {}}
    return all_commands(
        Outside(**given | {name: mappings[name] for name in mappings if name in given})
    )


def test_the_shortcuts_are_those_that_are_known() -> None:
    """No shortcut that does nothing, and none that nobody can choose."""
    assert {one["callback_id"] for one in shortcuts()} == set(made()._deeds.shortcuts)


def test_the_page_of_the_playground_shows_the_same_shortcuts() -> None:
    """Its menus have the names, the order and the kinds of the manifest."""
    for kind, names in SHORTCUTS.items():
        of_kind = [one for one in shortcuts() if one["type"] == kind]
        assert {one["callback_id"]: one["name"] for one in of_kind} == names
        assert [one["callback_id"] for one in of_kind] == list(names)


@pytest.mark.parametrize("command", ["/alerts", "/monitors"])
def test_a_hint_names_what_can_be_typed(command: str) -> None:
    """Each word of the usage hint that stands for itself is known, and help is there."""
    hint = next(one["usage_hint"] for one in commands() if one["command"] == command)
    verbs = set(re.findall(r"(?:^|\| |, |or )([a-z]{3,})", hint)) - {"help"}
    explained = set(re.findall(rf"{command} ([a-z]+)", f"{ALERTS.text}\n{MONITORS.text}"))
    known = explained | set(made()._alerts._verbs if command == "/alerts" else ())

    assert hint.endswith("help")
    assert verbs
    assert verbs <= known


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


@pytest.mark.parametrize("shortcut", shortcuts(), ids=lambda one: one["callback_id"])
def test_a_shortcut_is_within_the_limits(shortcut: dict[str, Any]) -> None:
    """Slack refuses longer texts and other kinds, and more than ten."""
    assert set(shortcut) == {"type", *SHORTCUT_LIMITS}
    assert shortcut["type"] in {"message", "global"}
    assert len(shortcuts()) <= 10
    for name, most in SHORTCUT_LIMITS.items():
        assert 0 < len(shortcut[name]) <= most


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
        "features": {"app_home", "bot_user", "shortcuts", "slash_commands"},
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
    """Socket mode, organisations, token rotation and a messages tab are not asked for."""
    settings = MANIFEST["settings"]
    names = ("org_deploy_enabled", "socket_mode_enabled", "token_rotation_enabled")

    assert [settings[name] for name in names] == [False, False, False]
    assert MANIFEST["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": False,
        "messages_tab_read_only_enabled": False,
    }


def test_buttons_and_shortcuts_reach_the_bot() -> None:
    """Without interactivity Slack shows an error to everybody who presses something."""
    interactivity = MANIFEST["settings"]["interactivity"]

    assert set(interactivity) == {"is_enabled", "request_url"}
    assert interactivity["is_enabled"] is True


def test_slack_has_one_door() -> None:
    """Every address is the same one, over https."""
    urls = [one["url"] for one in commands()]
    parts = (MANIFEST["settings"][name] for name in ("event_subscriptions", "interactivity"))
    urls.extend(part["request_url"] for part in parts)

    assert len(set(urls)) == 1
    assert (urlsplit(urls[0]).scheme, urlsplit(urls[0]).path) == ("https", "/slack/events")
