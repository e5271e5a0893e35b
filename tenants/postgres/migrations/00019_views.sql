-- +goose Up

-- Lists of runs that namespaces keep by name.
CREATE TABLE saved_view (
    namespace bytea NOT NULL,
    name      text COLLATE "C" NOT NULL,
    tenant    bytea NOT NULL REFERENCES tenant (id),
    query     text COLLATE "C" NOT NULL,
    shown     text COLLATE "C" NOT NULL, -- columns, each on a line; "": the usual ones
    sort      text COLLATE "C" NOT NULL,
    created   bigint NOT NULL,
    saved_by  text COLLATE "C" NOT NULL,
    PRIMARY KEY (namespace, name)
);
CREATE INDEX saved_view_tenant ON saved_view (tenant);
