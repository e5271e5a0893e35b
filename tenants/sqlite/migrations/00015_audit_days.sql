-- +goose Up

ALTER TABLE tenant ADD COLUMN audit_days INTEGER NOT NULL DEFAULT 0; -- how long its audit records stay; 0: as long as the installation's
