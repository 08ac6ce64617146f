"""`/alerts`: subscribing, listing and stopping."""

import pytest

from bot.core.alerts import Size
from bot.core.errors import DeliveryError
from bot.core.events import Subject
from bot.core.ports import Channel
from bot.core.reasons import Reason
from tests.commands.conftest import Desk
from tests.commands.fakes import NOW


@pytest.mark.parametrize(
    ("typed", "source", "subject", "chosen"),
    [
        ("surfacedby", "surfacedby", None, ""),
        ("*", "*", None, ""),
        ("ALL", "*", None, ""),
        ("severity>=error", "*", None, "severity>=error"),
        ("Deck", "deck", None, ""),
        ("deck task tsk_1", "deck", Subject(kind="task", id="tsk_1"), ""),
        ("deck task", "deck", Subject(kind="task", id=""), ""),
        ('lytics work "a b"', "lytics", Subject(kind="work", id="a b"), ""),
        (
            "surfacedby workspace acme severity>=warning",
            "surfacedby",
            Subject(kind="workspace", id="acme"),
            "severity>=warning",
        ),
        ("deck type:task_run.* type:*", "deck", None, "type:* type:task_run.*"),
        ("lytics verb:failed", "lytics", None, "verb:failed"),
        ('lytics verb:"not found"', "lytics", None, 'verb:"not found"'),
        ("lytics SEVERITY ≥ Warning", "lytics", None, "severity>=warning"),
        ("lytics severity >= critical", "lytics", None, "severity>=critical"),
        ("deck at:12:30", "deck", None, "at:12:30"),
        ('deck "quota"', "deck", None, '"quota"'),
        ("“quota”", "*", None, '"quota"'),
        ('deck task tsk_1 "a b"', "deck", Subject(kind="task", id="tsk_1"), '"a b"'),
    ],
)
async def test_subscribe_understands(
    desk: Desk, typed: str, source: str, subject: Subject | None, chosen: str
) -> None:
    """Source, subject and filters are stored as they were meant, for this channel."""
    words = await desk.type(f"/alerts subscribe {typed}")

    (stored,) = desk.subscriptions.rows
    assert (stored.source, stored.subject, stored.filter.words()) == (source, subject, chosen)
    assert (stored.team_id, stored.channel_id, stored.created_by) == ("T1", "C1", "U1")
    assert "/alerts unsubscribe 12" in words


async def test_answer_says_what_will_be_heard(desk: Desk) -> None:
    """Source, subject, severity and condition are told in words."""
    words = await desk.type(
        "/alerts subscribe surfacedby workspace acme severity>=warning verb:failed"
    )

    assert words == (
        "This channel now hears SurfacedBy · workspace acme: the events that are on by default, "
        "where severity is at least warning and verb is failed; "
        "what needs a person passes any severity.\n"
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
        ("deck type:", "type:", "needs a value"),
        ("deck mention:@bob", "mention:@bob", "is not a filter"),
        (f"deck task {'x' * 256}", f"{'x' * 59}…", "too long"),
        ("deck" + " a:b" * 41, "a:b", "too many"),
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


@pytest.mark.parametrize("typed", ["", " help", " subscribe", " frobnicate"])
async def test_usage(desk: Desk, typed: str) -> None:
    """Nothing, help and unknown words give examples."""
    words = await desk.type(f"/alerts{typed}")

    assert "/alerts subscribe deck type:task_run.*" in words


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

    assert listed == "12 Deck severity>=error — by @U1, no message lately"
    assert "Guests" in refused
    assert len(desk.subscriptions.rows) == 1


async def test_list_is_of_this_channel(desk: Desk) -> None:
    """Other channels' subscriptions are shown by `all` only."""
    await desk.type("/alerts subscribe deck")
    await desk.type("/alerts subscribe lytics", channel_id="C2")

    here = await desk.type("/alerts list")
    everywhere = await desk.type("/alerts list all")

    assert [words.partition(" — ")[0] for words in here.splitlines()] == ["12 Deck"]
    assert [words.partition(" — ")[0] for words in everywhere.splitlines()] == [
        "12 #C1: Deck",
        "13 #C2: Lytics",
    ]


async def test_list_all_hides_private_channels(desk: Desk) -> None:
    """A private channel is named inside itself, and outside to whoever is in it."""
    await desk.type("/alerts subscribe deck", channel_id="G1")

    outside = await desk.type("/alerts list all")
    inside = await desk.type("/alerts list all", channel_id="G1")
    desk.directory.private = {"U2": {"G1", "G9"}}
    member = await desk.type("/alerts list all", user_id="U2")
    stranger = await desk.type("/alerts list all", user_id="U3")

    assert outside.startswith("12 a private channel: Deck")
    assert inside.startswith("12 #G1: Deck")
    assert member.startswith("12 #G1: Deck")
    assert stranger.startswith("12 a private channel: Deck")


async def test_list_all_hides_what_slack_does_not_tell(desk: Desk) -> None:
    """A channel that cannot be looked up may be private."""
    await desk.type("/alerts subscribe deck", channel_id="C2")
    desk.directory.error = DeliveryError(Reason.RATE_LIMITED)

    assert (await desk.type("/alerts list all")).startswith("12 a private channel: Deck")


async def test_list_says_what_is_kept_back(desk: Desk) -> None:
    """A channel that took no messages is told so."""
    await desk.type("/alerts subscribe deck")
    row = desk.subscriptions.rows[0]
    desk.subscriptions.rows[0] = row.model_copy(update={"held": "not_in_channel"})

    assert "kept back" in await desk.type("/alerts list")


async def test_a_long_list_has_pages(desk: Desk) -> None:
    """An answer stays readable; every page says which it is and how to get the next."""
    for number in range(53):
        await desk.type(f"/alerts subscribe deck task t{number}")

    first = (await desk.type("/alerts list")).splitlines()
    second = (await desk.type("/alerts list page 2")).splitlines()
    last = (await desk.type("/alerts list all page 3")).splitlines()

    assert len(first) == len(second) == 26
    assert first[-1] == "Page 1 of 3; the next is /alerts list page 2."
    assert second[0].startswith("37 Deck · task t25")
    assert len(last) == 4
    assert last[-1] == "Page 3 of 3."


@pytest.mark.parametrize("typed", ["page", "page 0", "page x", "page 2", "page 1 more", "page ²"])
async def test_a_page_that_is_not_there_is_said(desk: Desk, typed: str) -> None:
    """A page that cannot be is refused in a sentence, not shown empty."""
    await desk.type("/alerts subscribe deck")

    words = await desk.type(f"/alerts list {typed}")

    assert "Deck" not in words
    assert "page" in words


async def test_three_hundred_subscriptions_stay_readable(desk: Desk) -> None:
    """Forty channels are twelve pages, each of which Slack takes whole."""
    long = " OR ".join(f"verb:{'x' * 20}{number}" for number in range(30))
    for number in range(40):
        desk.directory.channels[f"C{number}"] = Channel(id=f"C{number}", member=True)
    for number in range(300):
        await desk.type(
            f"/alerts subscribe deck task t{number} {long}",
            channel_id=f"C{number % 40}",
        )
    words = await desk.type("/alerts list all page 12")

    assert len(words.splitlines()) == 26
    assert words.endswith("Page 12 of 12.")
    assert len(words) < 8_000


async def test_the_last_message_is_listed(desk: Desk) -> None:
    """A subscription that speaks can be told from one that does not."""
    await desk.type("/alerts subscribe deck")
    desk.subscriptions.said[12] = NOW

    assert (await desk.type("/alerts list")).endswith("by @U1, last message 2026-08-17 08:15 UTC")


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


async def test_show_tells_all_of_one(desk: Desk) -> None:
    """Scope, filter in words, options, creator, moment and last message stand together."""
    await desk.type("/alerts subscribe deck task t1 severity>=error size:full thread:broadcast")
    desk.subscriptions.said[12] = NOW

    words = await desk.type("/alerts show #12", user_id="UGUEST")

    assert words.splitlines() == [
        "12 Deck · task t1: severity>=error size:full thread:broadcast",
        "It is heard in #C1.",
        "It hears the events that are on by default, where severity is at least error; what "
        "needs a person passes any severity, each in full, with later news shown in the channel "
        "too.",
        "Made by @U1 at 2026-08-17 08:15 UTC.",
        "Its last message came at 2026-08-17 08:15 UTC.",
    ]


async def test_show_hides_a_private_channel(desk: Desk) -> None:
    """A number alone does not tell strangers the name of a private channel."""
    await desk.type("/alerts subscribe deck", channel_id="G1")

    assert "a private channel" in await desk.type("/alerts show 12")
    assert "G1" not in await desk.type("/alerts show 12")
    assert "There is no subscription 99" in await desk.type("/alerts show 99")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("severity>=error", "severity>=error size:full"),
        ("size:compact", "verb:failed size:compact"),
        ("thread:flat", "verb:failed size:full thread:flat"),
        ("none", "size:full"),
        ("none size:standard", ""),
        ("type:a OR type:b thread:only", "type:a OR type:b size:full"),
    ],
)
async def test_edit_changes_what_is_named(desk: Desk, typed: str, expected: str) -> None:
    """A filter is replaced as a whole, none takes it away, and what is not named stays."""
    await desk.type("/alerts subscribe deck verb:failed size:full")

    words = await desk.type(f"/alerts edit 12 {typed}")
    (kept,) = desk.subscriptions.rows

    assert words.startswith("Subscription 12 now hears Deck: ")
    assert kept.words() == expected
    assert kept.id == 12


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "Type its number"),
        ("12", "/alerts edit 12 severity>=error"),
        ("x severity>=error", "not the number"),
        ("99 severity>=error", "There is no subscription 99"),
        ("12 none severity>=error", "not both"),
        ("12 severity>=bad", "names no severity"),
        ("13 verb:failed", "Subscription 12 of this channel hears that already"),
        ("14 verb:failed", "another channel"),
    ],
)
async def test_edit_refuses_in_a_sentence(desk: Desk, typed: str, hint: str) -> None:
    """What cannot be done is said, and nothing is changed."""
    await desk.type("/alerts subscribe deck verb:failed")
    await desk.type("/alerts subscribe deck")
    await desk.type("/alerts subscribe lytics", channel_id="C2")
    before = list(desk.subscriptions.rows)

    words = await desk.type(f"/alerts edit {typed}")

    assert hint in words
    assert before == desk.subscriptions.rows


async def test_a_guest_may_not_edit(desk: Desk) -> None:
    """Guests look and do not change."""
    await desk.type("/alerts subscribe deck")

    assert "Guests" in await desk.type("/alerts edit 12 size:full", user_id="UGUEST")


async def test_links_that_slack_makes_are_what_was_typed(desk: Desk) -> None:
    """A domain that Slack turned into a link is the domain again."""
    await desk.type("/alerts subscribe * NOT domain:<http://example.org|example.org>")
    (kept,) = desk.subscriptions.rows

    assert kept.words() == "NOT domain:example.org"
