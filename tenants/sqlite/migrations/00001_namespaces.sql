-- +goose Up

CREATE TABLE namespace (
    id          BLOB    NOT NULL PRIMARY KEY, -- 16 bytes, random
    name        TEXT    NOT NULL UNIQUE,
    state       INTEGER NOT NULL,
    description TEXT    NOT NULL,
    owner_email TEXT    NOT NULL,
    data        TEXT,                         -- JSON object of strings; null when empty
    retention   INTEGER NOT NULL,             -- nanoseconds
    created     INTEGER NOT NULL,             -- Unix microseconds
    updated     INTEGER NOT NULL              -- Unix microseconds
) STRICT;
