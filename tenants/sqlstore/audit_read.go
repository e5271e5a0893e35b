package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// Records implements audit.Journal.
func (j *Journal) Records(ctx context.Context, t tenants.TenantID, f audit.Filter, from int64, limit int) (found []audit.Record, next int64, done bool, err error) {
	c, ok, err := j.Chain(ctx, t)
	if err != nil || !ok || limit <= 0 {
		return nil, from, err == nil && !ok, err
	}
	low, high := max(from, c.Anchor.Sequence), max(from, c.Anchor.Sequence)+audit.Window // those after low, up to high
	if f.Newest {
		if from == 0 {
			from = c.Head.Sequence + 1
		}
		low, high = from-1-audit.Window, from-1
	}
	found, err = list(ctx, j.store.read, scanRecord, matching(t, f, low, high, limit))
	switch {
	case err != nil:
		return nil, 0, false, err
	case len(found) == limit:
		return found, found[limit-1].Sequence, false, nil
	case f.Newest:
		return found, max(low+1, 1), low <= c.Anchor.Sequence, nil
	case high < c.Head.Sequence:
		return found, high, false, nil
	case len(found) > 0:
		return found, max(c.Head.Sequence, found[len(found)-1].Sequence), true, nil
	}
	return nil, max(c.Head.Sequence, low), true, nil
}

// matching is the query of one window of a chain.
func matching(t tenants.TenantID, f audit.Filter, low, high int64, limit int) statement {
	q := stmt(`SELECT `+auditColumns+` FROM audit WHERE tenant = $1 AND sequence > $2 AND sequence <= $3`, t[:], low, high)
	and := func(condition string, arg any) {
		q.args = append(q.args, arg)
		q.text += ` AND ` + condition + ` $` + strconv.Itoa(len(q.args))
	}
	for _, c := range []struct{ column, want string }{
		{"plane", string(f.Plane)}, {"namespace", f.Namespace}, {"action", f.Action}, {"resource", f.Resource}, {"run", f.Run}, {"principal", f.Principal}, {"code", f.Code},
	} {
		if c.want != "" {
			and(c.column+" =", c.want)
		}
	}
	if f.Refused {
		and("code <>", "OK")
	}
	if !f.Since.IsZero() {
		and("at >=", f.Since.UnixMicro())
	}
	if !f.Until.IsZero() {
		and("at <", f.Until.UnixMicro())
	}
	order := ""
	if f.Newest {
		order = " DESC"
	}
	q.args = append(q.args, limit)
	q.text += ` ORDER BY sequence` + order + ` LIMIT $` + strconv.Itoa(len(q.args))
	return q
}

func scanRecord(r scanner) (v audit.Record, err error) {
	var tenant, hash []byte
	var at int64
	var changes string
	err = r.Scan(&tenant, &v.Sequence, &at, (*string)(&v.Plane), &v.Namespace, &v.Action, &v.Resource, &v.Run, &v.Principal, &v.PrincipalName, &v.Credential, &v.CredentialID,
		&v.Address, &v.Request, &v.Code, &changes, &hash)
	if err != nil {
		return v, err
	}
	v.Tenant, v.At = tenants.TenantID(tenant), instant(at)
	if changes != "" {
		if err := json.Unmarshal([]byte(changes), &v.Changes); err != nil {
			v.Changes = []audit.Change{{Field: "(unreadable)", Before: changes, After: err.Error()}} // Verify says where; a reader sees the rest
		}
	}
	v.Hash, err = hashOf(hash)
	return v, err
}

const chainColumns = `tenant, first, anchor, last, head`

func scanChain(r scanner) (c audit.Chain, err error) {
	var tenant, anchor, head []byte
	var first int64
	if err := r.Scan(&tenant, &first, &anchor, &c.Head.Sequence, &head); err != nil {
		return c, err
	}
	c.Tenant, c.Anchor.Sequence = tenants.TenantID(tenant), first-1
	if c.Anchor.Hash, err = hashOf(anchor); err == nil {
		c.Head.Hash, err = hashOf(head)
	}
	return c, err
}

// Chain implements audit.Journal.
func (j *Journal) Chain(ctx context.Context, t tenants.TenantID) (audit.Chain, bool, error) {
	return one(ctx, j.store.read, scanChain, stmt(`SELECT `+chainColumns+` FROM audit_chain WHERE tenant = $1`, t[:]))
}

// Chains implements audit.Journal.
func (j *Journal) Chains(ctx context.Context, from tenants.TenantID, limit int) ([]audit.Chain, error) {
	return list(ctx, j.store.read, scanChain, stmt(`SELECT `+chainColumns+` FROM audit_chain WHERE tenant >= $1 AND first <= last ORDER BY tenant LIMIT $2`, from[:], max(0, limit)))
}

// Trim implements audit.Journal. It holds the chain's row, as who appends does: nobody sees an anchor without its records.
func (j *Journal) Trim(ctx context.Context, t tenants.TenantID, before time.Time, limit int) (removed int, err error) {
	err = j.store.transact(ctx, func(tx *sql.Tx) error {
		var first int64
		if err := (session{tx}).Row(ctx, `UPDATE audit_chain SET first = first WHERE tenant = $1 RETURNING first`, []any{t[:]}, &first); err != nil {
			return err
		}
		old, err := list(ctx, tx, scanOld, stmt(`SELECT sequence, at, hash FROM audit WHERE tenant = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3`, t[:], first, limit))
		if err != nil {
			return err
		}
		removed = 0
		for removed < len(old) && old[removed].at < before.UnixMicro() {
			removed++
		}
		if removed == 0 {
			return nil
		}
		last := old[removed-1]
		return run(ctx, tx,
			stmt(`DELETE FROM audit WHERE tenant = $1 AND sequence <= $2`, t[:], last.sequence),
			stmt(`UPDATE audit_chain SET first = $1, anchor = $2 WHERE tenant = $3`, last.sequence+1, last.hash, t[:]))
	})
	if err != nil {
		return 0, fmt.Errorf("trim the audit chain of tenant %s: %w", t, err)
	}
	return removed, nil
}

// old is what Trim needs of a record.
type old struct {
	sequence, at int64
	hash         []byte
}

func scanOld(r scanner) (o old, err error) {
	err = r.Scan(&o.sequence, &o.at, &o.hash)
	return o, err
}
