//! How queues and messages lie in the database.
//!
//! All times are Unix milliseconds. A message can be received once `visible_ms` is past: the end of its delay or of
//! its last delivery's visibility timeout. Nothing has to happen at that moment, so nothing is lost if the process is
//! not there. In FIFO queues `line` is the message group, and `lines` says when the next of each group is due, so
//! that a receive never walks over the backlog of groups that must wait.

/// The statements of each format, see [`crate::group_commit::open`].
pub(super) const FORMATS: &[&str] = &["
CREATE TABLE queues (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    attributes TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE messages (
    seq INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    line TEXT,
    visible_ms INTEGER NOT NULL,
    leased INTEGER NOT NULL DEFAULT 0,
    received INTEGER NOT NULL DEFAULT 0,
    first_received_ms INTEGER,
    sent_ms INTEGER NOT NULL,
    id TEXT NOT NULL,
    properties TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX messages_due ON messages (queue, visible_ms) WHERE line IS NULL;
CREATE INDEX messages_in_line ON messages (queue, line) WHERE line IS NOT NULL;
CREATE INDEX messages_leased ON messages (queue, line, visible_ms) WHERE line IS NOT NULL AND leased = 1;

CREATE TABLE lines (
    queue INTEGER NOT NULL,
    line TEXT NOT NULL,
    head INTEGER NOT NULL,
    ready_ms INTEGER NOT NULL,
    PRIMARY KEY (queue, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX lines_ready ON lines (queue, ready_ms, head);

CREATE TABLE deduplication (
    queue INTEGER NOT NULL,
    id TEXT NOT NULL,
    until_ms INTEGER NOT NULL,
    message TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (queue, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deduplication_until ON deduplication (until_ms);
"];
