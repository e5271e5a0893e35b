-- +goose Up

ALTER TABLE session ADD COLUMN within text COLLATE "C" NOT NULL DEFAULT ''; -- what the provider calls its own session
CREATE INDEX session_within ON session (provider, within);

-- What providers have told of sessions that have ended there: each counts once, and no session begins within one that has ended.
CREATE TABLE logout (
    id       bytea NOT NULL PRIMARY KEY, -- SHA-256 of the provider and its name of the message
    provider text COLLATE "C" NOT NULL,
    within   text COLLATE "C" NOT NULL, -- empty: all of somebody's
    expires  bigint NOT NULL
);
CREATE INDEX logout_expires ON logout (expires);
