"""Who may change a monitor, and what the others are told."""

import pytest

from bot.commands.permission import Permission
from bot.core.errors import CommandError, DeliveryError
from bot.core.monitors import Pause
from bot.core.reasons import Reason
from tests.commands.conftest import Desk

ID = "monitor_0000" + "f" * 28
CHANGES = [
    f"pause {ID}", f"pause {ID} slow", f"pause {ID} stop confirm", f"resume {ID}",
    f"cancel {ID} confirm", f"edit {ID} every 2h", f"run {ID}",
]  # fmt: skip


@pytest.fixture
async def watching(desk: Desk) -> Desk:
    """Return a desk at which U1 made a monitor and put it on hold."""
    await desk.type("/monitors create Acme outages every 6h")
    await desk.type(f"/monitors pause {ID}")
    desk.api.calls.clear()
    return desk


@pytest.mark.parametrize("change", CHANGES)
async def test_other_members_change_nothing(watching: Desk, change: str) -> None:
    """The answer names the creator and the admins; memory and Parallel stay as they are."""
    before = dict(watching.store.rows), dict(watching.api.monitors)

    words = await watching.type(f"/monitors {change}", user_id="UOTHER")

    assert words == (
        "Only @U1, who made it, @UOPERATOR and the admins of this workspace may change it; "
        "ask one of them."
    )
    assert (watching.store.rows, watching.api.monitors) == before
    assert watching.api.triggered == []


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("person", ["U1", "UADMIN", "UOPERATOR"])
async def test_creator_and_admins_may(watching: Desk, change: str, person: str) -> None:
    """Whoever made it, whoever administers the workspace, whoever the operator named."""
    words = await watching.type(f"/monitors {change}", user_id=person)

    assert "Only" not in words


@pytest.mark.parametrize("change", CHANGES)
async def test_guests_may_not(watching: Desk, change: str) -> None:
    """Not even one that made it while a full member."""
    watching.directory.guests.add("U1")

    assert "Guests" in await watching.type(f"/monitors {change}")


async def test_nobody_s_monitor_is_every_member_s(desk: Desk) -> None:
    """Made elsewhere, its creator is not known to us."""
    desk.api.add("monitor_elsewhere")

    await desk.type("/monitors pause monitor_elsewhere", user_id="UOTHER")

    assert desk.store.rows["monitor_elsewhere"].pause is Pause.HOLD


async def test_what_was_made_anew_stays_its_creator_s(watching: Desk) -> None:
    """An admin who resumes a stopped monitor does not take it over."""
    await watching.type(f"/monitors pause {ID} stop confirm")
    await watching.type(f"/monitors resume {ID}", user_id="UADMIN", channel_id="C2")

    (known,) = watching.store.rows.values()
    made = watching.api.monitors[known.id]
    assert (known.created_by, known.channel_id) == ("U1", "C1")
    assert made.origin is not None
    assert (made.origin.user_id, made.origin.channel_id) == ("U1", "C1")


async def test_silent_slack_is_no_leave(watching: Desk) -> None:
    """Who cannot be asked about does not change anything, and is told why."""
    watching.directory.error = DeliveryError(Reason.UNREACHABLE)

    words = await watching.type(f"/monitors cancel {ID} confirm", user_id="UOTHER")

    assert "Slack did not tell me" in words
    assert watching.api.monitors[ID].active


async def test_operators_need_no_slack(desk: Desk) -> None:
    """Whom the operator named may act though Slack cannot be asked, guest or not."""
    desk.directory.error = DeliveryError(Reason.UNREACHABLE)
    permission = Permission(desk.directory, ["U7"])

    await permission.check(desk.request("/x", user_id="U7"), created_by="U1")


async def test_sentence_stands_without_names(desk: Desk) -> None:
    """Where only plain text fits, the refusal is a sentence, too."""
    permission = Permission(desk.directory, [])

    with pytest.raises(CommandError, match="Only whoever made it, or an admin"):
        await permission.check(desk.request("/x", user_id="U7"), created_by="U1")
