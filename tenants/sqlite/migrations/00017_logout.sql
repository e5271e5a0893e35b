-- +goose Up

ALTER TABLE session ADD COLUMN within TEXT NOT NULL DEFAULT ''; -- what the provider calls its own session
CREATE INDEX session_within ON session (provider, within);

-- What providers have told of sessions that have ended there: each counts once, and no session begins within one that has ended.
CREATE TABLE logout (
    id       BLOB NOT NULL PRIMARY KEY, -- SHA-256 of the provider and its name of the message
    provider TEXT NOT NULL,
    within   TEXT NOT NULL, -- empty: all of somebody's
    expires  INTEGER NOT NULL
) STRICT;
CREATE INDEX logout_expires ON logout (expires);
