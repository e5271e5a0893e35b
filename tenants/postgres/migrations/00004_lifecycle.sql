-- +goose Up

ALTER TABLE namespace
    ADD COLUMN version      bigint      NOT NULL DEFAULT 1,     -- grows with every change
    ADD COLUMN protected    boolean     NOT NULL DEFAULT false, -- it cannot be deleted
    ADD COLUMN former_name  text        COLLATE "C",            -- of a deleted one: the name that it gave back when it was last updated
    ADD COLUMN remove_after timestamptz;                        -- of a deleted one: the row stays until then

CREATE INDEX namespace_former_name ON namespace (former_name) WHERE former_name IS NOT NULL;

-- Its id is that of the installation.
UPDATE namespace SET protected = true WHERE name = 'default';
