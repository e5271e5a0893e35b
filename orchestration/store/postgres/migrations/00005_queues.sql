-- +goose Up

-- What operators set for task queues.
CREATE TABLE queue_config (
    namespace uuid     NOT NULL,
    queue     text     COLLATE "C" NOT NULL,
    kind      smallint NOT NULL,
    config    bytea    NOT NULL, -- encoded TaskQueueConfig
    PRIMARY KEY (namespace, queue, kind)
);
