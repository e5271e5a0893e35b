-- +goose Up

-- Deleted runs whose history and items are more than one commit removes: few, and soon gone.
CREATE TABLE debris (
    run_id uuid NOT NULL PRIMARY KEY
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Long work that somebody asked for. progress is rewritten several times a second while a job goes on, and nothing that changes then is indexed, so that
-- the new versions stay in their page (HOT); spec, which may be large, is stored beside the row and not copied.
CREATE TABLE job (
    namespace uuid        NOT NULL,
    id        text        COLLATE "C" NOT NULL,
    shard     smallint    NOT NULL,
    created   timestamptz NOT NULL,
    version   bigint      NOT NULL,
    open      boolean     NOT NULL,
    progress  bytea       NOT NULL,
    spec      bytea       NOT NULL,
    PRIMARY KEY (namespace, id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX job_created ON job (namespace, created, id);
CREATE INDEX job_open ON job (namespace) WHERE open;

-- Runs leave now. What leaves is the oldest, so whole pages become free at the left end of history and of the indexes; vacuum must come by often enough that
-- new rows find them: after a fiftieth of the table has gone, not a fifth.
ALTER TABLE history SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
ALTER TABLE visibility SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE run SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE current_run SET (autovacuum_vacuum_scale_factor = 0.02);
