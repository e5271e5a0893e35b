package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// Journal implements audit.Journal. It is safe for concurrent use.
type Journal struct{ store Store }

var _ audit.Journal = (*Journal)(nil)

// NewJournal makes a journal on a database whose migrations have been applied; read may be the same handle as write. Commits through write must be flushed.
func NewJournal(write, read *sql.DB) *Journal { return &Journal{Store{write: write, read: read}} }

// Session executes statements of one transaction.
type Session interface {
	Execute(ctx context.Context, text string, args ...any) error
	// Row reads the only row of a query. Errors: ErrNoRow.
	Row(ctx context.Context, text string, args []any, into ...any) error
}

// ErrNoRow is what Session.Row answers when there is no row.
var ErrNoRow = errors.New("no row")

// Record writes what was done into the chain of its tenant, in the transaction that does it.
func Record(ctx context.Context, s Session, t tenants.TenantID, d audit.Deed) error {
	if d.Action == "" {
		return nil
	}
	return link(ctx, s, t, []audit.Event{audit.Of(ctx, t, d)})
}

// Append implements audit.Journal.
func (j *Journal) Append(ctx context.Context, events []audit.Event) error {
	of := map[tenants.TenantID][]audit.Event{}
	for _, e := range events {
		of[e.Tenant] = append(of[e.Tenant], e.Bounded())
	}
	return j.store.transact(ctx, func(tx *sql.Tx) error { return linkAll(ctx, session{tx}, of) })
}

// linkAll appends to several chains. They are held in the order of their tenants, so that no two that append wait for each other.
func linkAll(ctx context.Context, s Session, of map[tenants.TenantID][]audit.Event) error {
	order := slices.SortedFunc(maps.Keys(of), func(a, b tenants.TenantID) int { return slices.Compare(a[:], b[:]) })
	for _, t := range order {
		if err := link(ctx, s, t, of[t]); err != nil {
			return err
		}
	}
	return nil
}

// link appends events to a tenant's chain, whose row it holds until the transaction ends.
func link(ctx context.Context, s Session, t tenants.TenantID, events []audit.Event) error {
	before, err := hold(ctx, s, t, len(events))
	if err != nil {
		return fmt.Errorf("hold the audit chain of tenant %s: %w", t, err)
	}
	records := audit.Append(before, events)
	for batch := range slices.Chunk(records, insertRecords) {
		if err := insert(ctx, s, batch); err != nil {
			return fmt.Errorf("write audit records: %w", err)
		}
	}
	head := records[len(records)-1].Hash
	return s.Execute(ctx, `UPDATE audit_chain SET head = $1 WHERE tenant = $2`, head[:], t[:])
}

// hold takes n sequence numbers of a chain, and returns its head before that. It founds the chain when there is none.
func hold(ctx context.Context, s Session, t tenants.TenantID, n int) (audit.Link, error) {
	var last int64
	var head []byte
	take := func() error {
		return s.Row(ctx, `UPDATE audit_chain SET last = last + $1 WHERE tenant = $2 RETURNING last, head`, []any{int64(n), t[:]}, &last, &head)
	}
	err := take()
	if errors.Is(err, ErrNoRow) {
		none := audit.Hash{}
		err = s.Execute(ctx, `INSERT INTO audit_chain (tenant, first, anchor, last, head) VALUES ($1, 1, $2, 0, $3) ON CONFLICT DO NOTHING`, t[:], none[:], none[:])
		if err == nil {
			err = take()
		}
	}
	if err != nil {
		return audit.Link{}, err
	}
	h, err := hashOf(head)
	return audit.Link{Sequence: last - int64(n), Hash: h}, err
}

const auditColumns = `tenant, sequence, at, plane, namespace, action, resource, run, principal, principal_name, credential, credential_id, address, request, code, changes, hash`

// Arguments of one statement: databases bound them.
const (
	recordArguments = 17
	insertRecords   = 100
)

func insert(ctx context.Context, s Session, records []audit.Record) error {
	text := []byte(`INSERT INTO audit (` + auditColumns + `) VALUES `)
	args := make([]any, 0, recordArguments*len(records))
	for i, r := range records {
		changes := ""
		if len(r.Changes) > 0 {
			b, err := json.Marshal(r.Changes)
			if err != nil {
				return err
			}
			changes = string(b)
		}
		if i > 0 {
			text = append(text, ", "...)
		}
		text = append(append(append(text, '('), places(recordArguments*i+1, recordArguments)...), ')')
		args = append(args, r.Tenant[:], r.Sequence, micros(r.At), string(r.Plane), r.Namespace, r.Action, r.Resource, r.Run, r.Principal, r.PrincipalName,
			r.Credential, r.CredentialID, r.Address, r.Request, r.Code, changes, r.Hash[:])
	}
	return s.Execute(ctx, string(text), args...)
}

// SessionOf is the session of a transaction of database/sql.
func SessionOf(tx *sql.Tx) Session { return session{tx} }

type session struct{ tx *sql.Tx }

func (s session) Execute(ctx context.Context, text string, args ...any) error {
	_, err := s.tx.ExecContext(ctx, text, args...)
	return err
}

func (s session) Row(ctx context.Context, text string, args []any, into ...any) error {
	err := s.tx.QueryRowContext(ctx, text, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNoRow
	}
	return err
}

func hashOf(b []byte) (audit.Hash, error) {
	if len(b) != len(audit.Hash{}) {
		return audit.Hash{}, fmt.Errorf("an audit hash of %d bytes", len(b))
	}
	return audit.Hash(b), nil
}
