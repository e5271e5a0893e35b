-- +goose Up

-- How many commits changed a run, once it has closed.
ALTER TABLE visibility ADD COLUMN transitions INTEGER;

-- The index of search attributes: one row per run, attribute and value, written when a run's attributes change, so that a run without any costs nothing. The
-- table is the order in which a list of one term is read; the index answers for one run. The names of columns differ from those of visibility, so that neither
-- table's need a prefix in a filter.
CREATE TABLE visibility_term (
    ns      BLOB    NOT NULL,
    term    BLOB    NOT NULL,
    started INTEGER NOT NULL, -- start_time of the run
    run     BLOB    NOT NULL,
    PRIMARY KEY (ns, term, started, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX visibility_term_run ON visibility_term (run, term);

-- Of children only.
CREATE INDEX visibility_parent ON visibility (namespace, parent_workflow_id, start_time, run_id) WHERE parent_run_id IS NOT NULL;
CREATE INDEX visibility_parent_run ON visibility (namespace, parent_run_id, start_time, run_id) WHERE parent_run_id IS NOT NULL;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('visibility_term', 'visibility_term', '1000000 100000 50 1 1'),
    ('visibility_term', 'visibility_term_run', '1000000 4 1 1 1'),
    ('visibility', 'visibility_parent', '100000 10000 10 1 1'),
    ('visibility', 'visibility_parent_run', '100000 10000 10 1 1');
ANALYZE sqlite_schema;
