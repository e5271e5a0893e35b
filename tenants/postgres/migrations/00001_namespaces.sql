-- +goose Up

-- Texts compare byte for byte, whatever the database's locale.
CREATE TABLE namespace (
    id          uuid        NOT NULL PRIMARY KEY,
    name        text        COLLATE "C" NOT NULL UNIQUE,
    state       smallint    NOT NULL,
    description text        COLLATE "C" NOT NULL,
    owner_email text        COLLATE "C" NOT NULL,
    data        json,                  -- object of strings; null when empty. Not jsonb: kept as it was written
    retention   bigint      NOT NULL, -- nanoseconds
    created     timestamptz NOT NULL,
    updated     timestamptz NOT NULL
);
