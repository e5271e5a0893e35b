-- +goose Up

ALTER TABLE namespace ADD COLUMN codec_endpoint text COLLATE "C" NOT NULL DEFAULT ''; -- of the codec server that browsers decode payloads with; empty: none
ALTER TABLE namespace ADD COLUMN codec_credentials boolean NOT NULL DEFAULT false; -- browsers send it their cookies for it
