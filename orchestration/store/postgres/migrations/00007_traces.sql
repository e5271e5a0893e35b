-- +goose Up

-- Closed runs whose spans are to be sent to a collector; noted by the commit that closes them, gone when the collector has them. Its readers begin at the end
-- where rows have gone, so vacuum must come by often.
CREATE TABLE trace_owed (
    closed      timestamptz NOT NULL,
    run_id      uuid        NOT NULL,
    namespace   uuid        NOT NULL,
    workflow_id text        COLLATE "C" NOT NULL,
    shard       smallint    NOT NULL,
    trace       uuid        NOT NULL, -- 16 bytes
    span        bytea       NOT NULL, -- 8 bytes
    PRIMARY KEY (closed, run_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
