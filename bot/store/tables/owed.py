"""The tables of what channels are owed, and how it went."""

from __future__ import annotations

OWED = (
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
        marks TEXT NOT NULL DEFAULT '[]',
        state TEXT NOT NULL,
        form TEXT NOT NULL DEFAULT 'blocks',
        size INTEGER NOT NULL,
        thread INTEGER NOT NULL,
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
    WHERE parent_id IS NULL AND substr(key, 1, 5) = 'card:'
    """,
    """
    CREATE INDEX outbox_held ON notifications (team_id, channel_id) WHERE state = 'held'
    """,
    "CREATE INDEX outbox_dead ON notifications (team_id, created_at) WHERE state = 'dead'",
    "CREATE INDEX outbox_skipped ON notifications (detail) WHERE state = 'skipped'",
    "CREATE INDEX outbox_marked ON notifications (team_id, channel_id) WHERE marks <> '[]'",
    "CREATE INDEX outbox_posted ON notifications (channel_id, ts) WHERE ts IS NOT NULL",
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
    # The latest state of each card, also where nobody is shown it yet.
    """
    CREATE TABLE cards (
        card TEXT PRIMARY KEY,
        alert TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
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
)
