-- +goose Up

-- Deleted runs whose history and items are more than one commit removes.
CREATE TABLE debris (
    run_id BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Long work that somebody asked for. Written a few times a second at most.
CREATE TABLE job (
    namespace BLOB    NOT NULL,
    id        TEXT    NOT NULL,
    shard     INTEGER NOT NULL,
    created   INTEGER NOT NULL, -- Unix microseconds
    version   INTEGER NOT NULL,
    open      INTEGER NOT NULL, -- 0 or 1
    spec      BLOB    NOT NULL,
    progress  BLOB    NOT NULL,
    PRIMARY KEY (namespace, id)
) STRICT;
CREATE INDEX job_created ON job (namespace, created, id);
CREATE INDEX job_open ON job (namespace, shard) WHERE open = 1;
