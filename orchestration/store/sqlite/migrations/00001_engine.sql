-- +goose Up

-- Fencing epochs. One lane in practice; the column is part of the contract.
CREATE TABLE lane (
    lane  INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL
) STRICT;

-- One row per run. The wake row of the contract is the column wake_at with its partial index: the row is rewritten by every
-- commit anyway, so a move costs one index entry and no table of its own.
CREATE TABLE run (
    run_id      BLOB    NOT NULL PRIMARY KEY, -- 16 bytes, UUIDv7
    namespace   BLOB    NOT NULL,
    workflow_id TEXT    NOT NULL,
    shard       INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    wake_at     INTEGER,                      -- Unix milliseconds, rounded down
    state       BLOB    NOT NULL
) STRICT;

CREATE INDEX run_wake ON run (wake_at, run_id) WHERE wake_at IS NOT NULL;

CREATE TABLE item (
    run_id BLOB    NOT NULL,
    kind   INTEGER NOT NULL,
    id     TEXT    NOT NULL,
    data   BLOB    NOT NULL,
    PRIMARY KEY (run_id, kind, id)
) STRICT, WITHOUT ROWID;

-- Large rows, so a table with rowids: batches are appended in the order of commits, whole pages of them, and only the small index is sorted.
-- (Clustered by its key the table made commits a quarter slower.)
CREATE TABLE history (
    run_id BLOB    NOT NULL,
    first  INTEGER NOT NULL,
    last   INTEGER NOT NULL,
    events BLOB    NOT NULL,
    PRIMARY KEY (run_id, first)
) STRICT;

CREATE TABLE current_run (
    namespace        BLOB    NOT NULL,
    workflow_id      TEXT    NOT NULL,
    run_id           BLOB    NOT NULL,
    start_request_id TEXT    NOT NULL,
    status           INTEGER NOT NULL,
    PRIMARY KEY (namespace, workflow_id)
) STRICT, WITHOUT ROWID;

-- The key is the dispatch order of a queue; shard comes last because it only breaks ties.
CREATE TABLE backlog (
    namespace    BLOB    NOT NULL,
    queue        TEXT    NOT NULL,
    kind         INTEGER NOT NULL,
    priority     INTEGER NOT NULL,
    pass         INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    shard        INTEGER NOT NULL,
    workflow_id  TEXT    NOT NULL,
    run_id       BLOB    NOT NULL,
    scheduled_id INTEGER NOT NULL,
    attempt      INTEGER NOT NULL,
    ready_at     INTEGER NOT NULL, -- Unix microseconds
    PRIMARY KEY (namespace, queue, kind, priority, pass, seq, shard)
) STRICT, WITHOUT ROWID;

-- What List and Count read. The table itself is the order of a namespace's list, read backwards; new runs land at its right edge.
-- Times are Unix microseconds, so that they compare as the filter language compares them.
CREATE TABLE visibility (
    namespace          BLOB    NOT NULL,
    start_time         INTEGER NOT NULL,
    run_id             BLOB    NOT NULL,
    workflow_id        TEXT    NOT NULL,
    workflow_type      TEXT    NOT NULL,
    task_queue         TEXT    NOT NULL,
    status             INTEGER NOT NULL,
    execution_time     INTEGER NOT NULL,
    close_time         INTEGER,          -- null while open
    history_length     INTEGER NOT NULL,
    history_bytes      INTEGER NOT NULL,
    parent_workflow_id TEXT    NOT NULL,
    parent_run_id      BLOB,             -- null without parent
    root_workflow_id   TEXT    NOT NULL,
    root_run_id        BLOB,
    memo               BLOB,
    search             BLOB,
    PRIMARY KEY (namespace, start_time, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX visibility_workflow_id ON visibility (namespace, workflow_id, start_time, run_id);
CREATE INDEX visibility_type ON visibility (namespace, workflow_type, start_time, run_id);
-- Most runs have completed, so lists of completed runs read the table; the few others have an index of their own.
CREATE INDEX visibility_open ON visibility (namespace, start_time, run_id) WHERE close_time IS NULL;
CREATE INDEX visibility_unsuccessful ON visibility (namespace, status, start_time, run_id) WHERE status > 2;
CREATE INDEX visibility_closed ON visibility (namespace, close_time) WHERE close_time IS NOT NULL;

-- Without statistics the planner takes the unique key for every list. These are the proportions of a busy installation, made once and never
-- measured again, so that plans stay the same on every file: rows of the index, then rows per distinct prefix of its columns.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('visibility', 'visibility', '1000000 100000 1 1'),
    ('visibility', 'visibility_workflow_id', '1000000 100000 2 1 1'),
    ('visibility', 'visibility_type', '1000000 100000 5000 1 1'),
    ('visibility', 'visibility_open', '10000 1000 1 1'),
    ('visibility', 'visibility_unsuccessful', '50000 5000 1000 1 1'),
    ('visibility', 'visibility_closed', '1000000 100000 1');
ANALYZE sqlite_schema;
