-- +goose Up

-- Certificate authorities whose clients namespaces let in.
CREATE TABLE authority (
    id          bytea NOT NULL PRIMARY KEY,
    tenant      bytea NOT NULL REFERENCES tenant (id),
    namespace   bytea NOT NULL,
    name        text COLLATE "C" NOT NULL,
    certificate bytea NOT NULL, -- DER
    subject     bytea NOT NULL, -- SHA-256 of the certificate's subject
    filters     text COLLATE "C" NOT NULL, -- JSON; "": none
    permissions smallint NOT NULL, -- bits
    created     bigint NOT NULL,
    added_by    text COLLATE "C" NOT NULL,
    UNIQUE (namespace, name)
);
CREATE INDEX authority_tenant ON authority (tenant, id);
CREATE INDEX authority_subject ON authority (subject);
