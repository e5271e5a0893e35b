-- +goose Up

ALTER TABLE namespace ADD COLUMN search_attributes TEXT; -- JSON object, name to number of the type; null when there are none
