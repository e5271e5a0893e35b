-- +goose Up

-- What a namespace may do; 0 is no bound.
ALTER TABLE namespace ADD COLUMN quota_requests bigint NOT NULL DEFAULT 0;  -- per second
ALTER TABLE namespace ADD COLUMN quota_starts bigint NOT NULL DEFAULT 0;    -- per second
ALTER TABLE namespace ADD COLUMN quota_pollers bigint NOT NULL DEFAULT 0;   -- at once
ALTER TABLE namespace ADD COLUMN quota_open_runs bigint NOT NULL DEFAULT 0; -- at once
ALTER TABLE namespace ADD COLUMN quota_retained bigint NOT NULL DEFAULT 0;  -- bytes of closed runs
