package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/tenants/sqlstore"
)

// session is a transaction in which something is recorded.
type session struct{ tx pgx.Tx }

// Execute implements sqlstore.Session.
func (s session) Execute(ctx context.Context, text string, args ...any) error {
	_, err := s.tx.Exec(ctx, text, args...)
	return err
}

// Row implements sqlstore.Session.
func (s session) Row(ctx context.Context, text string, args []any, into ...any) error {
	err := s.tx.QueryRow(ctx, text, args...).Scan(into...)
	if errors.Is(err, pgx.ErrNoRows) {
		return sqlstore.ErrNoRow
	}
	return err
}
