package tenants

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/tenuto-io/tenuto/orchestration"
)

// SavedView is a list of runs that a namespace keeps by name, for everybody who may read there.
type SavedView struct {
	Tenant    TenantID
	Namespace orchestration.NamespaceID // of the tenant
	Name      string                    // unique in the namespace
	Query     string                    // a filter; "": all runs
	Columns   []string                  // as the console's addresses name them; none: the usual ones
	Sort      string                    // as a filter has it after ORDER BY; "": the newest start first
	Created   time.Time
	By        string // the principal who saved it; "" for nobody
}

// Limits of saved views.
const (
	MaxViews      = 100     // of a namespace
	MaxViewLength = 8 << 10 // bytes of a view's query, and of its columns together
)

// SaveView keeps a view, in place of that of the same name. Errors: InvalidArgument, NotFound (the namespace is not the tenant's), FailedPrecondition (it has too
// many).
func (a *Access) SaveView(ctx context.Context, v SavedView) error {
	if err := v.validate(); err != nil {
		return err
	}
	v.Created = a.stamp()
	return a.changed(ctx, "view", a.PutView(ctx, v))
}

// RemoveView keeps a view no longer. Removing it again changes nothing.
func (a *Access) RemoveView(ctx context.Context, t TenantID, ns orchestration.NamespaceID, name string) error {
	return a.changed(ctx, "view", a.DeleteView(ctx, t, ns, name))
}

func (v SavedView) validate() error {
	columns := 0
	for _, c := range v.Columns {
		columns += len(c)
	}
	switch {
	case len(v.Query) > MaxViewLength:
		return orchestration.Errorf(orchestration.InvalidArgument, "The query of the view has %d bytes, the limit is %d.", len(v.Query), MaxViewLength)
	case columns > MaxViewLength:
		return orchestration.Errorf(orchestration.InvalidArgument, "The columns of the view have %d bytes, the limit is %d.", columns, MaxViewLength)
	case slices.ContainsFunc(v.Columns, func(c string) bool { return strings.ContainsFunc(c, unicode.IsControl) }):
		return orchestration.Errorf(orchestration.InvalidArgument, "A column of the view has a control character in its name.")
	}
	return validateTitle("view", v.Name)
}
