-- +goose Up

ALTER TABLE namespace ADD COLUMN search_attributes json; -- object, name to number of the type; null when there are none
