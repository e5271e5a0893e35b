-- +goose Up

-- Texts compare byte for byte, whatever the database's locale: COLLATE "C" everywhere. Columns that never change stand first.

-- Fencing epochs, and whose backend commits through the lane: a takeover ends that one if it sits on the row.
CREATE TABLE lane (
    lane    integer     PRIMARY KEY,
    epoch   bigint      NOT NULL,
    pid     integer     NOT NULL, -- backend of the lane's connection
    started timestamptz NOT NULL  -- when that backend started: process ids are used again
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);

-- Rewritten by every commit, so no index on what changes, and half of each page stays free: runs that start together are updated together, by
-- one transaction, and the new versions of a whole page must find room in it beside the old ones to stay there (HOT).
CREATE TABLE run (
    run_id      uuid     NOT NULL PRIMARY KEY, -- UUIDv7: new ones go to the right edge
    namespace   uuid     NOT NULL,
    shard       smallint NOT NULL,
    workflow_id text     COLLATE "C" NOT NULL,
    version     bigint   NOT NULL,
    state       bytea    NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.05);

CREATE TABLE item (
    run_id uuid     NOT NULL,
    kind   smallint NOT NULL,
    id     text     COLLATE "C" NOT NULL,
    data   bytea    NOT NULL,
    PRIMARY KEY (run_id, kind, id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000);

-- Written once, appended. Vacuum only has to freeze it.
CREATE TABLE history (
    run_id uuid   NOT NULL,
    first  bigint NOT NULL,
    last   bigint NOT NULL,
    events bytea  NOT NULL,
    PRIMARY KEY (run_id, first)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.1);
ALTER TABLE history ALTER COLUMN events SET STORAGE EXTERNAL; -- compressed already

CREATE TABLE current_run (
    namespace        uuid    NOT NULL,
    workflow_id      text    COLLATE "C" NOT NULL,
    run_id           uuid    NOT NULL,
    status           integer NOT NULL,
    start_request_id text    COLLATE "C" NOT NULL,
    PRIMARY KEY (namespace, workflow_id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000);

-- At most one row per open run, written twice in a short run's life: vacuumed early, or the dead entries at the due end of the index slow the scan.
CREATE TABLE wake (
    run_id uuid        NOT NULL PRIMARY KEY,
    shard  smallint    NOT NULL,
    at     timestamptz NOT NULL -- whole milliseconds, rounded down
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX wake_at ON wake (at, run_id);

-- The key is the dispatch order of a queue; shard comes last because it only breaks ties.
CREATE TABLE backlog (
    namespace    uuid        NOT NULL,
    queue        text        COLLATE "C" NOT NULL,
    kind         smallint    NOT NULL,
    priority     integer     NOT NULL,
    pass         bigint      NOT NULL,
    seq          bigint      NOT NULL,
    shard        smallint    NOT NULL,
    workflow_id  text        COLLATE "C" NOT NULL,
    run_id       uuid        NOT NULL,
    scheduled_id bigint      NOT NULL,
    attempt      integer     NOT NULL,
    ready_at     timestamptz NOT NULL,
    PRIMARY KEY (namespace, queue, kind, priority, pass, seq, shard)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- What List and Count read. The key is the order of a namespace's list, read backwards. A run's row changes once, when it closes.
CREATE TABLE visibility (
    namespace          uuid        NOT NULL,
    start_time         timestamptz NOT NULL,
    run_id             uuid        NOT NULL,
    workflow_id        text        COLLATE "C" NOT NULL,
    workflow_type      text        COLLATE "C" NOT NULL,
    task_queue         text        COLLATE "C" NOT NULL,
    status             integer     NOT NULL,
    execution_time     timestamptz NOT NULL,
    close_time         timestamptz,          -- null while open
    history_length     bigint      NOT NULL,
    history_bytes      bigint      NOT NULL,
    parent_workflow_id text        COLLATE "C" NOT NULL,
    parent_run_id      uuid,                 -- null without parent
    root_workflow_id   text        COLLATE "C" NOT NULL,
    root_run_id        uuid,
    memo               bytea,
    search             bytea,
    PRIMARY KEY (namespace, start_time, run_id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.02);

-- Without the run id, which only breaks ties: a list sorts the few runs of one microsecond.
CREATE INDEX visibility_workflow_id ON visibility (namespace, workflow_id, start_time);
CREATE INDEX visibility_type ON visibility (namespace, workflow_type, start_time);
-- Most runs have completed, so lists of completed runs read the key; the few others have an index of their own.
CREATE INDEX visibility_open ON visibility (namespace, start_time, run_id) WHERE close_time IS NULL;
CREATE INDEX visibility_unsuccessful ON visibility (namespace, status, start_time, run_id) WHERE status > 2;
CREATE INDEX visibility_closed ON visibility (namespace, close_time) WHERE close_time IS NOT NULL;

-- Ends a batch with a code that tells fence (TN001) from conflict (TN002): an error in one statement of a pipeline undoes all of it.
-- It is volatile, so that no planner calls it early.
-- +goose StatementBegin
CREATE FUNCTION tenuto_refuse(code text, reason text) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = code, MESSAGE = reason;
END
$$;
-- +goose StatementEnd
