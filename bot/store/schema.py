"""The tables, as an append-only list of migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("tocsin")

_FIRST = (
    # What arrived, byte for byte; the digest tells whether it still is.
    """
    CREATE TABLE bodies (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        raw BLOB,
        digest TEXT NOT NULL,
        headers TEXT NOT NULL,
        proof TEXT NOT NULL,
        received_at REAL NOT NULL
    ) STRICT
    """,
    # The inbox. `key` is the sender's id; `recipients` counts who was owed an alert.
    """
    CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        key TEXT NOT NULL,
        digest TEXT NOT NULL,
        body_id INTEGER NOT NULL REFERENCES bodies (id),
        type TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT,
        detail TEXT,
        starts INTEGER NOT NULL DEFAULT 0,
        recipients INTEGER NOT NULL DEFAULT 0,
        received_at REAL NOT NULL,
        routed_at REAL,
        UNIQUE (source, key)
    ) STRICT
    """,
    "CREATE INDEX events_waiting ON events (id) WHERE state = 'received'",
    "CREATE INDEX events_unheard ON events (source, received_at) WHERE recipients = 0",
    # The same id with another body: kept, and never said.
    """
    CREATE TABLE conflicts (
        id INTEGER PRIMARY KEY,
        event_id INTEGER NOT NULL REFERENCES events (id),
        body_id INTEGER NOT NULL REFERENCES bodies (id),
        digest TEXT NOT NULL,
        received_at REAL NOT NULL,
        UNIQUE (event_id, digest)
    ) STRICT
    """,
    """
    CREATE TABLE subscriptions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        team_id TEXT NOT NULL,
        channel_id TEXT NOT NULL,
        source TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        filter TEXT NOT NULL,
        size INTEGER NOT NULL,
        created_by TEXT NOT NULL,
        created_at REAL NOT NULL,
        held TEXT,
        request_id TEXT NOT NULL,
        UNIQUE (team_id, channel_id, source, kind, subject_id, filter)
    ) STRICT
    """,
    # What an event's types and subjects are looked up by, so that matching costs the
    # same for ten subscriptions and for a hundred thousand.
    """
    CREATE TABLE subscription_keys (
        source TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        type_key TEXT NOT NULL,
        subscription_id INTEGER NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
        PRIMARY KEY (source, kind, subject_id, type_key, subscription_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX keys_by_subscription ON subscription_keys (subscription_id)",
    # Groups to read: `card` is the key of the message that waits for the members.
    """
    CREATE TABLE groups (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        card TEXT NOT NULL,
        event_id INTEGER NOT NULL REFERENCES events (id),
        event TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        not_before REAL NOT NULL,
        detail TEXT,
        UNIQUE (source, card)
    ) STRICT
    """,
    "CREATE INDEX groups_due ON groups (not_before) WHERE state = 'pending'",
    # The outbox. `revision` counts changes of the alert, `shown` what Slack has.
    """
    CREATE TABLE notifications (
        id INTEGER PRIMARY KEY,
        delivery_id TEXT NOT NULL UNIQUE,
        team_id TEXT NOT NULL,
        channel_id TEXT NOT NULL,
        key TEXT NOT NULL,
        event_id INTEGER REFERENCES events (id),
        parent_id INTEGER REFERENCES notifications (id),
        subscriptions TEXT NOT NULL,
        alert TEXT NOT NULL,
        state TEXT NOT NULL,
        form TEXT NOT NULL DEFAULT 'blocks',
        size INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        look_ups INTEGER NOT NULL DEFAULT 0,
        repeats INTEGER NOT NULL DEFAULT 0,
        edits INTEGER NOT NULL DEFAULT 0,
        revision INTEGER NOT NULL DEFAULT 1,
        shown INTEGER NOT NULL DEFAULT 0,
        ts TEXT,
        reason TEXT,
        detail TEXT,
        not_before REAL NOT NULL,
        attempted_at REAL,
        sent_at REAL,
        created_at REAL NOT NULL,
        UNIQUE (team_id, channel_id, key)
    ) STRICT
    """,
    """
    CREATE INDEX outbox_open ON notifications (team_id, channel_id, id)
    WHERE state IN ('pending', 'sending', 'unknown')
    """,
    """
    CREATE INDEX outbox_edits ON notifications (team_id, channel_id, id)
    WHERE state = 'sent' AND revision > shown
    """,
    "CREATE INDEX outbox_threads ON notifications (parent_id, id) WHERE parent_id IS NOT NULL",
    "CREATE INDEX outbox_events ON notifications (event_id)",
    """
    CREATE INDEX outbox_cards ON notifications (key)
    WHERE parent_id IS NULL AND key >= 'card:' AND key < 'card;'
    """,
    """
    CREATE INDEX outbox_held ON notifications (team_id, channel_id) WHERE state = 'held'
    """,
    "CREATE INDEX outbox_skipped ON notifications (detail) WHERE state = 'skipped'",
    # One line a try, for those who ask what happened.
    """
    CREATE TABLE attempts (
        id INTEGER PRIMARY KEY,
        notification_id INTEGER NOT NULL REFERENCES notifications (id),
        at REAL NOT NULL,
        outcome TEXT NOT NULL,
        reason TEXT,
        detail TEXT
    ) STRICT
    """,
    "CREATE INDEX attempts_by_notification ON attempts (notification_id)",
    # Until when a channel, or with an empty channel a whole workspace, is left alone.
    """
    CREATE TABLE lanes (
        team_id TEXT NOT NULL,
        channel_id TEXT NOT NULL,
        blocked_until REAL NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (team_id, channel_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE requests (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        team_id TEXT NOT NULL,
        channel_id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        text TEXT NOT NULL,
        payload TEXT NOT NULL,
        response_url TEXT,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        not_before REAL NOT NULL,
        answer TEXT,
        received_at REAL NOT NULL
    ) STRICT
    """,
    "CREATE INDEX requests_open ON requests (received_at) WHERE state <> 'answered'",
    """
    CREATE TABLE monitors (
        id TEXT PRIMARY KEY,
        team_id TEXT NOT NULL,
        channel_id TEXT NOT NULL,
        definition TEXT NOT NULL,
        pause TEXT,
        paused_at REAL,
        cancelled INTEGER NOT NULL DEFAULT 0,
        created_by TEXT NOT NULL,
        created_at REAL
    ) STRICT
    """,
    """
    CREATE TABLE names (
        source TEXT NOT NULL,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        name TEXT,
        about TEXT NOT NULL,
        PRIMARY KEY (source, kind, id)
    ) STRICT, WITHOUT ROWID
    """,
)


@migrations()
def m001_first_light(db: Database) -> None:
    """Make the inbox, the outbox and what people set."""
    for statement in _FIRST:
        db.conn.execute(statement)
