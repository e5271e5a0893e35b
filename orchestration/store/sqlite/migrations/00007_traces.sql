-- +goose Up

-- Closed runs whose spans are to be sent to a collector; noted by the commit that closes them, gone when the collector has them.
CREATE TABLE trace_owed (
    closed      INTEGER NOT NULL, -- Unix microseconds
    run_id      BLOB    NOT NULL,
    namespace   BLOB    NOT NULL,
    workflow_id TEXT    NOT NULL,
    shard       INTEGER NOT NULL,
    trace       BLOB    NOT NULL, -- 16 bytes
    span        BLOB    NOT NULL, -- 8 bytes
    PRIMARY KEY (closed, run_id)
) STRICT, WITHOUT ROWID;
