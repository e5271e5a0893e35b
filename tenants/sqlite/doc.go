// Package sqlite keeps the directory of tenants in an SQLite file, beside the engine's tables and in transactions of its own.
package sqlite
