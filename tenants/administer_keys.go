package tenants

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// NewKey is what to make a key with.
type NewKey struct {
	Tenant  TenantID
	Holder  Holder // a person or an account of the tenant
	Name    string
	Scopes  []Scope   // none: everything that its holder may do
	Expires time.Time // zero: never
}

// CreateKey makes a key. Its text is returned here and never again. Errors: InvalidArgument, NotFound.
func (a *Access) CreateKey(ctx context.Context, n NewKey) (k Key, text string, err error) {
	now := a.stamp()
	switch {
	case n.Holder.Kind == HolderGroup:
		err = orchestration.Errorf(orchestration.InvalidArgument, "A key belongs to a person or a service account, not to a group.")
	case !n.Expires.IsZero() && !n.Expires.After(now):
		err = orchestration.Errorf(orchestration.InvalidArgument, "The key would have expired already.")
	default:
		err = errors.Join(validateTitle("key", n.Name), validateScopes(n.Scopes))
	}
	if err != nil {
		return Key{}, "", err
	}
	id, text, hash := newSecret()
	k = Key{ID: id, Tenant: n.Tenant, Holder: n.Holder, Name: n.Name, Hash: hash, Scopes: n.Scopes, Created: now, Expires: n.Expires.UTC().Truncate(time.Microsecond)}
	if err := a.changed(ctx, "key", a.InsertKey(ctx, k)); err != nil {
		return Key{}, "", err
	}
	return k, text, nil
}

func validateScopes(all []Scope) error {
	seen := map[orchestration.NamespaceID]bool{}
	for _, s := range all {
		if s.Permissions == 0 || s.Permissions&^AllPermissions != 0 || seen[s.Namespace] {
			return orchestration.Errorf(orchestration.InvalidArgument, "A key's scopes name each namespace once, with at least one of the permissions admin, write, worker, read and payload:read.")
		}
		seen[s.Namespace] = true
	}
	return nil
}

// RotateKey makes a key that takes over from another one of the tenant: same holder, name and scopes, with as long a life. The old one goes on for overlap, so that its users
// can change over without a gap. Errors: NotFound, FailedPrecondition (it lets nobody in any more).
func (a *Access) RotateKey(ctx context.Context, t TenantID, id KeyID, overlap time.Duration) (k Key, text string, err error) {
	old, err := a.keyOf(ctx, t, id)
	if err != nil {
		return Key{}, "", err
	}
	now := a.stamp()
	if !old.usable(now) {
		return Key{}, "", orchestration.Errorf(orchestration.FailedPrecondition, "The key lets nobody in any more; make a new one instead.")
	}
	newID, text, hash := newSecret()
	k = Key{ID: newID, Tenant: t, Holder: old.Holder, Name: old.Name, Hash: hash, Scopes: old.Scopes, Created: now, Replaces: id}
	if !old.Expires.IsZero() {
		k.Expires = now.Add(old.Expires.Sub(old.Created))
	}
	if err := a.InsertKey(ctx, k); err != nil {
		return Key{}, "", a.changed(ctx, "key", err)
	}
	if err := a.changed(ctx, "key", a.SetKeyEnd(ctx, t, id, now.Add(max(0, overlap)))); err != nil {
		return Key{}, "", err
	}
	return k, text, nil
}

// RevokeKey ends a key for good. Errors: NotFound.
func (a *Access) RevokeKey(ctx context.Context, t TenantID, id KeyID) error {
	return a.changed(ctx, "key", a.SetKeyRevoked(ctx, t, id, a.stamp()))
}

// DisableKey has a key let nobody in, or let its holder in again. Errors: NotFound.
func (a *Access) DisableKey(ctx context.Context, t TenantID, id KeyID, disabled bool) error {
	return a.changed(ctx, "key", a.SetKeyDisabled(ctx, t, id, disabled))
}

// keyOf is a key of a tenant. Errors: NotFound, also for another tenant's.
func (a *Access) keyOf(ctx context.Context, t TenantID, id KeyID) (Key, error) {
	k, ok, err := a.KeyByID(ctx, id)
	switch {
	case err != nil:
		return Key{}, fmt.Errorf("read a key: %w", err)
	case !ok || k.Tenant != t:
		return Key{}, orchestration.Errorf(orchestration.NotFound, "The key is not found.")
	}
	return k, nil
}

// BreakGlassAccount is the service account that BreakGlass makes its keys for.
const BreakGlassAccount = "break-glass"

// BreakGlass makes a key that may do everything, for whoever has the database: the first key of an installation, or the way back in.
func (a *Access) BreakGlass(ctx context.Context, name string, life time.Duration) (k Key, text string, err error) {
	account, ok, err := a.AccountByName(ctx, DefaultTenant, BreakGlassAccount)
	if err == nil && !ok {
		account = Account{ID: HolderID(uuid.New()), Tenant: DefaultTenant, Name: BreakGlassAccount, Created: a.stamp()}
		err = a.InsertAccount(ctx, account)
	}
	if err == nil && account.Disabled {
		err = a.DisableAccount(ctx, DefaultTenant, account.ID, false)
	}
	if err != nil {
		return Key{}, "", fmt.Errorf("make the service account %s: %w", BreakGlassAccount, err)
	}
	h := Holder{Kind: HolderAccount, ID: account.ID}
	_, rights, err := a.RightsOf(ctx, h, nil)
	if err != nil {
		return Key{}, "", fmt.Errorf("read the rights of %s: %w", BreakGlassAccount, err)
	}
	if !rightsOf(nil, rights).operator {
		if _, err := a.GiveRole(ctx, InstallationTenant, h, Operator, "break-glass"); err != nil {
			return Key{}, "", err
		}
	}
	return a.CreateKey(ctx, NewKey{Tenant: DefaultTenant, Holder: h, Name: name, Expires: a.stamp().Add(life)})
}
