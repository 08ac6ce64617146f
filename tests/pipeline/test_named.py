"""An event that nobody described is said with the names that are known."""

from __future__ import annotations

from bot.core.alerts import Alert, Field
from bot.core.events import Subject
from bot.pipeline.notify import Notify
from bot.store.sqlite import SqliteStore
from tests.pipeline.probe import MONITOR, body, probe
from tests.store.conftest import SetClock
from tests.store.making import PROOF, event, follow, rows, subscription, webhook


async def test_a_plain_alert_shows_names(store: SqliteStore, clock: SetClock) -> None:
    """A name that was learnt yesterday stands in the place of the id of today."""
    notify = Notify(
        {"probe": probe()},
        inbox=store.inbox,
        router=store.router,
        groups=store.groups,
        readers={},
        clock=clock,
        named=store.names.named,
    )
    await follow(store, subscription("C1", "*"))
    await store.names.learn("probe", [Subject(kind="monitor", id=MONITOR.id, name="Acme news")])
    raw = body("e1", "unheard.of")
    await store.inbox.accept(webhook(raw), PROOF, [event("e1", "unheard.of")], unreadable=None)
    await notify.route_some()

    (row,) = await rows(store, "SELECT alert FROM notifications")
    fields = Alert.model_validate_json(row["alert"]).fields
    assert Field(name="monitor", value="Acme news") in fields
