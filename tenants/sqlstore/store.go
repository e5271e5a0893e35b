package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// Store implements tenants.Registry. It is safe for concurrent use.
type Store struct {
	write, read *sql.DB
	namespaceID func(orchestration.NamespaceID) any
}

var _ tenants.Registry = (*Store)(nil)

// New makes a store on a database whose migrations have been applied; read may be the same handle as write. Commits through write must be flushed.
// namespaceID is a namespace's id as an argument of a statement: the drivers keep namespaces themselves, each in its own way.
func New(write, read *sql.DB, namespaceID func(orchestration.NamespaceID) any) *Store {
	return &Store{write: write, read: read, namespaceID: namespaceID}
}

// keptChanges is how many changes the log keeps. Who has missed more takes everything for changed.
const keptChanges = 1000

// Change writes into the log that something of a tenant changes, in the transaction that changes it, before all else: transactions that do wait for each other
// there, and not in the middle.
func Change(ctx context.Context, s Session, t tenants.TenantID) error {
	var version int64
	if err := s.Row(ctx, `UPDATE access_version SET version = version + 1 WHERE one = 1 RETURNING version`, nil, &version); err != nil {
		return err
	}
	if err := s.Execute(ctx, `INSERT INTO access_change (version, tenant, at) VALUES ($1, $2, $3)`, version, t[:], time.Now().UnixMicro()); err != nil {
		return err
	}
	return s.Execute(ctx, `DELETE FROM access_change WHERE version <= $1`, version-keptChanges)
}

// change runs f in a transaction that changes what somebody may do in a tenant, and records d; any error of f undoes it. Changes happen one after the other.
func (s *Store) change(ctx context.Context, t tenants.TenantID, d audit.Deed, f func(*sql.Tx) error) error {
	return s.changeAs(ctx, t, func(tx *sql.Tx) (audit.Deed, error) { return d, f(tx) })
}

// changeAs is change for a deed that f finds out.
func (s *Store) changeAs(ctx context.Context, t tenants.TenantID, f func(*sql.Tx) (audit.Deed, error)) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		if err := Change(ctx, session{tx}, t); err != nil {
			return err
		}
		d, err := f(tx)
		if err != nil {
			return err
		}
		return Record(ctx, session{tx}, t, d)
	})
}

// record runs f in a transaction that changes nobody's rights but is worth recording, and records d.
func (s *Store) record(ctx context.Context, t tenants.TenantID, d audit.Deed, f func(*sql.Tx) error) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return Record(ctx, session{tx}, t, d)
	})
}

// transact runs f in a transaction; any error of f undoes it.
func (s *Store) transact(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // what f says is the reason
		return err
	}
	return tx.Commit()
}

// Changes implements tenants.ChangeLog. One statement sees the log and the version as of one moment.
func (s *Store) Changes(ctx context.Context, after int64) (changed []tenants.TenantID, version int64, whole bool, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT v.version, c.version, c.tenant FROM access_version v LEFT JOIN access_change c ON c.version > $1
		WHERE v.one = 1 ORDER BY c.version`, after)
	if err != nil {
		return nil, 0, false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	first := int64(0)
	for rows.Next() {
		var at sql.NullInt64
		var tenant []byte
		if err := rows.Scan(&version, &at, &tenant); err != nil {
			return nil, 0, false, err
		}
		if !at.Valid {
			continue
		}
		if first == 0 {
			first = at.Int64
		}
		changed = append(changed, tenants.TenantID(tenant))
	}
	// The log does not reach back that far, or this is another database than it was: restored from a copy, say.
	whole = version < after || first > after+1
	return changed, version, whole, rows.Err()
}
