-- +goose Up

ALTER TABLE session ADD COLUMN verified INTEGER NOT NULL DEFAULT 0; -- when the provider last vouched for the person
ALTER TABLE session ADD COLUMN tried INTEGER NOT NULL DEFAULT 0; -- when it was last asked to

-- Sign-ins that are under way: a browser has been sent to an identity provider.
CREATE TABLE sign_in (
    state     BLOB NOT NULL PRIMARY KEY, -- SHA-256
    browser   BLOB NOT NULL, -- SHA-256
    provider  TEXT NOT NULL,
    secret    BLOB NOT NULL, -- encrypted
    return_to TEXT NOT NULL,
    link      BLOB NOT NULL, -- SHA-256 of a set-up link; zero: none
    expires   INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_expires ON sign_in (expires);

-- One-time links that make whoever signs in with them an operator.
CREATE TABLE setup_link (
    hash    BLOB NOT NULL PRIMARY KEY, -- SHA-256
    expires INTEGER NOT NULL,
    anyway  INTEGER NOT NULL -- 1: also when there is an operator already
) STRICT;
