"""The statements of the outbox."""

from __future__ import annotations

RECOVER = """
    UPDATE notifications SET state = 'unknown', look_ups = 0, not_before = ?, reason = 'crashed'
    WHERE state = 'sending' RETURNING id
"""
LOG = """
    INSERT INTO attempts (notification_id, at, outcome, reason, detail) VALUES (?, ?, ?, ?, ?)
"""
# Jumps through an index from team to team and from channel to channel, so that a long queue
# costs no more: a condition `(team_id, channel_id) > (?, ?)` would read every row of the last.
_LANES = """
    WITH RECURSIVE
    teams (team) AS (
        SELECT MIN(team_id) FROM notifications WHERE {due}
        UNION ALL
        SELECT (SELECT MIN(team_id) FROM notifications WHERE {due} AND team_id > team)
        FROM teams WHERE team IS NOT NULL
    ),
    found (team, channel) AS (
        SELECT team, (SELECT MIN(channel_id) FROM notifications WHERE {due} AND team_id = team)
        FROM teams WHERE team IS NOT NULL
        UNION ALL
        SELECT team, (
            SELECT MIN(channel_id) FROM notifications
            WHERE {due} AND team_id = team AND channel_id > channel
        )
        FROM found WHERE channel IS NOT NULL
    )
    SELECT team, channel FROM found WHERE channel IS NOT NULL
"""
_TO_SEND = "state IN ('pending', 'sending', 'unknown') AND state <> 'sending'"
# An edit that a channel refused waits with the channel.
_TO_EDIT = "state = 'sent' AND revision > shown AND reason IS NOT 'channel'"
LANES = _LANES.format(due=_TO_SEND)
LANES_OF_EDITS = _LANES.format(due=_TO_EDIT)
BLOCKED = """
    SELECT MAX(blocked_until) AS until FROM lanes WHERE team_id = ?1 AND channel_id IN ('', ?2)
"""
BLOCK = """
    INSERT INTO lanes (team_id, channel_id, blocked_until, reason) VALUES (?, ?, ?, ?)
    ON CONFLICT (team_id, channel_id) DO UPDATE SET
        blocked_until = MAX(blocked_until, excluded.blocked_until), reason = excluded.reason
"""
# A reply waits for its parent's timestamp and for every earlier reply of its thread.
_OPEN = """
    NOT EXISTS (
        SELECT 1 FROM lanes
        WHERE team_id = :team AND channel_id IN ('', :channel) AND blocked_until > :now
    )
"""
# The last of its lane has nothing behind it, so that nobody need look for what comes next.
HEAD = f"""
    SELECT n.*, p.ts AS parent_ts, NOT EXISTS (
        SELECT 1 FROM notifications
        WHERE team_id = :team AND channel_id = :channel AND id <> n.id
          AND state IN ('pending', 'sending', 'unknown')
    ) AND NOT EXISTS (
        SELECT 1 FROM notifications
        WHERE team_id = :team AND channel_id = :channel AND {_TO_EDIT}
    ) AS last
    FROM notifications n LEFT JOIN notifications p ON p.id = n.parent_id
    WHERE {_OPEN} AND n.team_id = :team AND n.channel_id = :channel
      AND n.state IN ('pending', 'sending', 'unknown') AND n.state <> 'sending'
      AND n.not_before <= :now
      AND (n.parent_id IS NULL OR p.ts IS NOT NULL)
      AND NOT EXISTS (
          SELECT 1 FROM notifications s
          WHERE s.parent_id = n.parent_id AND s.id < n.id
            AND s.state IN ('pending', 'sending', 'unknown')
      )
    ORDER BY n.id LIMIT 1
"""  # noqa: S608 - both parts are ours
HEAD_EDIT = f"""
    SELECT n.*, p.ts AS parent_ts, FALSE AS last
    FROM notifications n LEFT JOIN notifications p ON p.id = n.parent_id
    WHERE {_OPEN} AND n.team_id = :team AND n.channel_id = :channel
      AND n.state = 'sent' AND n.revision > n.shown AND n.reason IS NOT 'channel'
      AND n.not_before <= :now
    ORDER BY n.id LIMIT 1
"""  # noqa: S608 - both parts are ours
NEXT_DUE = f"""
    SELECT MIN(not_before) AS due FROM (
        SELECT not_before FROM notifications
        WHERE team_id = :team AND channel_id = :channel
          AND state IN ('pending', 'sending', 'unknown') AND not_before > :now
        UNION ALL
        SELECT not_before FROM notifications
        WHERE team_id = :team AND channel_id = :channel
          AND {_TO_EDIT} AND not_before > :now
        UNION ALL
        SELECT blocked_until FROM lanes
        WHERE team_id = :team AND channel_id IN ('', :channel) AND blocked_until > :now
    )
"""  # noqa: S608 - the part is ours
# `shown` is written with the first try: what is found later may have the words of that one.
BEGIN = """
    UPDATE notifications
    SET state = 'sending', attempts = attempts + 1, attempted_at = COALESCE(attempted_at, ?),
        shown = CASE shown WHEN 0 THEN revision ELSE shown END
    WHERE id = ? AND state = 'pending'
"""
CURRENT = "SELECT 1 FROM notifications WHERE id = ? AND attempts = ? AND state = ?"
SENT = """
    UPDATE notifications
    SET state = 'sent', ts = ?, sent_at = ?, not_before = ?, shown = COALESCE(?, shown),
        reason = NULL, detail = NULL
    WHERE id = ? AND attempts = ? AND state IN ('sending', 'unknown')
"""
SHOWN = """
    UPDATE notifications SET shown = ?, edits = 0, reason = NULL, detail = NULL
    WHERE id = ? AND shown < ?
"""
DEFER = """
    UPDATE notifications
    SET state = :state, attempts = :attempts, look_ups = :look_ups, repeats = :repeats,
        edits = :edits, form = :form, not_before = :not_before, reason = :reason,
        detail = :detail, parent_id = CASE WHEN :top_level THEN NULL ELSE parent_id END
    WHERE id = :id
"""
FORGET_EDIT = """
    UPDATE notifications SET shown = ?, edits = 0, reason = ?, detail = ? WHERE id = ?
"""
# A dead thread gives up its keys, so that a later event of its card is said anew. A reply
# that was tried keeps its own: it may be in Slack, and must not be owed twice.
END = """
    UPDATE notifications
    SET state = 'dead', reason = ?, detail = ?,
        key = CASE WHEN parent_id IS NULL THEN key || '~' || id ELSE key END
    WHERE id = ?
"""
END_REPLIES = """
    UPDATE notifications SET state = 'dead', reason = ?, key = key || '~' || id
    WHERE parent_id = ? AND state IN ('pending', 'unknown', 'held')
"""
# What may be in Slack already keeps that mark, so that it is looked up after the release.
HOLD_MESSAGES = """
    UPDATE notifications
    SET state = 'held', reason = CASE WHEN state = 'unknown' THEN 'crashed' ELSE ? END, detail = ?
    WHERE team_id = ? AND channel_id = ? AND state IN ('pending', 'sending', 'unknown')
"""
HOLD_EDITS = """
    UPDATE notifications SET reason = 'channel', detail = ?
    WHERE team_id = ? AND channel_id = ? AND state = 'sent' AND revision > shown
"""
HOLD_SUBSCRIPTIONS = """
    UPDATE subscriptions SET held = ? WHERE team_id = ? AND channel_id = ? AND held IS NULL
"""
RELEASE_SUBSCRIPTIONS = """
    UPDATE subscriptions SET held = NULL WHERE team_id = ? AND channel_id = ?
"""
RELEASE_MESSAGES = """
    UPDATE notifications
    SET state = CASE WHEN reason = 'crashed' THEN 'unknown' ELSE 'pending' END,
        attempts = 0, look_ups = 0, not_before = ?, reason = NULL, detail = NULL
    WHERE team_id = ? AND channel_id = ? AND state = 'held'
"""
RELEASE_EDITS = """
    UPDATE notifications SET edits = 0, not_before = ?, reason = NULL, detail = NULL
    WHERE team_id = ? AND channel_id = ? AND state = 'sent' AND revision > shown
      AND reason = 'channel'
"""
# The road was closed; a pause that Slack itself asked for is no such thing.
HURRY = """
    UPDATE notifications SET not_before = :now
    WHERE state IN ('pending', 'sending', 'unknown') AND state <> 'sending'
      AND not_before > :now
      AND reason IN ('unreachable', 'timeout', 'disconnected', 'server', 'installation')
"""
OPEN_LANES = """
    UPDATE lanes SET blocked_until = :now
    WHERE blocked_until > :now
      AND reason IN ('unreachable', 'timeout', 'disconnected', 'server', 'installation')
"""
