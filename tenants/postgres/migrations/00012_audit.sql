-- +goose Up

-- One chain of records per tenant, zero: the installation. Who appends holds its row.
CREATE TABLE audit_chain (
    tenant bytea NOT NULL PRIMARY KEY,
    first  bigint NOT NULL, -- sequence of the oldest record
    anchor bytea NOT NULL, -- hash of the record before it, which is gone
    last   bigint NOT NULL,
    head   bytea NOT NULL  -- hash of the last record
);

CREATE TABLE audit (
    tenant         bytea NOT NULL,
    sequence       bigint NOT NULL,
    at             bigint NOT NULL, -- Unix microseconds
    plane          text COLLATE "C" NOT NULL,
    namespace      text COLLATE "C" NOT NULL,
    action         text COLLATE "C" NOT NULL,
    resource       text COLLATE "C" NOT NULL,
    run            text COLLATE "C" NOT NULL,
    principal      text COLLATE "C" NOT NULL,
    principal_name text COLLATE "C" NOT NULL,
    credential     text COLLATE "C" NOT NULL,
    credential_id  text COLLATE "C" NOT NULL,
    address        text COLLATE "C" NOT NULL,
    request        text COLLATE "C" NOT NULL,
    code           text COLLATE "C" NOT NULL,
    changes        text COLLATE "C" NOT NULL, -- JSON; empty: none
    hash           bytea NOT NULL,
    PRIMARY KEY (tenant, sequence)
);

ALTER TABLE namespace ADD COLUMN audit smallint NOT NULL DEFAULT 0; -- which calls are recorded: tenants.AuditLevel
