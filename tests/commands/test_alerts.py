"""`/alerts`: subscribing, listing and stopping."""

import pytest

from bot.core.alerts import Severity, Size
from bot.core.errors import DeliveryError
from bot.core.events import Subject
from bot.core.reasons import Reason
from bot.core.subscriptions import Filter
from tests.commands.conftest import Desk


@pytest.mark.parametrize(
    ("typed", "source", "subject", "chosen"),
    [
        ("surfacedby", "surfacedby", None, Filter()),
        ("*", "*", None, Filter()),
        ("ALL", "*", None, Filter()),
        ("severity>=error", "*", None, Filter(severity=Severity.ERROR)),
        ("Deck", "deck", None, Filter()),
        ("deck task tsk_1", "deck", Subject(kind="task", id="tsk_1"), Filter()),
        ("deck task", "deck", Subject(kind="task", id=""), Filter()),
        ('lytics work "a b"', "lytics", Subject(kind="work", id="a b"), Filter()),
        (
            "surfacedby workspace acme severity>=warning",
            "surfacedby",
            Subject(kind="workspace", id="acme"),
            Filter(severity=Severity.WARNING),
        ),
        ("deck type:task_run.* type:*", "deck", None, Filter(types=("task_run.*", "*"))),
        ("lytics verb:failed", "lytics", None, Filter(fields=(("verb", "failed"),))),
        ('lytics verb:"not found"', "lytics", None, Filter(fields=(("verb", "not found"),))),
        ("lytics SEVERITY ≥ Warning", "lytics", None, Filter(severity=Severity.WARNING)),
        ("lytics severity >= critical", "lytics", None, Filter(severity=Severity.CRITICAL)),
        ("deck at:12:30", "deck", None, Filter(fields=(("at", "12:30"),))),
    ],
)
async def test_subscribe_understands(
    desk: Desk, typed: str, source: str, subject: Subject | None, chosen: Filter
) -> None:
    """Source, subject and filters are stored as they were meant, for this channel."""
    words = await desk.type(f"/alerts subscribe {typed}")

    (stored,) = desk.subscriptions.rows
    assert (stored.source, stored.subject, stored.filter) == (source, subject, chosen)
    assert (stored.team_id, stored.channel_id, stored.created_by) == ("T1", "C1", "U1")
    assert "/alerts unsubscribe 12" in words


async def test_answer_says_what_will_be_heard(desk: Desk) -> None:
    """Source, subject, severity and condition are told in words."""
    words = await desk.type(
        "/alerts subscribe surfacedby workspace acme severity>=warning verb:failed"
    )

    assert words == (
        "This channel now hears SurfacedBy · workspace acme: the events that are on by default, "
        "from warning upward and whatever needs a person, where verb is failed.\n"
        "Stop it with /alerts unsubscribe 12."
    )


async def test_subscribe_twice_is_once(desk: Desk) -> None:
    """The second wish is told the first one's number."""
    await desk.type("/alerts subscribe deck")
    words = await desk.type("/alerts subscribe DECK")

    assert len(desk.subscriptions.rows) == 1
    assert "already hears Deck" in words
    assert "unsubscribe 12" in words


async def test_same_request_twice_says_the_same(desk: Desk) -> None:
    """A request that is done again after a crash is no surprise to the person."""
    request = desk.request("/alerts subscribe deck")
    first = await desk.again(request)
    second = await desk.again(request.model_copy(update={"attempts": 2}))

    assert first == second
    assert len(desk.subscriptions.rows) == 1


async def test_subscribing_brings_a_held_channel_back(desk: Desk) -> None:
    """Somebody asks to hear again, so what was kept back may go."""
    await desk.type("/alerts subscribe deck")

    assert desk.outbox.released == ["C1"]


@pytest.mark.parametrize(
    ("typed", "word", "hint"),
    [
        ("dekc", "dekc", "deck, lytics, parallel, surfacedby"),
        ("deck tsak tsk_1", "tsak", "task, connection"),
        ("* task", "task", "Name a source"),
        ("deck task tsk_1 more", "more", "one word too many"),
        ("deck severity>=bad", "severity>=bad", "info, warning, error, critical"),
        ("deck verb:failed nonsense", "nonsense", "is not a filter"),
        ("deck type:", "type:", "is not a filter"),
        ("deck mention:@bob", "mention:@bob", "is not a filter"),
        (f"deck task {'x' * 256}", f"{'x' * 59}…", "too long"),
        ("deck" + " a:b" * 21, "a:b", "too many"),
    ],
)
async def test_wrong_word_is_quoted_and_pointed_at(
    desk: Desk, typed: str, word: str, hint: str
) -> None:
    """The answer says which word, why, and what would do; nothing is stored."""
    words = await desk.type(f"/alerts subscribe {typed}")

    assert f"“{word}”" in words
    assert hint in words
    assert words.splitlines()[-1].strip(" ^") == ""
    assert desk.subscriptions.rows == []


@pytest.mark.parametrize("typed", ["", " help", " subscribe", " frobnicate", " mute 2h"])
async def test_usage(desk: Desk, typed: str) -> None:
    """Nothing, help and unknown words give examples; what is not there is not promised."""
    words = await desk.type(f"/alerts{typed}")

    assert "/alerts subscribe deck type:task_run.*" in words
    for absent in ("/alerts show", "/alerts edit", "/alerts mute", "/alerts test", "/alerts why"):
        assert absent not in words


@pytest.mark.parametrize(
    ("who", "hint"),
    [
        ({"user_id": "UGUEST"}, "Guests"),
        ({"channel_id": "COUT"}, "/invite @Tocsin"),
        ({"channel_id": "CUNSEEN"}, "/invite @Tocsin"),
        ({"channel_id": "COLD"}, "archived"),
    ],
)
async def test_who_and_where_may_not(desk: Desk, who: dict[str, str], hint: str) -> None:
    """Guests change nothing, and where I cannot speak I do not promise to."""
    words = await desk.type("/alerts subscribe deck", **who)

    assert hint in words
    assert desk.subscriptions.rows == []


async def test_slack_silence_is_said(desk: Desk) -> None:
    """When Slack cannot be asked, the person learns that and what to do."""
    desk.directory.error = DeliveryError(Reason.TIMEOUT, detail="no answer")

    words = await desk.type("/alerts subscribe deck")

    assert "Slack did not tell me" in words
    assert "again" in words


async def test_unsubscribe(desk: Desk) -> None:
    """The number of the list ends it, with or without its sign."""
    await desk.type("/alerts subscribe deck")
    await desk.type("/alerts subscribe lytics")

    words = await desk.type("/alerts unsubscribe #13")

    assert [row.source for row in desk.subscriptions.rows] == ["deck"]
    assert words == "This channel no longer hears Lytics (13)."


async def test_unsubscribe_done_again_is_no_error(desk: Desk) -> None:
    """The try before a crash may have removed it."""
    await desk.type("/alerts subscribe deck")
    request = desk.request("/alerts unsubscribe 12")
    await desk.again(request)

    words = await desk.again(request.model_copy(update={"attempts": 2}))

    assert words == "This channel does not follow 12 any more."


async def test_unsubscribe_only_inside_the_channel(desk: Desk) -> None:
    """Another channel's subscription stays, and that channel is not named."""
    await desk.type("/alerts subscribe deck", channel_id="G1")

    words = await desk.type("/alerts unsubscribe 12")

    assert len(desk.subscriptions.rows) == 1
    assert "another channel" in words
    assert "G1" not in words


@pytest.mark.parametrize("number", ["", "x", "99", "-1", "²", "9" * 40, "1.5"])
async def test_unsubscribe_needs_a_number_that_is_there(desk: Desk, number: str) -> None:
    """Anything else leads to the list."""
    await desk.type("/alerts subscribe deck")

    words = await desk.type(f"/alerts unsubscribe {number}")

    assert "/alerts list" in words
    assert len(desk.subscriptions.rows) == 1


async def test_guest_may_list_but_not_unsubscribe(desk: Desk) -> None:
    """Looking is free."""
    await desk.type("/alerts subscribe deck severity>=error")

    listed = await desk.type("/alerts list", user_id="UGUEST")
    refused = await desk.type("/alerts unsubscribe 12", user_id="UGUEST")

    assert listed == "12 Deck severity>=error"
    assert "Guests" in refused
    assert len(desk.subscriptions.rows) == 1


async def test_list_is_of_this_channel(desk: Desk) -> None:
    """Other channels' subscriptions are shown by `all` only."""
    await desk.type("/alerts subscribe deck")
    await desk.type("/alerts subscribe lytics", channel_id="C2")

    here = await desk.type("/alerts list")
    everywhere = await desk.type("/alerts list all")

    assert here == "12 Deck"
    assert everywhere == "12 #C1: Deck\n13 #C2: Lytics"


async def test_list_all_hides_private_channels(desk: Desk) -> None:
    """A private channel is named only inside itself."""
    await desk.type("/alerts subscribe deck", channel_id="G1")

    outside = await desk.type("/alerts list all")
    inside = await desk.type("/alerts list all", channel_id="G1")

    assert outside == "12 a private channel: Deck"
    assert inside == "12 #G1: Deck"


async def test_list_all_hides_what_slack_does_not_tell(desk: Desk) -> None:
    """A channel that cannot be looked up may be private."""
    await desk.type("/alerts subscribe deck", channel_id="C2")
    desk.directory.error = DeliveryError(Reason.RATE_LIMITED)

    assert await desk.type("/alerts list all") == "12 a private channel: Deck"


async def test_list_says_what_is_kept_back(desk: Desk) -> None:
    """A channel that took no messages is told so."""
    await desk.type("/alerts subscribe deck")
    row = desk.subscriptions.rows[0]
    desk.subscriptions.rows[0] = row.model_copy(update={"held": "not_in_channel"})

    assert "kept back" in await desk.type("/alerts list")


async def test_long_list_says_how_many_more(desk: Desk) -> None:
    """An answer stays readable, and does not pretend to be whole."""
    for number in range(53):
        await desk.type(f"/alerts subscribe deck task t{number}")

    words = await desk.type("/alerts list")

    assert len(words.splitlines()) == 51
    assert words.endswith("… and 3 more.")


@pytest.mark.parametrize("typed", ["list", "list all"])
async def test_empty_list_says_how_to_start(desk: Desk, typed: str) -> None:
    """Nothing yet is no dead end."""
    assert "/alerts subscribe" in await desk.type(f"/alerts {typed}")


async def test_list_points_at_an_odd_word(desk: Desk) -> None:
    """`list everything` is not taken for `list`."""
    assert "“everything”" in await desk.type("/alerts list everything")


@pytest.mark.parametrize("size", Size)
async def test_a_size_is_kept_and_listed(desk: Desk, size: Size) -> None:
    """How much of an alert is shown is part of the subscription, and typed as it is listed."""
    await desk.type(f"/alerts subscribe deck size:{size.word}")
    (kept,) = await desk.subscriptions.list("T1")
    listed = await desk.type("/alerts list")

    assert size is kept.size
    assert (f"size:{size.word}" in listed) is (size is not Size.STANDARD)


async def test_an_unknown_size_is_pointed_at(desk: Desk) -> None:
    """A size that does not exist is refused with those that do."""
    refused = await desk.type("/alerts subscribe deck size:huge")

    assert "compact, standard, full" in refused
