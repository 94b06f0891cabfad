-- Sojourn's SQLite schema, version 1. Times are Unix milliseconds. Every table is read by its rowid or by one of the
-- indexes below; nothing is ever scanned. Storage keys (n) rise, so that new rows fill the last page, not a random one.

-- Which migrations ran, and the oldest version of the program that may still use the file after each.
CREATE TABLE schema_version (
    version INTEGER PRIMARY KEY,
    oldest_reader INTEGER NOT NULL
) STRICT;

-- One row: who this store is. "commits" counts transactions, so that a lost end of the log is noticed.
CREATE TABLE store (
    n INTEGER PRIMARY KEY CHECK (n = 1),
    deployment_key BLOB NOT NULL,
    store_id BLOB NOT NULL,
    timeline BLOB NOT NULL,
    commits INTEGER NOT NULL
) STRICT;

CREATE TABLE tenant (
    n INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- All 256 of a tenant are made with it: n = tenant * 256 + shard. A missing one is damage.
CREATE TABLE shard (
    n INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    epoch_writes BLOB NOT NULL,   -- the last 16 write ids, oldest first
    owner_version INTEGER NOT NULL -- the highest version of an owner that was forgotten
) STRICT;

-- A subject, or (subject NULL) the visitors of a shard.
CREATE TABLE owner (
    n INTEGER PRIMARY KEY,
    shard INTEGER NOT NULL,
    subject TEXT,
    version INTEGER NOT NULL,
    active INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    not_before INTEGER,
    revoke_write BLOB,            -- the last end of the whole subject
    revoke_ended INTEGER,
    forget_at INTEGER             -- when that may be forgotten
) STRICT;
CREATE UNIQUE INDEX owner_subject ON owner (shard, subject);
CREATE INDEX owner_forget ON owner (shard, forget_at) WHERE forget_at IS NOT NULL;

-- A touch writes seen_at, is_confirmed and client: none of them is in an index.
CREATE TABLE session (
    n INTEGER PRIMARY KEY,
    shard INTEGER NOT NULL,
    id BLOB NOT NULL,
    owner INTEGER NOT NULL,
    is_ended INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    shard_epoch INTEGER NOT NULL,
    sweep_at INTEGER NOT NULL,    -- when a sweep looks at it next; only sweeps and earlier deadlines move it
    sweep_turn INTEGER NOT NULL,  -- who came first, of those with the same sweep_at
    purge_at INTEGER,             -- when data or record of an ended session may go
    forget_at INTEGER,            -- when its oldest remembered answer may go
    seen_at INTEGER NOT NULL,
    is_confirmed INTEGER NOT NULL,
    idle_seconds INTEGER NOT NULL,
    absolute_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    data_version INTEGER NOT NULL,
    data_bytes INTEGER NOT NULL,
    device BLOB,
    client BLOB,
    record BLOB NOT NULL,
    ending BLOB
) STRICT;
CREATE UNIQUE INDEX session_id ON session (shard, id);
CREATE INDEX session_owner ON session (owner, is_ended, started_at, id, device);
CREATE INDEX session_due ON session (shard, shard_epoch, sweep_at, sweep_turn) WHERE is_ended = 0;
CREATE INDEX session_purge ON session (shard, purge_at) WHERE purge_at IS NOT NULL;
CREATE INDEX session_forget ON session (shard, forget_at) WHERE forget_at IS NOT NULL;

CREATE TABLE data (
    session INTEGER NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    expires_at INTEGER,
    survives INTEGER NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (session, name)
) STRICT, WITHOUT ROWID;

-- Answers to the last data writes of a session.
CREATE TABLE answer (
    session INTEGER NOT NULL,
    n INTEGER NOT NULL,
    write BLOB NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (session, n)
) STRICT, WITHOUT ROWID;

-- The audit log. AUTOINCREMENT: a position never comes twice, whatever is deleted.
CREATE TABLE event (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    shard INTEGER NOT NULL,
    writer BLOB NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    session BLOB,
    canonical BLOB NOT NULL,
    personal BLOB
) STRICT;
CREATE INDEX event_shard ON event (shard, n);
CREATE UNIQUE INDEX event_number ON event (writer, number, shard);

-- What other processes must hear: ends, announced changes, epochs. Only the newest rows are kept.
CREATE TABLE told (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    teller INTEGER NOT NULL,      -- the store object that wrote it, which has told its own listeners already
    tenant INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    session BLOB
) STRICT;

-- Who else has the file open and writes: their beats rise.
CREATE TABLE neighbour (
    teller INTEGER PRIMARY KEY,
    beats INTEGER NOT NULL
) STRICT;
