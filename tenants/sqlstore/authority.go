package sqlstore

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

const authorityColumns = `id, tenant, namespace, name, certificate, filters, permissions, created, added_by`

func scanAuthority(r scanner) (a tenants.Authority, err error) {
	var id, tenant, namespace []byte
	var filters string
	var permissions, created int64
	if err := r.Scan(&id, &tenant, &namespace, &a.Name, &a.Certificate, &filters, &permissions, &created, &a.By); err != nil {
		return a, err
	}
	a.ID, a.Tenant, a.Namespace = tenants.AuthorityID(id), tenants.TenantID(tenant), orchestration.NamespaceID(namespace)
	a.Permissions, a.Created = tenants.Permission(permissions), instant(created)
	if filters != "" {
		err = json.Unmarshal([]byte(filters), &a.Filters)
	}
	return a, err
}

// filtersText is how filters are stored, and how a record shows them.
func filtersText(all []tenants.CertificateFilter) string {
	if len(all) == 0 {
		return ""
	}
	text, _ := json.Marshal(all) // strings alone: it never fails
	return string(text)
}

// PutAuthority implements tenants.AuthorityStore. Changes happen one after the other, so that the count is exact.
func (s *Store) PutAuthority(ctx context.Context, a tenants.Authority) (tenants.Authority, error) {
	c, err := x509.ParseCertificate(a.Certificate)
	if err != nil {
		return a, fmt.Errorf("the certificate of an authority: %w", err)
	}
	subject := sha256.Sum256(c.RawSubject)
	return a, s.changeAs(ctx, a.Tenant, func(tx *sql.Tx) (audit.Deed, error) {
		if err := s.needNamespace(ctx, tx, a.Tenant, a.Namespace); err != nil {
			return audit.Deed{}, err
		}
		was, ok, err := one(ctx, tx, scanAuthority, stmt(`SELECT `+authorityColumns+` FROM authority WHERE namespace = $1 AND name = $2`, a.Namespace[:], a.Name))
		if err != nil {
			return audit.Deed{}, err
		}
		if ok {
			a.ID, a.Created = was.ID, was.Created
			return authorityDeed("set", was, a), run(ctx, tx, stmt(`UPDATE authority SET certificate = $1, subject = $2, filters = $3, permissions = $4, added_by = $5 WHERE id = $6`,
				a.Certificate, subject[:], filtersText(a.Filters), int64(a.Permissions), a.By, a.ID[:]))
		}
		full, err := exists(ctx, tx, stmt(`SELECT 1 FROM authority WHERE namespace = $1 LIMIT 1 OFFSET $2`, a.Namespace[:], tenants.MaxAuthorities-1))
		if full {
			err = tenants.ErrFull
		}
		if err != nil {
			return audit.Deed{}, err
		}
		return authorityDeed("set", was, a), run(ctx, tx, stmt(`INSERT INTO authority (`+authorityColumns+`, subject) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			a.ID[:], a.Tenant[:], a.Namespace[:], a.Name, a.Certificate, filtersText(a.Filters), int64(a.Permissions), micros(a.Created), a.By, subject[:]))
	})
}

// DeleteAuthority implements tenants.AuthorityStore.
func (s *Store) DeleteAuthority(ctx context.Context, t tenants.TenantID, id tenants.AuthorityID) error {
	return s.changeAs(ctx, t, func(tx *sql.Tx) (audit.Deed, error) {
		was, ok, err := one(ctx, tx, scanAuthority, stmt(`SELECT `+authorityColumns+` FROM authority WHERE id = $1 AND tenant = $2`, id[:], t[:]))
		if err != nil || !ok {
			return audit.Deed{}, err
		}
		return authorityDeed("remove", was, tenants.Authority{}), run(ctx, tx, stmt(`DELETE FROM authority WHERE id = $1 AND tenant = $2`, id[:], t[:]))
	})
}

// AuthorityByID implements tenants.AuthorityStore.
func (s *Store) AuthorityByID(ctx context.Context, id tenants.AuthorityID) (tenants.Authority, bool, error) {
	return one(ctx, s.read, scanAuthority, stmt(`SELECT `+authorityColumns+` FROM authority WHERE id = $1`, id[:]))
}

// AuthoritiesBySubject implements tenants.AuthorityStore.
func (s *Store) AuthoritiesBySubject(ctx context.Context, subjects [][32]byte) ([]tenants.Authority, error) {
	if len(subjects) == 0 {
		return nil, nil
	}
	args := make([]any, len(subjects))
	for i, v := range subjects {
		args[i] = v[:]
	}
	return list(ctx, s.read, scanAuthority, stmt(`SELECT `+authorityColumns+` FROM authority WHERE subject IN (`+places(1, len(subjects))+`) ORDER BY id`, args...))
}

// ListAuthorities implements tenants.AuthorityStore.
func (s *Store) ListAuthorities(ctx context.Context, t tenants.TenantID, after tenants.AuthorityID, limit int) ([]tenants.Authority, error) {
	return list(ctx, s.read, scanAuthority, stmt(`SELECT `+authorityColumns+` FROM authority WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3`, t[:], after[:], max(0, limit)))
}
