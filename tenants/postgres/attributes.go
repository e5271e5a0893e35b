package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
)

// ChangeAttributes implements tenants.Store. The row is locked from before the reading.
func (s *Store) ChangeAttributes(ctx context.Context, id orchestration.NamespaceID, change func(search.Attributes) error) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM namespace WHERE id = $1 FOR UPDATE`, [16]byte(id)))
		if err != nil {
			return err
		}
		if n.Attributes == nil {
			n.Attributes = search.Attributes{}
		}
		if err := change(n.Attributes); err != nil {
			return err
		}
		text, err := encodeAttributes(n.Attributes)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE namespace SET search_attributes = $1 WHERE id = $2`, text, [16]byte(id))
		return err
	})
}

// encodeAttributes is the column search_attributes: null without any.
func encodeAttributes(a search.Attributes) ([]byte, error) {
	if len(a) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("encode search attributes: %w", err)
	}
	return b, nil
}
