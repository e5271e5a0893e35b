-- +goose Up

ALTER TABLE namespace ADD COLUMN version INTEGER NOT NULL DEFAULT 1;     -- grows with every change
ALTER TABLE namespace ADD COLUMN protected INTEGER NOT NULL DEFAULT 0;   -- 1: it cannot be deleted
ALTER TABLE namespace ADD COLUMN former_name TEXT;                       -- of a deleted one: the name that it gave back when it was last updated
ALTER TABLE namespace ADD COLUMN remove_after INTEGER;                   -- of a deleted one: Unix microseconds; the row stays until then

CREATE INDEX namespace_former_name ON namespace (former_name) WHERE former_name IS NOT NULL;

-- Its id is that of the installation.
UPDATE namespace SET protected = 1 WHERE name = 'default';
