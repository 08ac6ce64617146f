"""The tables of what came in, and of what was learnt from it."""

from __future__ import annotations

ARRIVED = (
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
    # Not before an event is routed: what is written on the way in, a sender waits for.
    """
    CREATE INDEX events_unheard ON events (source, received_at)
    WHERE recipients = 0 AND state = 'routed'
    """,
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
    # Written for no other reason than to see that it can be.
    "CREATE TABLE pulse (id INTEGER PRIMARY KEY, at REAL NOT NULL) STRICT",
    # What has been seen and can be followed. `thing` is the id of what this is only another
    # name of, such as the slug of a workspace.
    """
    CREATE TABLE names (
        source TEXT NOT NULL,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        name TEXT,
        named_at REAL NOT NULL,
        thing TEXT,
        seen_at REAL NOT NULL,
        PRIMARY KEY (source, kind, id)
    ) STRICT, WITHOUT ROWID
    """,
)
