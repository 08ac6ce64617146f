"""`/monitors list` and `show`, and finding a monitor by a part of its id."""

import pytest

from bot.core.answers import Answer
from bot.core.monitors import Pause
from bot.core.reasons import Reason
from tests.commands.conftest import Desk, told

FIRST = "monitor_0000" + "f" * 28
SECOND = "monitor_0001" + "f" * 28


@pytest.fixture
async def watching(desk: Desk) -> Desk:
    """Return a desk with two monitors of this channel and one of another."""
    await desk.type("/monitors create Acme outages every 6h")
    await desk.type("/monitors create Acme hiring")
    await desk.type("/monitors create Other news processor base", channel_id="C2")
    desk.api.calls.clear()
    return desk


async def test_list_is_of_this_channel_with_state_and_cost(watching: Desk) -> None:
    """Id, words, state, pace and price; the other channel's monitor is not there."""
    await watching.type(f"/monitors pause {SECOND}")

    words = await watching.type("/monitors list")

    assert words.splitlines() == [
        f"{FIRST} Acme outages — running, every 6h with the lite processor, about $0.36 a month",
        f"{SECOND} Acme hiring — on hold, every 1d with the lite processor, about $0.09 a month",
    ]


async def test_list_tells_the_ends_apart(watching: Desk) -> None:
    """Stopped can come back, cancelled cannot, and neither costs anything."""
    await watching.type(f"/monitors pause {FIRST} stop confirm")
    await watching.type(f"/monitors cancel {SECOND} confirm")

    words = await watching.type("/monitors list")

    assert words.splitlines() == [
        f"{FIRST} Acme outages — stopped",
        f"{SECOND} Acme hiring — cancelled",
    ]


async def test_list_remembers_while_parallel_is_down(watching: Desk) -> None:
    """What we remember is shown, and that it is memory is said."""
    watching.api.errors["list"] = [Reason.TIMEOUT]

    words = await watching.type("/monitors list")

    assert "Acme outages" in words
    assert "what I remember" in words


async def test_list_without_key(watching: Desk) -> None:
    """Memory is enough for this channel; the account needs the key."""
    keyless = watching.commands(monitors=None)

    ours = await told(keyless, watching.request("/monitors list"))
    everything = await told(keyless, watching.request("/monitors list all"))

    assert isinstance(ours, Answer)
    assert "Acme outages" in ours.text
    assert isinstance(everything, Answer)
    assert "PARALLEL_API_KEY" in everything.text


async def test_list_mentions_a_subscription_to_every_monitor(desk: Desk) -> None:
    """A channel that hears all of them is not told that it follows none."""
    await desk.type("/alerts subscribe parallel")

    words = await desk.type("/monitors list")

    assert "hears every monitor, by subscription 12" in words
    assert "follows no monitor" not in words


async def test_empty_list_says_how_to_start(desk: Desk) -> None:
    """Nothing yet is no dead end."""
    assert "/monitors create" in await desk.type("/monitors list")
    assert "no active monitor" in await desk.type("/monitors list all")


async def test_account_marks_the_lonely_and_sums_up(watching: Desk) -> None:
    """Everything that costs money is listed, and what nobody hears is marked."""
    watching.api.add("monitor_orphan", "Forgotten", frequency="1h")

    lines = (await watching.type("/monitors list all")).splitlines()

    assert [one.endswith("nobody follows it") for one in lines] == [True, *[False] * 6]
    assert "Forgotten" in lines[0]
    assert lines[-3:-1] == [
        "4 active, about $2.91 a month in all",
        "1 monitor runs with nobody listening: about $2.16 a month.",
    ]
    assert "/alerts subscribe parallel monitor monitor_orphan" in lines[-1]


async def test_account_with_unknown_price_says_at_least(desk: Desk) -> None:
    """A processor that is not on our price list is not taken for free."""
    desk.api.add("monitor_a")
    desk.api.add("monitor_b", processor="ultra")

    words = await desk.type("/monitors list all")

    assert "at least $0.09 a month in all" in words
    assert "2 monitors run with nobody listening: at least $0.09 a month." in words


async def test_account_with_a_catch_all_has_no_lonely_ones(desk: Desk) -> None:
    """A channel that hears every source follows them all."""
    desk.api.add("monitor_a")
    await desk.type("/alerts subscribe *")

    words = await desk.type("/monitors list all")

    assert "nobody follows" not in words
    assert "nobody listening" not in words


async def test_a_very_cheap_account_is_not_called_free(desk: Desk) -> None:
    """Less than a cent is said as such, in the total and for what nobody hears."""
    desk.api.add("monitor_a", frequency="30d")

    words = await desk.type("/monitors list all")

    assert "1 active, less than $0.01 a month in all" in words
    assert "nobody listening: less than $0.01 a month" in words


async def test_long_account_says_how_many_more(desk: Desk) -> None:
    """The list is cut, the sum is not."""
    for number in range(60):
        desk.api.add(f"monitor_{number:03d}")

    lines = (await desk.type("/monitors list all")).splitlines()

    assert len(lines) == 54
    assert lines[-4] == "… and 10 more."
    assert lines[-3] == "60 active, about $5.40 a month in all"
    assert lines[-2] == "60 monitors run with nobody listening: about $5.40 a month."


async def test_show_tells_all(watching: Desk) -> None:
    """Query, state, pace, price, dates and who hears it."""
    words = await watching.type(f"/monitors show {FIRST}")

    assert words.splitlines() == [
        "Acme outages",
        f"{FIRST} is running.",
        "It runs every 6h with the lite processor, about $0.36 a month.",
        "Made 2026-08-17 08:15 UTC.",
        "It has not run yet.",
        "1 channel hears it; this one by subscription 12.",
    ]


async def test_show_a_monitor_of_elsewhere(watching: Desk) -> None:
    """What this channel does not hear is said."""
    watching.api.add("monitor_elsewhere", active=False)

    words = await watching.type("/monitors show monitor_elsewhere")

    assert "is cancelled" in words
    assert "0 channels hear it; this one does not." in words
    assert "Nobody hears" not in words


async def test_show_offers_to_hear_what_nobody_hears(desk: Desk) -> None:
    """The line to type is there to copy, with the options that were set."""
    desk.api.add("monitor_deaf", location="de", include_domains=("a.org", ".gov"))

    words = await desk.type("/monitors show monitor_deaf")

    assert "type there /alerts subscribe parallel monitor monitor_deaf" in words
    assert "It looks from DE, looks only at a.org, .gov." in words


async def test_slowed_monitor_shows_its_real_pace_from_memory(watching: Desk) -> None:
    """While slow, memory holds the old pace; it is not shown as the present one."""
    await watching.type(f"/monitors pause {FIRST} slow")
    watching.api.errors["show"] = [Reason.TIMEOUT]

    assert "every 30d" in await watching.type(f"/monitors show {FIRST}")


@pytest.mark.parametrize("part", ["0000", "monitor_0000", "0000ffff"])
async def test_part_of_an_id_is_enough(watching: Desk, part: str) -> None:
    """Four characters of the start, with or without the prefix."""
    assert FIRST in await watching.type(f"/monitors show {part}")


async def test_end_of_an_id_is_enough(watching: Desk) -> None:
    """People copy the end as often as the start."""
    watching.api.add("monitor_12345678abcd")

    assert "monitor_12345678abcd" in await watching.type("/monitors show abcd")


async def test_ambiguous_part_names_the_choice(watching: Desk) -> None:
    """Nothing is paused by guessing."""
    words = await watching.type("/monitors pause ffff")

    assert FIRST in words
    assert SECOND in words
    assert all(one.pause is None for one in watching.store.rows.values())


@pytest.mark.parametrize(
    "part", ["000", "monitor_", "moni", "zzzz", "monitor_zzzz", "a/b", "x" * 129]
)
async def test_unknown_part_is_pointed_at(watching: Desk, part: str) -> None:
    """Too short, too vague, unknown or no id at all."""
    words = await watching.type(f"/monitors pause {part}")

    assert words.splitlines()[-1].strip(" ^") == ""
    assert all(one.pause is None for one in watching.store.rows.values())


@pytest.mark.parametrize("part", ["zeb", "mon", "monitor_", "moni"])
async def test_vague_part_means_nothing_even_if_only_one_fits(desk: Desk, part: str) -> None:
    """Three characters, or what every id begins with, are too little to act on."""
    desk.api.add("monitor_zebra")

    words = await desk.type(f"/monitors pause {part}")

    assert f"“{part}” is no monitor that I know" in words
    assert desk.store.rows == {}


async def test_missing_id_is_asked_for(watching: Desk) -> None:
    """A verb alone does nothing."""
    assert "Which monitor?" in await watching.type("/monitors cancel")


async def test_known_monitor_is_found_while_parallel_is_down(watching: Desk) -> None:
    """A part that fits what we remember needs no list."""
    watching.api.errors["list"] = [Reason.UNREACHABLE]

    await watching.type("/monitors pause 0000")

    assert watching.store.rows[FIRST].pause is Pause.HOLD
