-- +goose Up

ALTER TABLE namespace ADD COLUMN codec_endpoint TEXT NOT NULL DEFAULT ''; -- of the codec server that browsers decode payloads with; empty: none
ALTER TABLE namespace ADD COLUMN codec_credentials INTEGER NOT NULL DEFAULT 0; -- 1: browsers send it their cookies for it
