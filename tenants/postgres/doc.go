// Package postgres keeps the directory of tenants in a PostgreSQL database, beside the engine's tables and in transactions of its own.
package postgres
