package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
)

// ChangeAttributes implements tenants.Store. The one writer is held from before the reading.
func (s *Store) ChangeAttributes(ctx context.Context, id orchestration.NamespaceID, change func(search.Attributes) error) (err error) {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	// Written before it is read, so that the transaction has the write lock.
	if _, err = tx.ExecContext(ctx, `UPDATE namespace SET search_attributes = search_attributes WHERE id = ?`, id[:]); err != nil {
		return err
	}
	n, err := scan(tx.QueryRowContext(ctx, `SELECT `+columns+` FROM namespace WHERE id = ?`, id[:]))
	if err != nil {
		return err
	}
	if n.Attributes == nil {
		n.Attributes = search.Attributes{}
	}
	if err = change(n.Attributes); err != nil {
		return err
	}
	text, err := encodeAttributes(n.Attributes)
	if err != nil {
		return err
	}
	if _, err = tx.ExecContext(ctx, `UPDATE namespace SET search_attributes = ? WHERE id = ?`, text, id[:]); err != nil {
		return err
	}
	return tx.Commit()
}

// encodeAttributes is the column search_attributes: null without any.
func encodeAttributes(a search.Attributes) (any, error) {
	if len(a) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("encode search attributes: %w", err)
	}
	return string(b), nil
}
