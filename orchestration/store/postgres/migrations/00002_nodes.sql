-- +goose Up

-- Who serves this database without being a node (lanes below 64) is fenced here: from now on nodes share it.
DELETE FROM lane;

-- A row per life of a server process. Every node rewrites its own every few seconds, so there is no index on what changes, and most of the page
-- stays free: each update stays in it (HOT), also while a long transaction keeps the old versions.
CREATE TABLE node (
    id      integer     GENERATED ALWAYS AS IDENTITY (MAXVALUE 33554431) PRIMARY KEY, -- 64 lane ids each, and those are integers too
    joined  timestamptz NOT NULL,
    expires timestamptz NOT NULL, -- by this database's clock, clock_timestamp()
    leaving boolean     NOT NULL,
    address text        COLLATE "C" NOT NULL,
    version text        COLLATE "C" NOT NULL,
    mark    bytea       NOT NULL CHECK (octet_length(mark) <= 32)
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);

-- Who owns which shard. moves counts the changes of its row's owner: the sum over all rows tells readers whether anything has moved, without a row
-- that every change would have to queue for. (A sequence would not do: it shows its next value before the change is committed.)
CREATE TABLE shard (
    shard smallint PRIMARY KEY,
    node  integer,         -- null: free
    moves bigint   NOT NULL
) WITH (fillfactor = 40, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);
INSERT INTO shard (shard, moves) SELECT shard, 0 FROM generate_series(0, 1023) AS s (shard);

-- Scans of these tables stop after a page of rows: no use of parallel workers, whose start alone takes longer.
ALTER TABLE wake SET (parallel_workers = 0);
ALTER TABLE backlog SET (parallel_workers = 0);
