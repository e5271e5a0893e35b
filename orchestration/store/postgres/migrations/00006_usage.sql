-- +goose Up

-- What namespaces use, counted in the commits of what is counted. Hours are whole ones since 1970, UTC. Stocks are changes; *_seconds are the same
-- changes times the seconds that were left of the hour. Every commit updates one row of its lane; no index has what changes, and pages have room, so
-- that the new versions stay in their page (HOT).
CREATE TABLE usage_lane (
    namespace        uuid    NOT NULL,
    hour             integer NOT NULL,
    lane             integer NOT NULL,
    starts           bigint  NOT NULL,
    resets           bigint  NOT NULL,
    children         bigint  NOT NULL,
    activities       bigint  NOT NULL,
    timers           bigint  NOT NULL,
    signals          bigint  NOT NULL,
    updates          bigint  NOT NULL,
    markers          bigint  NOT NULL,
    upserts          bigint  NOT NULL,
    open_runs        bigint  NOT NULL,
    active_bytes     bigint  NOT NULL,
    retained_bytes   bigint  NOT NULL,
    open_seconds     bigint  NOT NULL,
    active_seconds   bigint  NOT NULL,
    retained_seconds bigint  NOT NULL,
    PRIMARY KEY (namespace, hour, lane)
) WITH (fillfactor = 30, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- The same of hours that are over, of all lanes together.
CREATE TABLE usage_hour (
    namespace        uuid    NOT NULL,
    hour             integer NOT NULL,
    starts           bigint  NOT NULL,
    resets           bigint  NOT NULL,
    children         bigint  NOT NULL,
    activities       bigint  NOT NULL,
    timers           bigint  NOT NULL,
    signals          bigint  NOT NULL,
    updates          bigint  NOT NULL,
    markers          bigint  NOT NULL,
    upserts          bigint  NOT NULL,
    open_runs        bigint  NOT NULL,
    active_bytes     bigint  NOT NULL,
    retained_bytes   bigint  NOT NULL,
    open_seconds     bigint  NOT NULL,
    active_seconds   bigint  NOT NULL,
    retained_seconds bigint  NOT NULL,
    PRIMARY KEY (namespace, hour)
);
CREATE INDEX usage_hour_age ON usage_hour (hour);

-- The sum of the stocks of usage_hour, of rows that have been dropped too.
CREATE TABLE usage_total (
    namespace      uuid    NOT NULL PRIMARY KEY,
    open_runs      bigint  NOT NULL,
    active_bytes   bigint  NOT NULL,
    retained_bytes bigint  NOT NULL
);
