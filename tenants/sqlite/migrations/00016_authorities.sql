-- +goose Up

-- Certificate authorities whose clients namespaces let in.
CREATE TABLE authority (
    id          BLOB NOT NULL PRIMARY KEY,
    tenant      BLOB NOT NULL REFERENCES tenant (id),
    namespace   BLOB NOT NULL,
    name        TEXT NOT NULL,
    certificate BLOB NOT NULL, -- DER
    subject     BLOB NOT NULL, -- SHA-256 of the certificate's subject
    filters     TEXT NOT NULL, -- JSON; "": none
    permissions INTEGER NOT NULL, -- bits
    created     INTEGER NOT NULL,
    added_by    TEXT NOT NULL,
    UNIQUE (namespace, name)
) STRICT;
CREATE INDEX authority_tenant ON authority (tenant, id);
CREATE INDEX authority_subject ON authority (subject);
