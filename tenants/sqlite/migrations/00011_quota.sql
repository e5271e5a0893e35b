-- +goose Up

-- What a namespace may do; 0 is no bound.
ALTER TABLE namespace ADD COLUMN quota_requests INTEGER NOT NULL DEFAULT 0;  -- per second
ALTER TABLE namespace ADD COLUMN quota_starts INTEGER NOT NULL DEFAULT 0;    -- per second
ALTER TABLE namespace ADD COLUMN quota_pollers INTEGER NOT NULL DEFAULT 0;   -- at once
ALTER TABLE namespace ADD COLUMN quota_open_runs INTEGER NOT NULL DEFAULT 0; -- at once
ALTER TABLE namespace ADD COLUMN quota_retained INTEGER NOT NULL DEFAULT 0;  -- bytes of closed runs
