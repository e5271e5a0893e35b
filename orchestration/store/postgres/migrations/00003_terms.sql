-- +goose Up

-- How many commits changed a run, once it has closed.
ALTER TABLE visibility ADD COLUMN transitions bigint;

-- The index of search attributes: one row per run, attribute and value, written when a run's attributes change, so that a run without any costs nothing. The key
-- is the order in which a list of one term is read; the other index answers for one run. The names of columns differ from those of visibility, so that neither
-- table's need a prefix in a filter.
CREATE TABLE visibility_term (
    ns      uuid        NOT NULL,
    term    bytea       NOT NULL,
    started timestamptz NOT NULL, -- start_time of the run
    run     uuid        NOT NULL,
    PRIMARY KEY (ns, term, started, run)
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE visibility_term ALTER COLUMN term SET STATISTICS 1000;
CREATE INDEX visibility_term_run ON visibility_term (run, term);

-- Of children only.
CREATE INDEX visibility_parent ON visibility (namespace, parent_workflow_id, start_time) WHERE parent_run_id IS NOT NULL;
CREATE INDEX visibility_parent_run ON visibility (namespace, parent_run_id, start_time) WHERE parent_run_id IS NOT NULL;
