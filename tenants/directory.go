package tenants

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Directory is the door to the namespaces. It is safe for concurrent use.
//
// Errors are *orchestration.Error for what the caller did (InvalidArgument, NamespaceExists, NamespaceNotFound); a store that fails
// comes through wrapped.
type Directory struct {
	store    Store
	now      func() time.Time
	shortest Retention
	announce func(orchestration.NamespaceID)
	cache    cache
}

// Option changes what a directory does.
type Option func(*Directory)

// WithShortestRetention has a directory accept retentions from that on. Default: MinRetention.
func WithShortestRetention(r Retention) Option { return func(d *Directory) { d.shortest = r } }

// WithAnnounce has a directory tell of every namespace that it has changed or removed, so that others forget what they remember of it: Forget. It must
// not wait.
func WithAnnounce(f func(orchestration.NamespaceID)) Option {
	return func(d *Directory) { d.announce = f }
}

// NewDirectory makes a directory on a store. now is the clock.
func NewDirectory(store Store, now func() time.Time, options ...Option) *Directory {
	d := &Directory{store: store, now: now, shortest: MinRetention, announce: func(orchestration.NamespaceID) {}}
	for _, o := range options {
		o(d)
	}
	return d
}

// Forget has the next answer about a namespace come from the store: somebody else has changed it.
func (d *Directory) Forget(id orchestration.NamespaceID) { d.cache.forget(id.String()) }

// ForgetTenants has the next answers about namespaces of tenants come from the store: whether a tenant is suspended is part of them. whole: of all tenants.
func (d *Directory) ForgetTenants(of []TenantID, whole bool) { d.cache.forgetTenants(of, whole) }

// Register founds a namespace.
// Errors: InvalidArgument; NamespaceExists when the name is taken; Unavailable when a namespace that was deleted within CacheFor had it: other nodes may
// still take the name for that one's.
func (d *Directory) Register(ctx context.Context, r Registration) (Namespace, error) {
	if err := r.validate(d.shortest); err != nil {
		return Namespace{}, err
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return Namespace{}, fmt.Errorf("register namespace: %w", err)
	}
	if r.Tenant == InstallationTenant {
		r.Tenant = DefaultTenant
	}
	now := d.now().UTC().Truncate(time.Microsecond)
	n := Namespace{
		ID: orchestration.NamespaceID(id), Name: r.Name, State: Registered, Description: r.Description, OwnerEmail: r.OwnerEmail,
		Data: r.Data, Retention: r.Retention, Created: now, Updated: now, Version: 1, Protected: r.Protected, Tenant: r.Tenant, Audit: r.Audit, Codec: r.Codec,
	}.clone()
	switch err := d.store.InsertNamespace(ctx, n, now.Add(-CacheFor)); {
	case errors.Is(err, ErrReserved):
		return Namespace{}, orchestration.Errorf(orchestration.Unavailable,
			"Another namespace had the name %s until a moment ago; it is free within %v.", r.Name, CacheFor)
	case errors.Is(err, ErrExists):
		return Namespace{}, exists(r.Name)
	case err != nil:
		return Namespace{}, fmt.Errorf("register namespace %s: %w", r.Name, err)
	}
	d.cache.put(n, d.now())
	return n.clone(), nil
}

// Ensure registers a namespace unless one of that name is there already, and returns the one that is there.
func (d *Directory) Ensure(ctx context.Context, r Registration) (Namespace, error) {
	n, err := d.Register(ctx, r)
	if orchestration.CodeOf(err) == orchestration.NamespaceExists {
		return d.Describe(ctx, r.Name)
	}
	return n, err
}

// Describe reads a namespace from the store.
// Errors: InvalidArgument for a name that can be none; NamespaceNotFound.
func (d *Directory) Describe(ctx context.Context, name string) (Namespace, error) {
	if err := ValidateName(name); err != nil {
		return Namespace{}, err
	}
	n, ok, err := d.store.NamespaceByName(ctx, name)
	return d.found(n, ok, err, name)
}

// DescribeID reads a namespace from the store by its id.
// Errors: NamespaceNotFound.
func (d *Directory) DescribeID(ctx context.Context, id orchestration.NamespaceID) (Namespace, error) {
	n, ok, err := d.store.NamespaceByID(ctx, id)
	return d.found(n, ok, err, id.String())
}

// ByName is Describe from memory: the answer may be up to CacheFor old. It is for the path of every request.
func (d *Directory) ByName(ctx context.Context, name string) (Namespace, error) {
	if n, ok := d.cache.byName(name, d.now()); ok {
		return n, nil
	}
	return d.Describe(ctx, name)
}

// ByID is DescribeID from memory: the answer may be up to CacheFor old.
func (d *Directory) ByID(ctx context.Context, id orchestration.NamespaceID) (Namespace, error) {
	if n, ok := d.cache.byID(id, d.now()); ok {
		return n, nil
	}
	return d.DescribeID(ctx, id)
}

// List reads up to limit namespaces in byte order of their names, after the given name ("": from the first). Fewer than limit: the end.
func (d *Directory) List(ctx context.Context, after string, limit int) ([]Namespace, error) {
	ns, err := d.store.ListNamespaces(ctx, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list namespaces: %w", err)
	}
	return ns, nil
}

// ListOf is List of one tenant.
func (d *Directory) ListOf(ctx context.Context, t TenantID, after string, limit int) ([]Namespace, error) {
	ns, err := d.store.ListNamespacesOf(ctx, t, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list namespaces of a tenant: %w", err)
	}
	return ns, nil
}

// found finishes a read from the store, and remembers or forgets what it found.
func (d *Directory) found(n Namespace, ok bool, err error, ref string) (Namespace, error) {
	if err != nil {
		return Namespace{}, fmt.Errorf("read namespace %s: %w", ref, err)
	}
	if !ok {
		d.cache.forget(ref)
		return Namespace{}, NotFound(ref)
	}
	d.cache.put(n.clone(), d.now())
	return n, nil
}

func exists(name string) error {
	err := orchestration.Errorf(orchestration.NamespaceExists, "Namespace %s already exists.", name)
	err.Namespace = name
	return err
}

// NotFound is the error for a namespace that is not there. ref is the name or id that was asked for.
func NotFound(ref string) error {
	err := orchestration.Errorf(orchestration.NamespaceNotFound, "Namespace %s is not found.", ref)
	err.Namespace = ref
	return err
}

// clone shares nothing with n: a caller may change what it got.
func (n Namespace) clone() Namespace {
	if len(n.Data) == 0 {
		n.Data = nil
	} else {
		n.Data = maps.Clone(n.Data)
	}
	if len(n.Attributes) == 0 {
		n.Attributes = nil
	} else {
		n.Attributes = maps.Clone(n.Attributes)
	}
	return n
}
