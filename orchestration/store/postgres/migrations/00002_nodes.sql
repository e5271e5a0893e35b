-- +goose Up

-- Who lives: one row per life of a server process. A row is rewritten every few seconds, so nothing but the key is indexed and the page has room.
CREATE TABLE node (
    id      integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    address text        COLLATE "C" NOT NULL, -- where other nodes reach it
    mark    bytea       NOT NULL,             -- fingerprint of the secret that nodes know each other by
    version text        COLLATE "C" NOT NULL,
    joined  timestamptz NOT NULL,
    expires timestamptz NOT NULL,             -- end of the lease, by this database's clock
    leaving boolean     NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);

-- Who owns which shard, and how often that has changed: a row, not a sequence, because readers must not see the number before the change.
CREATE TABLE shard_moves (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    count  bigint  NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
INSERT INTO shard_moves (count) VALUES (0);
CREATE TABLE shard (
    shard smallint PRIMARY KEY,
    node  integer  NULL -- null: free
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0);
INSERT INTO shard (shard) SELECT generate_series(0, 1023);

-- A node reads the wakes of its own shards: the index alone answers for the others.
DROP INDEX wake_at;
CREATE INDEX wake_at ON wake (at, run_id) INCLUDE (shard);
