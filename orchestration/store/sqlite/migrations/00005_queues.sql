-- +goose Up

-- What operators set for task queues.
CREATE TABLE queue_config (
    namespace BLOB    NOT NULL,
    queue     TEXT    NOT NULL,
    kind      INTEGER NOT NULL,
    config    BLOB    NOT NULL, -- encoded TaskQueueConfig
    PRIMARY KEY (namespace, queue, kind)
) STRICT, WITHOUT ROWID;
