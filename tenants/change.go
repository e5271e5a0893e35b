package tenants

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// changeTries is how often a change is tried that meets others of the same namespace.
const changeTries = 5

// Change is what to change of a namespace. What is empty stays.
type Change struct {
	Description *string           // "": none
	OwnerEmail  *string           // likewise
	Data        map[string]string // entries to add or replace; those of other keys stay
	Retention   Retention
	State       State // Deprecated: it accepts no new workflows, and what runs goes on
	Protected   *bool
	Quota       *Quota // all of it
	Suspended   *bool
	Audit       *AuditLevel
	// CodecEndpoint and CodecCredentials are those of Codec. An endpoint that is taken away takes the credentials with it.
	CodecEndpoint    *string
	CodecCredentials *bool
}

// Update changes a namespace. Errors: NamespaceNotFound, InvalidArgument, FailedPrecondition (it is deleted), Unavailable (others keep changing it).
func (d *Directory) Update(ctx context.Context, name string, c Change) (Namespace, error) {
	return d.change(ctx, name, func(n *Namespace) error {
		if n.State == Deleted {
			return beingDeleted(n.Name)
		}
		if c.Description != nil {
			n.Description = *c.Description
		}
		if c.OwnerEmail != nil {
			n.OwnerEmail = *c.OwnerEmail
		}
		if len(c.Data) > 0 {
			data := make(map[string]string, len(n.Data)+len(c.Data))
			maps.Copy(data, n.Data)
			maps.Copy(data, c.Data)
			n.Data = data
		}
		if c.Retention != 0 {
			n.Retention = c.Retention
		}
		if c.Protected != nil {
			n.Protected = *c.Protected
		}
		if c.Suspended != nil {
			n.Suspended = *c.Suspended
		}
		if c.Audit != nil {
			n.Audit = *c.Audit
		}
		if c.CodecCredentials != nil {
			n.Codec.Credentials = *c.CodecCredentials
		}
		if c.CodecEndpoint != nil {
			n.Codec.Endpoint = *c.CodecEndpoint
			n.Codec.Credentials = n.Codec.Credentials && n.Codec.Endpoint != ""
		}
		if c.Quota != nil {
			n.Quota = *c.Quota
		}
		if err := n.become(c.State); err != nil {
			return err
		}
		return n.validate(d.shortest)
	})
}

// become changes the state as Update may: to Deprecated, from where there is no way back.
func (n *Namespace) become(s State) error {
	switch {
	case s == 0 || s == n.State:
		return nil
	case s == Deprecated:
		n.State = s
		return nil
	case s == Deleted:
		return orchestration.Errorf(orchestration.InvalidArgument, "A namespace is deleted by OperatorService.DeleteNamespace.")
	}
	return orchestration.Errorf(orchestration.InvalidArgument, "invalid namespace state update: a deprecated namespace stays deprecated until it is deleted")
}

// Delete marks a namespace as deleted and gives it another name: its own can be used again, after CacheFor. Its runs are another room's to remove, and then
// its record: Remove. keep is how long the record is to stay at least. Deleting it again changes nothing.
// Errors: NamespaceNotFound, FailedPrecondition (it is protected), Unavailable.
func (d *Directory) Delete(ctx context.Context, name string, keep time.Duration) (Namespace, error) {
	return d.change(ctx, name, func(n *Namespace) error {
		switch {
		case n.State == Deleted:
			return nil
		case n.Protected:
			return orchestration.Errorf(orchestration.FailedPrecondition, "Namespace %s is protected from deletion.", n.Name)
		}
		n.State, n.Former, n.Name = Deleted, n.Name, deletedName(n)
		// Nodes that have not heard of it may start workflows in it for as long as they remember it.
		n.RemoveAfter = d.stamp().Add(max(keep, 2*CacheFor))
		return nil
	})
}

// Remove forgets a deleted namespace for good. Nothing of it may be stored any more.
func (d *Directory) Remove(ctx context.Context, id orchestration.NamespaceID) error {
	if err := d.store.RemoveNamespace(ctx, id); err != nil {
		return fmt.Errorf("remove namespace %s: %w", id, err)
	}
	d.Forget(id)
	d.announce(id)
	return nil
}

// change changes a namespace by the name that it has now.
func (d *Directory) change(ctx context.Context, name string, f func(*Namespace) error) (Namespace, error) {
	for range changeTries {
		was, err := d.Describe(ctx, name)
		if err != nil {
			return Namespace{}, err
		}
		n := was.clone()
		if err := f(&n); err != nil {
			return Namespace{}, err
		}
		if n.equal(was) {
			return n, nil
		}
		n.Updated = d.stamp()
		err = d.store.UpdateNamespace(ctx, n)
		if err == nil {
			n.Version++
			d.cache.put(n.clone(), d.now())
			d.announce(n.ID)
			return n, nil
		}
		d.cache.forget(name)
		switch {
		case errors.Is(err, ErrChanged):
		case errors.Is(err, ErrExists):
			return Namespace{}, exists(n.Name)
		default:
			return Namespace{}, fmt.Errorf("change namespace %s: %w", name, err)
		}
	}
	return Namespace{}, orchestration.Errorf(orchestration.Unavailable, "Namespace %s is being changed by others; try again.", name)
}

// stamp is the time as it is stored.
func (d *Directory) stamp() time.Time { return d.now().UTC().Truncate(time.Microsecond) }

// equal tells whether nothing was changed.
func (n Namespace) equal(o Namespace) bool {
	return n.Name == o.Name && n.State == o.State && n.Description == o.Description && n.OwnerEmail == o.OwnerEmail && maps.Equal(n.Data, o.Data) &&
		n.Retention == o.Retention && n.Protected == o.Protected && n.Suspended == o.Suspended && n.Quota == o.Quota && n.Audit == o.Audit && n.Codec == o.Codec && maps.Equal(n.Attributes, o.Attributes)
}

// deletedName is what a namespace is called once it is deleted: its name, and of its id what tells it from others of that name.
func deletedName(n *Namespace) string {
	suffix := "-deleted-" + hex.EncodeToString(n.ID[:4])
	return n.Name[:min(len(n.Name), MaxNameLength-len(suffix))] + suffix
}

func beingDeleted(name string) error {
	return orchestration.Errorf(orchestration.FailedPrecondition, "Namespace %s is deleted.", name)
}
