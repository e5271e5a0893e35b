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
	store Store
	now   func() time.Time
	cache cache
}

// NewDirectory makes a directory on a store. now is the clock.
func NewDirectory(store Store, now func() time.Time) *Directory {
	return &Directory{store: store, now: now}
}

// Register founds a namespace.
// Errors: InvalidArgument; NamespaceExists when the name is taken.
func (d *Directory) Register(ctx context.Context, r Registration) (Namespace, error) {
	if err := r.validate(); err != nil {
		return Namespace{}, err
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return Namespace{}, fmt.Errorf("register namespace: %w", err)
	}
	now := d.now().UTC().Truncate(time.Microsecond)
	n := Namespace{
		ID: orchestration.NamespaceID(id), Name: r.Name, State: Registered, Description: r.Description, OwnerEmail: r.OwnerEmail,
		Data: r.Data, Retention: r.Retention, Created: now, Updated: now,
	}.clone()
	switch err := d.store.InsertNamespace(ctx, n); {
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

// found finishes a read from the store, and remembers or forgets what it found.
func (d *Directory) found(n Namespace, ok bool, err error, ref string) (Namespace, error) {
	if err != nil {
		return Namespace{}, fmt.Errorf("read namespace %s: %w", ref, err)
	}
	if !ok {
		d.cache.forget(ref)
		return Namespace{}, notFound(ref)
	}
	d.cache.put(n.clone(), d.now())
	return n, nil
}

func exists(name string) error {
	err := orchestration.Errorf(orchestration.NamespaceExists, "Namespace %s already exists.", name)
	err.Namespace = name
	return err
}

func notFound(ref string) error {
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
