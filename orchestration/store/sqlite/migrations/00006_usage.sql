-- +goose Up

-- What namespaces use, counted in the commits of what is counted. Hours are whole ones since 1970, UTC. Stocks are changes; *_seconds are the same
-- changes times the seconds that were left of the hour.
CREATE TABLE usage_lane (
    namespace        BLOB    NOT NULL,
    hour             INTEGER NOT NULL,
    lane             INTEGER NOT NULL,
    starts           INTEGER NOT NULL,
    resets           INTEGER NOT NULL,
    children         INTEGER NOT NULL,
    activities       INTEGER NOT NULL,
    timers           INTEGER NOT NULL,
    signals          INTEGER NOT NULL,
    updates          INTEGER NOT NULL,
    markers          INTEGER NOT NULL,
    upserts          INTEGER NOT NULL,
    open_runs        INTEGER NOT NULL,
    active_bytes     INTEGER NOT NULL,
    retained_bytes   INTEGER NOT NULL,
    open_seconds     INTEGER NOT NULL,
    active_seconds   INTEGER NOT NULL,
    retained_seconds INTEGER NOT NULL,
    PRIMARY KEY (namespace, hour, lane)
) STRICT, WITHOUT ROWID;

-- The same of hours that are over, of all lanes together.
CREATE TABLE usage_hour (
    namespace        BLOB    NOT NULL,
    hour             INTEGER NOT NULL,
    starts           INTEGER NOT NULL,
    resets           INTEGER NOT NULL,
    children         INTEGER NOT NULL,
    activities       INTEGER NOT NULL,
    timers           INTEGER NOT NULL,
    signals          INTEGER NOT NULL,
    updates          INTEGER NOT NULL,
    markers          INTEGER NOT NULL,
    upserts          INTEGER NOT NULL,
    open_runs        INTEGER NOT NULL,
    active_bytes     INTEGER NOT NULL,
    retained_bytes   INTEGER NOT NULL,
    open_seconds     INTEGER NOT NULL,
    active_seconds   INTEGER NOT NULL,
    retained_seconds INTEGER NOT NULL,
    PRIMARY KEY (namespace, hour)
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_hour_age ON usage_hour (hour);

-- The sum of the stocks of usage_hour, of rows that have been dropped too.
CREATE TABLE usage_total (
    namespace      BLOB    NOT NULL PRIMARY KEY,
    open_runs      INTEGER NOT NULL,
    active_bytes   INTEGER NOT NULL,
    retained_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
