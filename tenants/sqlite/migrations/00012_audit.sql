-- +goose Up

-- One chain of records per tenant, zero: the installation. Who appends holds its row.
CREATE TABLE audit_chain (
    tenant BLOB NOT NULL PRIMARY KEY,
    first  INTEGER NOT NULL, -- sequence of the oldest record
    anchor BLOB NOT NULL, -- hash of the record before it, which is gone
    last   INTEGER NOT NULL,
    head   BLOB NOT NULL  -- hash of the last record
) STRICT;

CREATE TABLE audit (
    tenant         BLOB NOT NULL,
    sequence       INTEGER NOT NULL,
    at             INTEGER NOT NULL, -- Unix microseconds
    plane          TEXT NOT NULL,
    namespace      TEXT NOT NULL,
    action         TEXT NOT NULL,
    resource       TEXT NOT NULL,
    run            TEXT NOT NULL,
    principal      TEXT NOT NULL,
    principal_name TEXT NOT NULL,
    credential     TEXT NOT NULL,
    credential_id  TEXT NOT NULL,
    address        TEXT NOT NULL,
    request        TEXT NOT NULL,
    code           TEXT NOT NULL,
    changes        TEXT NOT NULL, -- JSON; empty: none
    hash           BLOB NOT NULL,
    PRIMARY KEY (tenant, sequence)
) STRICT, WITHOUT ROWID;

ALTER TABLE namespace ADD COLUMN audit INTEGER NOT NULL DEFAULT 0; -- which calls are recorded: tenants.AuditLevel
