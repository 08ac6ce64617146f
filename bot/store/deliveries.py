"""What happened to an event, from signature to Slack timestamp."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from bot.core.errors import ConfigError
from bot.store.connection import open_reader
from bot.store.times import moment, optional_moment

_EVENTS = """
    SELECT e.*, b.proof, b.digest AS body_digest,
           (SELECT COUNT(*) FROM conflicts c WHERE c.event_id = e.id) AS conflicts
    FROM events e JOIN bodies b ON b.id = e.body_id
    WHERE (:event IS NULL OR e.key = :event OR CAST(e.id AS TEXT) = :event)
      AND (:state IS NULL OR e.state = :state OR EXISTS (
          SELECT 1 FROM notifications n WHERE n.event_id = e.id AND n.state = :state))
    ORDER BY e.id DESC LIMIT :limit
"""
_MESSAGES = """
    SELECT n.*, p.key AS parent_key FROM notifications n
    LEFT JOIN notifications p ON p.id = n.parent_id
    WHERE n.event_id = ? ORDER BY n.id
"""
_ATTEMPTS = "SELECT * FROM attempts WHERE notification_id = ? ORDER BY id"


def history(
    path: Path, *, event: str | None = None, state: str | None = None, limit: int = 20
) -> list[dict[str, Any]]:
    """Return the stories of the newest events, newest first.

    `event` is the sender's id or our row number; `state` that of the event or of one
    of its messages. Times are aware moments in UTC.

    Raises:
        ConfigError: the database cannot be read.
    """
    if not path.exists():
        raise ConfigError(
            f"There is no database {path} yet: `tocsin serve` makes it, "
            "or TOCSIN_DATABASE names another file."
        )
    try:
        connection = open_reader(path)
        try:
            values = {"event": event, "state": state, "limit": limit}
            return [_story(connection, row) for row in connection.execute(_EVENTS, values)]
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise ConfigError(f"The database {path} cannot be read: {error}.") from error


def _story(connection: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    return {
        "event": row["key"],
        "row": row["id"],
        "source": row["source"],
        "type": row["type"],
        "state": row["state"],
        "reason": row["reason"],
        "detail": row["detail"],
        "received_at": moment(row["received_at"]),
        "routed_at": optional_moment(row["routed_at"]),
        "proof": from_json(row["proof"]),
        "digest": row["body_digest"],
        "conflicts": row["conflicts"],
        "recipients": row["recipients"],
        "messages": [
            _message(connection, one) for one in connection.execute(_MESSAGES, (row["id"],))
        ],
    }


def _message(connection: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    return {
        "delivery": row["delivery_id"],
        "team": row["team_id"],
        "channel": row["channel_id"],
        "in_thread": row["parent_key"] is not None,
        "subscriptions": from_json(row["subscriptions"]),
        "test": bool(from_json(row["alert"]).get("test")),
        "state": row["state"],
        "reason": row["reason"],
        "detail": row["detail"],
        "ts": row["ts"],
        "sent_at": optional_moment(row["sent_at"]),
        "attempts": [
            {
                "at": moment(one["at"]),
                "outcome": one["outcome"],
                "reason": one["reason"],
                "detail": one["detail"],
            }
            for one in connection.execute(_ATTEMPTS, (row["id"],))
        ],
    }
