-- +goose Up

ALTER TABLE session ADD COLUMN verified bigint NOT NULL DEFAULT 0; -- when the provider last vouched for the person
ALTER TABLE session ADD COLUMN tried bigint NOT NULL DEFAULT 0; -- when it was last asked to

-- Sign-ins that are under way: a browser has been sent to an identity provider.
CREATE TABLE sign_in (
    state     bytea NOT NULL PRIMARY KEY, -- SHA-256
    browser   bytea NOT NULL, -- SHA-256
    provider  text COLLATE "C" NOT NULL,
    secret    bytea NOT NULL, -- encrypted
    return_to text COLLATE "C" NOT NULL,
    link      bytea NOT NULL, -- SHA-256 of a set-up link; zero: none
    expires   bigint NOT NULL
);
CREATE INDEX sign_in_expires ON sign_in (expires);

-- One-time links that make whoever signs in with them an operator.
CREATE TABLE setup_link (
    hash    bytea NOT NULL PRIMARY KEY, -- SHA-256
    expires bigint NOT NULL,
    anyway  smallint NOT NULL -- 1: also when there is an operator already
);
