package sqlite

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// reader answers from the pool of reading connections. Each method is one statement, so each answer is one snapshot.
type reader struct {
	db       *sql.DB
	prepared sync.Map // statement text -> *sql.Stmt
}

// query runs a constant statement, prepared once per connection, and hands every row to scan until there are none or scan says stop.
func (r *reader) query(ctx context.Context, text string, args []any, scan func(*sql.Rows) (more bool, err error)) error {
	stmt, err := r.prepare(ctx, text)
	if err != nil {
		return mapped(err)
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return mapped(err)
	}
	return mapped(each(rows, scan))
}

func (r *reader) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt, ok := r.prepared.Load(text); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := r.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if first, loaded := r.prepared.LoadOrStore(text, stmt); loaded {
		return first.(*sql.Stmt), stmt.Close()
	}
	return stmt, nil
}

func (r *reader) close() error {
	var errs []error
	r.prepared.Range(func(text, stmt any) bool {
		r.prepared.Delete(text)
		errs = append(errs, stmt.(*sql.Stmt).Close())
		return true
	})
	return errors.Join(errs...)
}

func each(rows *sql.Rows, scan func(*sql.Rows) (more bool, err error)) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if more, err := scan(rows); err != nil || !more {
			return err
		}
	}
	return rows.Err()
}

// id scans a 16-byte key without an allocation; null is the zero id.
type id [16]byte

// Scan implements sql.Scanner.
func (v *id) Scan(src any) error {
	*v = id{}
	if src == nil {
		return nil
	}
	b, ok := src.([]byte)
	if !ok || len(b) != len(v) {
		return orchestration.Errorf(orchestration.DataLoss, "a stored id is not 16 bytes")
	}
	copy(v[:], b)
	return nil
}

// keyList is a JSON array of the run ids in hexadecimal: one argument for any number of runs.
func keyList(keys []orchestration.RunKey) string {
	b := make([]byte, 0, 2+35*len(keys))
	b = append(b, '[')
	for i := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = hex.AppendEncode(b, keys[i].RunID[:])
		b = append(b, '"')
	}
	return string(append(b, ']'))
}

// shardSet is one byte per shard: 1 for those of the list. Null for none: all.
func shardSet(shards []orchestration.ShardID) any {
	if shards == nil {
		return nil
	}
	set := make([]byte, orchestration.Shards)
	for _, s := range shards {
		set[s] = 1
	}
	return set
}

func fromMilli(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).UTC()
}

func fromMicro(us sql.NullInt64) time.Time {
	if !us.Valid {
		return time.Time{}
	}
	return time.UnixMicro(us.Int64).UTC()
}
