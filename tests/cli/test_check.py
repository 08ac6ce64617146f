"""`tocsin check`: every fault is named at once, and no secret ever is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cli import online
from bot.cli.findings import Finding, Level
from bot.config import Settings
from bot.playground import deck, lytics
from bot.playground.deck import DeckSim
from bot.playground.faults import ApiError, ErrorBody
from bot.playground.lytics import LyticsSim
from bot.playground.parallel import API_KEY, ParallelSim
from bot.playground.rest import RestSim
from bot.playground.slack import SlackStandIn
from bot.playground.slack.socket_mode import CONNECTIONS_OPEN
from bot.store.version import has_wal_reset_bug
from tests.apis.vendors import SURFACEDBY_KEY, SurfacedBySim
from tests.cli.conftest import Run

CANARY = "canary5f2c"
KEY = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
SOUND = f"""
SLACK_BOT_TOKEN=xoxb-{CANARY}
SLACK_SIGNING_SECRET={CANARY}
PARALLEL_API_KEY={CANARY}
PARALLEL_WEBHOOK_SECRET={KEY}
TOCSIN_PUBLIC_URL=https://bot.example.com
"""

FAULTS = {
    "no token": (
        "SLACK_BOT_TOKEN=", "SLACK_BOT_TOKEN is not set.",
    ),
    "token of a user": (
        f"SLACK_BOT_TOKEN=xoxp-{CANARY}",
        "SLACK_BOT_TOKEN does not start with xoxb- as Slack's do.",
    ),
    "app token": (
        f"SLACK_APP_TOKEN=xoxb-{CANARY}",
        "SLACK_APP_TOKEN does not start with xapp- as Slack's do.",
    ),
    "number": (f"TOCSIN_PORT={CANARY}", "TOCSIN_PORT must be a number up to 65535."),
    "no key": (
        f"DECK_WEBHOOK_SECRET={KEY},{CANARY}",
        "DECK_WEBHOOK_SECRET, value 2 of 2: the secret must start with whsec_.",
    ),
    "address of a source": (
        f"LYTICS_BASE_URL={CANARY}",
        "LYTICS_BASE_URL must be an http or https address without user, query or fragment.",
    ),
    "no public address": (
        "TOCSIN_PUBLIC_URL=",
        "TOCSIN_PUBLIC_URL is not set though PARALLEL_API_KEY is: "
        "a new monitor would not know where to report.",
    ),
    "no folder": ("TOCSIN_DATABASE=none/t.db", "TOCSIN_DATABASE: {folder}/none cannot be found."),
    "broken line": ("'x", ".env, line 7, is not NAME=value."),
}  # fmt: skip


def write(folder: Path, text: str, mode: int = 0o600) -> None:
    """Write the `.env` of a folder."""
    (folder / ".env").write_text(text)
    (folder / ".env").chmod(mode)


def test_a_sound_configuration_passes(run: Run, folder: Path) -> None:
    """Nothing is wrong: exit 0, and keys are told by fingerprint and way of reading."""
    write(folder, SOUND)
    outcome = run("check")

    assert (outcome.code, outcome.err) == (0, "")
    assert "Parallel is open to key 67b92bfb (base64, text)." in outcome.out
    assert "Deck is closed: DECK_WEBHOOK_SECRET is not set." in outcome.out
    assert "Slack is heard by HTTP." in outcome.out


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named(fault: str, run: Run, folder: Path) -> None:
    """One thing is wrong: exit 1, its sentence is in the list, and no secret is."""
    text, sentence = FAULTS[fault]
    write(folder, SOUND.lstrip() + "\n" + text)
    outcome = run("check")
    problems = [line.split(maxsplit=1)[1] for line in outcome.out.splitlines() if "problem" in line]

    assert outcome.code == 1
    assert sentence.format(folder=folder) in problems
    assert CANARY not in outcome.out + outcome.err
    assert KEY not in outcome.out + outcome.err


def test_all_faults_are_named_at_once(run: Run, folder: Path) -> None:
    """One fault does not hide another, and the count is on standard error."""
    names = ("number", "no key", "address of a source", "no folder", "app token")
    write(folder, SOUND + "\n".join(FAULTS[name][0] for name in names))
    outcome = run("check")

    for name in names:
        assert FAULTS[name][1].format(folder=folder) in outcome.out
    assert outcome.err == "tocsin: 5 problems found.\n"


def test_nothing_at_all_is_set(run: Run) -> None:
    """An empty environment names what is needed to serve."""
    outcome = run("check")

    assert outcome.code == 1
    assert outcome.err == "tocsin: 2 problems found.\n"


@pytest.mark.parametrize(
    ("mode", "warned"), [(0o600, False), (0o640, True), (0o604, True), (0o400, False)]
)
def test_an_open_env_file_is_a_warning(mode: int, warned: bool, run: Run, folder: Path) -> None:
    """Others who can read `.env` are told of; it does not fail the check."""
    write(folder, SOUND, mode)
    outcome = run("check")

    assert outcome.code == 0
    assert (f".env is open to others (mode {mode:o})" in outcome.out) is warned


def test_a_misspelt_setting_is_a_warning(run: Run, folder: Path) -> None:
    """A name of ours that no setting has is shown, without its value."""
    write(folder, f"{SOUND}TOCSIN_DATABSE={CANARY}\n")

    assert "TOCSIN_DATABSE is not a setting of Tocsin." in run("check").out


def test_the_state_of_the_database_is_told(run: Run, folder: Path) -> None:
    """Before the first start, after it, and when the file is something else."""
    write(folder, SOUND)
    assert "tocsin.db will be made by the first `tocsin serve`." in run("check").out

    run("migrate")
    assert "tocsin.db is up to date." in run("check").out

    (folder / "tocsin.db").write_bytes(b"something else, for sure" * 100)
    outcome = run("check")
    assert outcome.code == 1
    assert "tocsin.db is not a database." in outcome.out


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
        ((4, 0, 0), False),
    ],
)
def test_versions_with_the_wal_reset_bug(version: tuple[int, int, int], affected: bool) -> None:
    """The bug is in every release since 3.7.0 into which the correction was not carried."""
    assert has_wal_reset_bug(version) is affected


async def test_online_asks_slack_and_parallel() -> None:
    """With good keys both answer who we are; with bad ones each is a problem."""
    async with SlackStandIn() as slack, ParallelSim() as parallel:
        good = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_API_URL": slack.api_url,
            "PARALLEL_API_KEY": API_KEY,
            "PARALLEL_BASE_URL": parallel.base_url,
        }
        bad = good | {"SLACK_BOT_TOKEN": f"xoxb-{CANARY}", "PARALLEL_API_KEY": CANARY}
        known = await online.findings(Settings.from_values(good))
        refused = await online.findings(Settings.from_values(bad))

    assert [one.level for one in known] == [Level.OK, Level.OK]
    assert [one.level for one in refused] == [Level.PROBLEM, Level.PROBLEM]
    assert slack.team.id in known[0].text
    assert CANARY not in str(refused)


@pytest.fixture
async def apis() -> AsyncIterator[dict[str, RestSim]]:
    """Run the APIs that are asked with the keys of sources."""
    async with DeckSim() as deck, LyticsSim() as lytics, SurfacedBySim() as surfacedby:
        surfacedby.domains = [{"id": f"dom_{number}"} for number in range(9)]
        yield {"DECK": deck, "LYTICS": lytics, "SURFACEDBY": surfacedby}


KEYS = {"DECK": deck.API_KEY, "LYTICS": lytics.API_KEY, "SURFACEDBY": SURFACEDBY_KEY}


async def key_findings(apis: dict[str, RestSim], keys: dict[str, str]) -> list[Finding]:
    """Return what is found when nothing but these keys and the addresses are set."""
    addresses = {f"{name}_BASE_URL": sim.base_url for name, sim in apis.items()}
    values = addresses | {f"{name}_API_KEY": one for name, one in keys.items()}
    return await online.findings(Settings.from_values(values))


async def test_online_tries_the_key_of_each_source(apis: dict[str, RestSim]) -> None:
    """One reading each, and of many pages of domains only the first."""
    found = await key_findings(apis, KEYS)

    assert found == [(Level.OK, f"{name}_API_KEY is accepted.") for name in KEYS]
    assert [[(one.method, one.path) for one in sim.calls] for sim in apis.values()] == [
        [("GET", "/v2/test")], [("GET", "/v2/job")], [("GET", "/api/v1/ext/domains")],
    ]  # fmt: skip


@pytest.mark.parametrize("name", KEYS)
async def test_online_asks_only_with_a_key(name: str, apis: dict[str, RestSim]) -> None:
    """An address alone is no reason to call."""
    found = await key_findings(apis, {name: KEYS[name]})

    assert len(found) == 1
    assert {one: len(sim.calls) for one, sim in apis.items()} == {
        one: int(one == name) for one in KEYS
    }


@pytest.mark.parametrize("name", KEYS)
async def test_online_says_which_key_is_refused(name: str, apis: dict[str, RestSim]) -> None:
    """In a sentence of ours: what the API says might repeat the key."""
    echo = {"message": CANARY, "detail": CANARY, "errors": [{"message": CANARY}]}
    apis[name].fail("*", ErrorBody(401, echo))
    (found,) = await key_findings(apis, {name: CANARY})
    title = {"DECK": "Deck", "LYTICS": "Lytics", "SURFACEDBY": "SurfacedBy"}[name]
    said = f"{name}_API_KEY is refused: {title} does not accept our API key (401)."

    assert found == (Level.PROBLEM, said)


@pytest.mark.parametrize("name", KEYS)
async def test_online_tells_a_bad_key_from_a_bad_day(name: str, apis: dict[str, RestSim]) -> None:
    """Nothing is known of a key when the API is down or away; the check does not fail for it."""
    apis[name].fail("*", ErrorBody(503, {"message": CANARY}))
    (down,) = await key_findings(apis, {name: KEYS[name]})
    await apis[name].stop()
    (away,) = await key_findings(apis, {name: KEYS[name]})

    assert [one.level for one in (down, away)] == [Level.WARNING] * 2
    assert "has trouble right now (503)" in down.text
    assert away.text.startswith(f"{name}_API_KEY could not be tried: ")
    assert away.text.endswith(" cannot be reached.")
    assert CANARY not in down.text


async def app_token_findings(slack: SlackStandIn, token: str) -> list[Finding]:
    """Return what is found when nothing but an app token is set."""
    values = {"SLACK_APP_TOKEN": token, "SLACK_API_URL": slack.api_url}
    return await online.findings(Settings.from_values(values))


async def test_online_tries_the_app_token() -> None:
    """An address for a websocket is asked for, and no websocket is opened."""
    async with SlackStandIn() as slack:
        found = await app_token_findings(slack, slack.app_token)

    assert found == [(Level.OK, "Slack takes SLACK_APP_TOKEN for Socket Mode.")]
    assert (1, 0) == (len(slack.socket_mode.tickets), slack.socket_mode.opened)
    assert slack.socket_mode.tickets[0] not in str(found)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            "invalid_auth",
            "Slack does not accept SLACK_APP_TOKEN: invalid_auth; "
            "make an app-level token with the scope connections:write.",
        ),
        (
            "missing_scope",
            "Slack does not accept SLACK_APP_TOKEN: missing_scope; "
            "give it the scope connections:write.",
        ),
        (
            "socket_mode_not_enabled",
            "Slack does not accept SLACK_APP_TOKEN: socket_mode_not_enabled; "
            "turn on Socket Mode in the settings of the app.",
        ),
        (
            "service_unavailable",
            "SLACK_APP_TOKEN could not be tried: unreachable: service_unavailable.",
        ),
    ],
)
async def test_online_says_what_is_wrong_with_the_app_token(error: str, sentence: str) -> None:
    """Each refusal has one sentence that says what to do, without the token."""
    async with SlackStandIn() as slack:
        slack.fail_always(CONNECTIONS_OPEN, ApiError(error))
        found = await app_token_findings(slack, slack.app_token)

    assert found == [(Level.PROBLEM, sentence)]


async def test_online_does_not_show_a_wrong_app_token() -> None:
    """A token that Slack does not know is a problem and stays a secret."""
    async with SlackStandIn() as slack:
        found = await app_token_findings(slack, f"xapp-{CANARY}")

    assert [one.level for one in found] == [Level.PROBLEM]
    assert CANARY not in str(found)
