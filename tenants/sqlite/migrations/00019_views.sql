-- +goose Up

-- Lists of runs that namespaces keep by name.
CREATE TABLE saved_view (
    namespace BLOB NOT NULL,
    name      TEXT NOT NULL,
    tenant    BLOB NOT NULL REFERENCES tenant (id),
    query     TEXT NOT NULL,
    shown     TEXT NOT NULL, -- columns, each on a line; "": the usual ones
    sort      TEXT NOT NULL,
    created   INTEGER NOT NULL,
    saved_by  TEXT NOT NULL,
    PRIMARY KEY (namespace, name)
) STRICT;
CREATE INDEX saved_view_tenant ON saved_view (tenant);
