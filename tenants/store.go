package tenants

import (
	"context"
	"errors"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
)

// ErrExists is what Store.InsertNamespace returns for a name or id that is taken.
var ErrExists = errors.New("tenants: namespace exists")

// Store is what a driver keeps for the Directory. Names compare byte for byte; times keep microseconds.
type Store interface {
	// InsertNamespace stores a new namespace, flushed before it returns. Errors: ErrExists; else the driver's own, and nothing was stored.
	InsertNamespace(ctx context.Context, n Namespace) error
	// NamespaceByName reads one namespace; ok is false when there is none.
	NamespaceByName(ctx context.Context, name string) (n Namespace, ok bool, err error)
	// NamespaceByID reads one namespace; ok is false when there is none.
	NamespaceByID(ctx context.Context, id orchestration.NamespaceID) (n Namespace, ok bool, err error)
	// ListNamespaces reads up to limit namespaces in byte order of their names, after the given name ("": from the first).
	ListNamespaces(ctx context.Context, after string, limit int) ([]Namespace, error)
	// ChangeAttributes hands the namespace's search attributes, which are never nil, to change, and stores what it makes of them, flushed before it returns;
	// no other change comes between. Errors: change's, and nothing was stored; else the driver's own.
	ChangeAttributes(ctx context.Context, id orchestration.NamespaceID, change func(search.Attributes) error) error
}
