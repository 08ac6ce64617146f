"""An event that nobody described is said with the names that are known."""

from __future__ import annotations

from bot.core.alerts import Alert, Field
from bot.core.events import Subject, Webhook
from bot.core.sources import Source
from bot.pipeline.notify import Notify
from bot.plugins import discover, samples
from bot.store.sqlite import SqliteStore
from tests.pipeline.probe import MONITOR, body, probe
from tests.store.conftest import SetClock
from tests.store.making import PROOF, event, follow, rows, subscription, webhook


def naming(store: SqliteStore, clock: SetClock, source: Source) -> Notify:
    """Return a router of one source that asks the store for names."""
    return Notify(
        {source.name: source},
        inbox=store.inbox,
        router=store.router,
        groups=store.groups,
        readers={},
        clock=clock,
        named=store.names.named,
    )


async def test_a_plain_alert_shows_names(store: SqliteStore, clock: SetClock) -> None:
    """A name that was learnt yesterday stands in the place of the id of today."""
    notify = naming(store, clock, probe())
    await follow(store, subscription("C1", "*"))
    await store.names.learn("probe", [Subject(kind="monitor", id=MONITOR.id, name="Acme news")])
    raw = body("e1", "unheard.of")
    await store.inbox.accept(webhook(raw), PROOF, [event("e1", "unheard.of")], unreadable=None)
    await notify.route_some()

    (row,) = await rows(store, "SELECT alert FROM notifications")
    fields = Alert.model_validate_json(row["alert"]).fields
    assert Field(name="monitor", value="Acme news") in fields


async def test_a_source_that_asks_for_names_gets_them(store: SqliteStore, clock: SetClock) -> None:
    """Deck's webhooks name the task of a run by its id alone; its title says what it is called."""
    deck = discover()["deck"]
    notify = naming(store, clock, deck)
    raw = samples("deck")["task_run.failed"]
    (failed,) = deck.read(Webhook("deck", raw, clock()))
    task = next(one for one in failed.subjects if one.kind == "task")
    await follow(store, subscription("C1", "*", source="deck"))
    await store.names.learn("deck", [task.model_copy(update={"name": "Fetch bills"})])
    await store.inbox.accept(Webhook("deck", raw, clock()), PROOF, [failed], unreadable=None)
    await notify.route_some()

    (row,) = await rows(store, "SELECT alert FROM notifications")
    assert "Fetch bills" in Alert.model_validate_json(row["alert"]).title
