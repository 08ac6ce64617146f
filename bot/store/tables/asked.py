"""The tables of what people asked for."""

from __future__ import annotations

ASKED = (
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
        thread INTEGER NOT NULL,
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
    # What a channel does not want to hear; 0 or an empty word stands for all of them.
    """
    CREATE TABLE mutes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        team_id TEXT NOT NULL,
        channel_id TEXT NOT NULL,
        subscription_id INTEGER NOT NULL,
        source TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        until REAL NOT NULL,
        by TEXT NOT NULL,
        at REAL NOT NULL,
        UNIQUE (team_id, channel_id, subscription_id, source, kind, subject_id)
    ) STRICT
    """,
    "CREATE INDEX mutes_by_end ON mutes (until)",
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
        filled TEXT NOT NULL,
        context TEXT NOT NULL,
        message_ts TEXT NOT NULL,
        thread_ts TEXT NOT NULL,
        view TEXT NOT NULL,
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
    # The last run of each monitor that somebody asked for, so that it is not paid twice.
    """
    CREATE TABLE monitor_runs (
        monitor_id TEXT PRIMARY KEY,
        request_id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        at REAL NOT NULL,
        sure INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    # What a person asked a source to do, written down before it is asked.
    """
    CREATE TABLE errands (
        act TEXT NOT NULL,
        thing TEXT NOT NULL,
        request_id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        at REAL NOT NULL,
        sure INTEGER NOT NULL,
        PRIMARY KEY (act, thing)
    ) STRICT, WITHOUT ROWID
    """,
)
