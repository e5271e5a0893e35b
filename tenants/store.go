package tenants

import (
	"context"
	"errors"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Errors of a Store.
var (
	// ErrExists: the name or id is taken.
	ErrExists = errors.New("tenants: namespace exists")
	// ErrReserved: the name was given back too short a time ago.
	ErrReserved = errors.New("tenants: the name was given back a moment ago")
	// ErrChanged: another version is stored, or none.
	ErrChanged = errors.New("tenants: the namespace has changed")
)

// Store is what a driver keeps for the Directory. Names compare byte for byte; times keep microseconds. What it writes is flushed before it returns; with
// an error nothing was written, unless the connection was lost.
type Store interface {
	// InsertNamespace stores a new namespace, unless one that was deleted after freeSince had its name. Errors: ErrExists, ErrReserved; else the driver's own.
	InsertNamespace(ctx context.Context, n Namespace, freeSince time.Time) error
	// UpdateNamespace stores n over the version n.Version, and makes it the next one; id, Tenant and Created stay. Errors: ErrChanged, ErrExists; else the driver's own.
	UpdateNamespace(ctx context.Context, n Namespace) error
	// RemoveNamespace removes a namespace that is Deleted; it is no error when there is none.
	RemoveNamespace(ctx context.Context, id orchestration.NamespaceID) error
	// NamespaceByName reads one namespace; ok is false when there is none.
	NamespaceByName(ctx context.Context, name string) (n Namespace, ok bool, err error)
	// NamespaceByID reads one namespace; ok is false when there is none.
	NamespaceByID(ctx context.Context, id orchestration.NamespaceID) (n Namespace, ok bool, err error)
	// ListNamespaces reads up to limit namespaces in byte order of their names, after the given name ("": from the first).
	ListNamespaces(ctx context.Context, after string, limit int) ([]Namespace, error)
	// ListNamespacesOf is ListNamespaces of one tenant.
	ListNamespacesOf(ctx context.Context, t TenantID, after string, limit int) ([]Namespace, error)
}
