package sqlstore

import (
	"context"
	"database/sql"
	"strings"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

const viewColumns = `tenant, namespace, name, query, shown, sort, created, saved_by`

// between is what no column's name has.
const between = "\n"

func scanView(r scanner) (v tenants.SavedView, err error) {
	var tenant, namespace []byte
	var shown string
	var created int64
	if err := r.Scan(&tenant, &namespace, &v.Name, &v.Query, &shown, &v.Sort, &created, &v.By); err != nil {
		return v, err
	}
	v.Tenant, v.Namespace, v.Created = tenants.TenantID(tenant), orchestration.NamespaceID(namespace), instant(created)
	if shown != "" {
		v.Columns = strings.Split(shown, between)
	}
	return v, nil
}

func (s *Store) view(ctx context.Context, tx *sql.Tx, t tenants.TenantID, ns orchestration.NamespaceID, name string) (tenants.SavedView, bool, error) {
	return one(ctx, tx, scanView, stmt(`SELECT `+viewColumns+` FROM saved_view WHERE namespace = $1 AND name = $2 AND tenant = $3`, ns[:], name, t[:]))
}

// PutView implements tenants.ViewStore. Changes happen one after the other, so that the count is exact.
func (s *Store) PutView(ctx context.Context, v tenants.SavedView) error {
	return s.changeAs(ctx, v.Tenant, func(tx *sql.Tx) (audit.Deed, error) {
		if err := s.needNamespace(ctx, tx, v.Tenant, v.Namespace); err != nil {
			return audit.Deed{}, err
		}
		was, ok, err := s.view(ctx, tx, v.Tenant, v.Namespace, v.Name)
		if err == nil && !ok {
			var full bool
			full, err = exists(ctx, tx, stmt(`SELECT 1 FROM saved_view WHERE namespace = $1 LIMIT 1 OFFSET $2`, v.Namespace[:], tenants.MaxViews-1))
			if full {
				err = tenants.ErrFull
			}
		}
		if err != nil {
			return audit.Deed{}, err
		}
		return viewDeed("set", was, v), run(ctx, tx,
			stmt(`DELETE FROM saved_view WHERE namespace = $1 AND name = $2`, v.Namespace[:], v.Name),
			stmt(`INSERT INTO saved_view (`+viewColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				v.Tenant[:], v.Namespace[:], v.Name, v.Query, strings.Join(v.Columns, between), v.Sort, micros(v.Created), v.By))
	})
}

// DeleteView implements tenants.ViewStore.
func (s *Store) DeleteView(ctx context.Context, t tenants.TenantID, ns orchestration.NamespaceID, name string) error {
	return s.changeAs(ctx, t, func(tx *sql.Tx) (audit.Deed, error) {
		was, ok, err := s.view(ctx, tx, t, ns, name)
		if err != nil || !ok {
			return audit.Deed{}, err
		}
		return viewDeed("remove", was, tenants.SavedView{}), run(ctx, tx, stmt(`DELETE FROM saved_view WHERE namespace = $1 AND name = $2 AND tenant = $3`, ns[:], name, t[:]))
	})
}

// ListViews implements tenants.ViewStore.
func (s *Store) ListViews(ctx context.Context, ns orchestration.NamespaceID) ([]tenants.SavedView, error) {
	return list(ctx, s.read, scanView, stmt(`SELECT `+viewColumns+` FROM saved_view WHERE namespace = $1 ORDER BY name LIMIT $2`, ns[:], tenants.MaxViews))
}

// viewDeed describes what becomes of a namespace's view.
func viewDeed(verb string, was, is tenants.SavedView) audit.Deed {
	of := is
	if of.Namespace.IsZero() {
		of = was
	}
	return audit.Deed{Action: "view." + verb, Resource: "view:" + of.Namespace.String() + "/" + of.Name, Changes: audit.Changed(
		audit.Change{Field: "columns", Before: strings.Join(was.Columns, " "), After: strings.Join(is.Columns, " ")},
		audit.Change{Field: "query", Before: was.Query, After: is.Query},
		audit.Change{Field: "sort", Before: was.Sort, After: is.Sort},
	)}
}
