-- +goose Up

-- Ids are 16 bytes, times are Unix microseconds, truth is 1.

CREATE TABLE tenant (
    id        BLOB NOT NULL PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE,
    title     TEXT NOT NULL,
    suspended INTEGER NOT NULL,
    protected INTEGER NOT NULL,
    created   INTEGER NOT NULL,
    updated   INTEGER NOT NULL
) STRICT;

CREATE TABLE person (
    id       BLOB NOT NULL PRIMARY KEY,
    issuer   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    name     TEXT NOT NULL,
    email    TEXT NOT NULL,
    disabled INTEGER NOT NULL,
    created  INTEGER NOT NULL,
    seen     INTEGER NOT NULL, -- 0: never
    UNIQUE (issuer, subject)
) STRICT;

CREATE TABLE member (
    tenant  BLOB NOT NULL REFERENCES tenant (id),
    person  BLOB NOT NULL REFERENCES person (id),
    created INTEGER NOT NULL,
    PRIMARY KEY (tenant, person)
) STRICT;
CREATE INDEX member_person ON member (person);

CREATE TABLE team (
    id      BLOB NOT NULL PRIMARY KEY,
    tenant  BLOB NOT NULL REFERENCES tenant (id),
    name    TEXT NOT NULL,
    issuer  TEXT NOT NULL, -- with claim: whom of an identity provider it is mapped to; both empty: nobody
    claim   TEXT NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (tenant, name)
) STRICT;
CREATE INDEX team_claim ON team (issuer, claim) WHERE claim <> '';

CREATE TABLE team_member (
    team    BLOB NOT NULL REFERENCES team (id),
    person  BLOB NOT NULL REFERENCES person (id),
    created INTEGER NOT NULL,
    PRIMARY KEY (team, person)
) STRICT;
CREATE INDEX team_member_person ON team_member (person);

CREATE TABLE account (
    id       BLOB NOT NULL PRIMARY KEY,
    tenant   BLOB NOT NULL REFERENCES tenant (id),
    name     TEXT NOT NULL,
    disabled INTEGER NOT NULL,
    created  INTEGER NOT NULL,
    UNIQUE (tenant, name)
) STRICT;

CREATE TABLE grant_held (
    id          BLOB NOT NULL PRIMARY KEY,
    tenant      BLOB NOT NULL, -- zero: the installation
    holder_kind INTEGER NOT NULL, -- 1 person, 2 team, 3 account
    holder      BLOB NOT NULL,
    role        INTEGER NOT NULL, -- 0: permissions in a namespace
    namespace   BLOB NOT NULL,
    permissions INTEGER NOT NULL, -- bits
    created     INTEGER NOT NULL,
    given_by    TEXT NOT NULL,
    UNIQUE (holder, tenant, namespace, role, permissions)
) STRICT;
CREATE INDEX grant_held_tenant ON grant_held (tenant, id);

CREATE TABLE api_key (
    id          TEXT NOT NULL PRIMARY KEY,
    tenant      BLOB NOT NULL REFERENCES tenant (id),
    holder_kind INTEGER NOT NULL,
    holder      BLOB NOT NULL,
    name        TEXT NOT NULL,
    hash        BLOB NOT NULL, -- SHA-256 of the secret
    created     INTEGER NOT NULL,
    expires     INTEGER NOT NULL, -- 0: never
    revoked     INTEGER NOT NULL, -- 0: it is not
    disabled    INTEGER NOT NULL,
    used        INTEGER NOT NULL, -- 0: never
    used_from   TEXT NOT NULL,
    replaces    TEXT NOT NULL
) STRICT;
CREATE INDEX api_key_tenant ON api_key (tenant, id);
CREATE INDEX api_key_holder ON api_key (holder);

CREATE TABLE api_key_scope (
    api_key     TEXT NOT NULL REFERENCES api_key (id) ON DELETE CASCADE,
    namespace   BLOB NOT NULL, -- zero: every one of the tenant
    permissions INTEGER NOT NULL,
    PRIMARY KEY (api_key, namespace)
) STRICT;

CREATE TABLE session (
    hash     BLOB NOT NULL PRIMARY KEY, -- SHA-256 of the id
    person   BLOB NOT NULL REFERENCES person (id),
    created  INTEGER NOT NULL,
    seen     INTEGER NOT NULL,
    expires  INTEGER NOT NULL,
    address  TEXT NOT NULL,
    agent    TEXT NOT NULL,
    provider TEXT NOT NULL,
    refresh  BLOB -- encrypted; null: none
) STRICT;
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE access_version (
    one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE access_change (
    version INTEGER NOT NULL PRIMARY KEY,
    tenant  BLOB NOT NULL, -- zero: anybody may be concerned
    at      INTEGER NOT NULL
) STRICT;

INSERT INTO access_version (one, version) VALUES (1, 0);

-- The tenant of everything that is older than tenants.
INSERT INTO tenant (id, name, title, suspended, protected, created, updated)
VALUES (x'00000000000000000000000000000001', 'default', 'Default', 0, 1, unixepoch() * 1000000, unixepoch() * 1000000);

ALTER TABLE namespace ADD COLUMN tenant BLOB NOT NULL DEFAULT x'00000000000000000000000000000001';
ALTER TABLE namespace ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0; -- 1: it accepts no calls that change anything

CREATE INDEX namespace_tenant ON namespace (tenant, name);
