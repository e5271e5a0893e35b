-- +goose Up

-- Ids are 16 bytes, times are Unix microseconds, truth is 1.

CREATE TABLE tenant (
    id        bytea NOT NULL PRIMARY KEY,
    name      text COLLATE "C" NOT NULL UNIQUE,
    title     text COLLATE "C" NOT NULL,
    suspended smallint NOT NULL,
    protected smallint NOT NULL,
    created   bigint NOT NULL,
    updated   bigint NOT NULL
);

CREATE TABLE person (
    id       bytea NOT NULL PRIMARY KEY,
    issuer   text COLLATE "C" NOT NULL,
    subject  text COLLATE "C" NOT NULL,
    name     text COLLATE "C" NOT NULL,
    email    text COLLATE "C" NOT NULL,
    disabled smallint NOT NULL,
    created  bigint NOT NULL,
    seen     bigint NOT NULL, -- 0: never
    UNIQUE (issuer, subject)
);

CREATE TABLE member (
    tenant  bytea NOT NULL REFERENCES tenant (id),
    person  bytea NOT NULL REFERENCES person (id),
    created bigint NOT NULL,
    PRIMARY KEY (tenant, person)
);
CREATE INDEX member_person ON member (person);

CREATE TABLE team (
    id      bytea NOT NULL PRIMARY KEY,
    tenant  bytea NOT NULL REFERENCES tenant (id),
    name    text COLLATE "C" NOT NULL,
    issuer  text COLLATE "C" NOT NULL, -- with claim: whom of an identity provider it is mapped to; both empty: nobody
    claim   text COLLATE "C" NOT NULL,
    created bigint NOT NULL,
    UNIQUE (tenant, name)
);
CREATE INDEX team_claim ON team (issuer, claim) WHERE claim <> '';

CREATE TABLE team_member (
    team    bytea NOT NULL REFERENCES team (id),
    person  bytea NOT NULL REFERENCES person (id),
    created bigint NOT NULL,
    PRIMARY KEY (team, person)
);
CREATE INDEX team_member_person ON team_member (person);

CREATE TABLE account (
    id       bytea NOT NULL PRIMARY KEY,
    tenant   bytea NOT NULL REFERENCES tenant (id),
    name     text COLLATE "C" NOT NULL,
    disabled smallint NOT NULL,
    created  bigint NOT NULL,
    UNIQUE (tenant, name)
);

CREATE TABLE grant_held (
    id          bytea NOT NULL PRIMARY KEY,
    tenant      bytea NOT NULL, -- zero: the installation
    holder_kind smallint NOT NULL, -- 1 person, 2 team, 3 account
    holder      bytea NOT NULL,
    role        smallint NOT NULL, -- 0: permissions in a namespace
    namespace   bytea NOT NULL,
    permissions smallint NOT NULL, -- bits
    created     bigint NOT NULL,
    given_by    text COLLATE "C" NOT NULL,
    UNIQUE (holder, tenant, namespace, role, permissions)
);
CREATE INDEX grant_held_tenant ON grant_held (tenant, id);

CREATE TABLE api_key (
    id          text COLLATE "C" NOT NULL PRIMARY KEY,
    tenant      bytea NOT NULL REFERENCES tenant (id),
    holder_kind smallint NOT NULL,
    holder      bytea NOT NULL,
    name        text COLLATE "C" NOT NULL,
    hash        bytea NOT NULL, -- SHA-256 of the secret
    created     bigint NOT NULL,
    expires     bigint NOT NULL, -- 0: never
    revoked     bigint NOT NULL, -- 0: it is not
    disabled    smallint NOT NULL,
    used        bigint NOT NULL, -- 0: never
    used_from   text COLLATE "C" NOT NULL,
    replaces    text COLLATE "C" NOT NULL
);
CREATE INDEX api_key_tenant ON api_key (tenant, id);
CREATE INDEX api_key_holder ON api_key (holder);

CREATE TABLE api_key_scope (
    api_key     text COLLATE "C" NOT NULL REFERENCES api_key (id) ON DELETE CASCADE,
    namespace   bytea NOT NULL, -- zero: every one of the tenant
    permissions smallint NOT NULL,
    PRIMARY KEY (api_key, namespace)
);

CREATE TABLE session (
    hash     bytea NOT NULL PRIMARY KEY, -- SHA-256 of the id
    person   bytea NOT NULL REFERENCES person (id),
    created  bigint NOT NULL,
    seen     bigint NOT NULL,
    expires  bigint NOT NULL,
    address  text COLLATE "C" NOT NULL,
    agent    text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL,
    refresh  bytea -- encrypted; null: none
);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE access_version (
    one     smallint NOT NULL PRIMARY KEY CHECK (one = 1),
    version bigint NOT NULL
);

CREATE TABLE access_change (
    version bigint NOT NULL PRIMARY KEY,
    tenant  bytea NOT NULL, -- zero: anybody may be concerned
    at      bigint NOT NULL
);

INSERT INTO access_version (one, version) VALUES (1, 0);

-- The tenant of everything that is older than tenants.
INSERT INTO tenant (id, name, title, suspended, protected, created, updated)
VALUES ('\x00000000000000000000000000000001', 'default', 'Default', 0, 1, (extract(epoch FROM now()) * 1000000)::bigint, (extract(epoch FROM now()) * 1000000)::bigint);

ALTER TABLE namespace
    ADD COLUMN tenant    bytea   NOT NULL DEFAULT '\x00000000000000000000000000000001' REFERENCES tenant (id),
    ADD COLUMN suspended boolean NOT NULL DEFAULT false; -- it accepts no calls that change anything

CREATE INDEX namespace_tenant ON namespace (tenant, name);
