"""The tables of what operators should know, and what fills them."""

from __future__ import annotations

TROUBLES = (
    # What an operator should know, until some days after it was told.
    """
    CREATE TABLE troubles (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        source TEXT NOT NULL DEFAULT '',
        about TEXT NOT NULL DEFAULT '',
        reason TEXT,
        event_id INTEGER REFERENCES events (id),
        count INTEGER NOT NULL DEFAULT 1,
        told_at REAL
    ) STRICT
    """,
    "CREATE INDEX troubles_alike ON troubles (kind, source, about)",
    "CREATE INDEX troubles_untold ON troubles (kind, source, about) WHERE told_at IS NULL",
    # How far the events have been looked through for such things.
    "CREATE TABLE looked_through (upto INTEGER NOT NULL) STRICT",
    "INSERT INTO looked_through VALUES (0)",
    # Triggers, so that whatever statement ends a thing notes it in the same transaction. They
    # watch columns that nothing but an end writes, so that what happens to every event and
    # message does not run them. A notice that fails is not noted, or another would follow it.
    """
    CREATE TRIGGER note_conflict AFTER INSERT ON conflicts BEGIN
        INSERT INTO troubles (kind, source, event_id)
        SELECT 'conflict', source, id FROM events WHERE id = NEW.event_id;
    END
    """,
    """
    CREATE TRIGGER note_buried AFTER UPDATE OF reason ON events
    WHEN NEW.state = 'dead' AND OLD.state <> 'dead' BEGIN
        INSERT INTO troubles (kind, source, reason, event_id)
        VALUES ('buried', NEW.source, NEW.reason, NEW.id);
    END
    """,
    """
    CREATE TRIGGER note_dead AFTER UPDATE OF key ON notifications
    WHEN NEW.state = 'dead' AND OLD.state <> 'dead' AND NEW.reason <> 'parent'
         AND NEW.key NOT GLOB 'operators:*' BEGIN
        INSERT INTO troubles (kind, reason, event_id) VALUES ('dead', NEW.reason, NEW.event_id);
    END
    """,
    """
    CREATE TRIGGER note_held AFTER UPDATE OF held ON subscriptions
    WHEN NEW.held IS NOT NULL AND OLD.held IS NULL BEGIN
        INSERT INTO troubles (kind, about, reason) VALUES ('held', NEW.channel_id, NEW.held);
    END
    """,
)
