package tenants

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// changed finishes a change: it holds on this node when the call returns, and the other nodes are told. what names the thing in its sentence.
func (a *Access) changed(ctx context.Context, what string, err error) error {
	switch {
	case errors.Is(err, ErrExists):
		return orchestration.Errorf(orchestration.FailedPrecondition, "There is already such a %s.", what)
	case errors.Is(err, ErrMissing):
		return orchestration.Errorf(orchestration.NotFound, "The %s, or what it refers to, is not found.", what)
	case errors.Is(err, ErrInUse):
		return orchestration.Errorf(orchestration.FailedPrecondition, "The %s still has namespaces: delete them first.", what)
	case errors.Is(err, ErrFull) && what == "view":
		return orchestration.Errorf(orchestration.FailedPrecondition, "The namespace has %d views already, which is the limit.", MaxViews)
	case errors.Is(err, ErrFull):
		return orchestration.Errorf(orchestration.FailedPrecondition, "The namespace has %d authorities already, which is the limit.", MaxAuthorities)
	case errors.Is(err, ErrLastOwner):
		return orchestration.Errorf(orchestration.FailedPrecondition, "A tenant keeps at least one owner: make somebody else owner first.")
	case err != nil:
		return fmt.Errorf("change a %s: %w", what, err)
	}
	a.announce()
	return a.CatchUp(ctx)
}

// stamp is the time as it is stored.
func (a *Access) stamp() time.Time { return a.now().UTC().Truncate(time.Microsecond) }

// CreateTenant founds a tenant. Errors: InvalidArgument, FailedPrecondition (the name is taken).
func (a *Access) CreateTenant(ctx context.Context, name, title string) (Tenant, error) {
	if err := ValidateTenantName(name); err != nil {
		return Tenant{}, err
	}
	if title == "" {
		title = name
	}
	if err := validateTitle("tenant", title); err != nil {
		return Tenant{}, err
	}
	t := Tenant{ID: TenantID(uuid.New()), Name: name, Title: title, Created: a.stamp()}
	t.Updated = t.Created
	return t, a.changed(ctx, "tenant", a.InsertTenant(ctx, t))
}

// ChangeTenant stores a tenant's title and whether it is suspended or protected. Errors: InvalidArgument, NotFound.
func (a *Access) ChangeTenant(ctx context.Context, t Tenant) error {
	if t.AuditDays < 0 || t.AuditDays > MaxAuditDays {
		return orchestration.Errorf(orchestration.InvalidArgument, "Audit records stay for 1 to %d days, or 0 for as long as the installation says; not for %d.", MaxAuditDays, t.AuditDays)
	}
	if err := validateTitle("tenant", t.Title); err != nil {
		return err
	}
	t.Updated = a.stamp()
	return a.changed(ctx, "tenant", a.UpdateTenant(ctx, t))
}

// RemoveTenant deletes a tenant that has no namespaces any more, with everybody and everything in it. Errors: NotFound, FailedPrecondition.
func (a *Access) RemoveTenant(ctx context.Context, name string) error {
	t, err := a.TenantNamed(ctx, name)
	if err != nil {
		return err
	}
	if t.Protected {
		return orchestration.Errorf(orchestration.FailedPrecondition, "Tenant %s is protected from deletion.", name)
	}
	return a.changed(ctx, "tenant", a.DeleteTenant(ctx, t.ID))
}

// CreateAccount makes a service account. Errors: InvalidArgument, NotFound (the tenant), FailedPrecondition (the name is taken).
func (a *Access) CreateAccount(ctx context.Context, t TenantID, name string) (Account, error) {
	if err := validateTitle("service account", name); err != nil {
		return Account{}, err
	}
	v := Account{ID: HolderID(uuid.New()), Tenant: t, Name: name, Created: a.stamp()}
	return v, a.changed(ctx, "service account", a.InsertAccount(ctx, v))
}

// DisableAccount has the keys of a service account let nobody in, or let it in again. Errors: NotFound.
func (a *Access) DisableAccount(ctx context.Context, t TenantID, id HolderID, disabled bool) error {
	return a.changed(ctx, "service account", a.Registry.DisableAccount(ctx, t, id, disabled))
}

// Invite makes a person known who has not signed in yet, and a member of a tenant. Errors: InvalidArgument, NotFound (the tenant).
func (a *Access) Invite(ctx context.Context, t TenantID, i Identity, name string) (Person, error) {
	if i.Issuer == "" || i.Subject == "" {
		return Person{}, orchestration.Errorf(orchestration.InvalidArgument, "A person is an issuer and a subject; both must be set.")
	}
	p, ok, err := a.PersonByIdentity(ctx, i)
	if err == nil && !ok {
		p = Person{ID: HolderID(uuid.New()), Identity: i, Name: name, Created: a.stamp()}
		err = a.InsertPerson(ctx, p)
	}
	if err != nil {
		return Person{}, fmt.Errorf("make a person known: %w", err)
	}
	return p, a.changed(ctx, "member", a.AddMember(ctx, t, p.ID, a.stamp()))
}

// GiveRole gives a holder a role in a tenant. Errors: InvalidArgument, NotFound, FailedPrecondition (it has it).
func (a *Access) GiveRole(ctx context.Context, t TenantID, h Holder, r Role, by string) (Grant, error) {
	if (r == Operator) != (t == InstallationTenant) || r.String() == "" {
		return Grant{}, orchestration.Errorf(orchestration.InvalidArgument, "A role in a tenant is owner, admin, developer, auditor or member; operator is one of the installation.")
	}
	g := Grant{ID: GrantID(uuid.New()), Tenant: t, Holder: h, Role: r, Created: a.stamp(), By: by}
	return g, a.changed(ctx, "grant", a.InsertGrant(ctx, g))
}

// Permit gives a holder permissions in a namespace. Errors: InvalidArgument, NotFound, FailedPrecondition (it has exactly these).
func (a *Access) Permit(ctx context.Context, n Namespace, h Holder, p Permission, by string) (Grant, error) {
	if p == 0 || p&^AllPermissions != 0 {
		return Grant{}, orchestration.Errorf(orchestration.InvalidArgument, "A grant has at least one of the permissions admin, write, worker, read and payload:read.")
	}
	g := Grant{ID: GrantID(uuid.New()), Tenant: n.Tenant, Holder: h, Namespace: n.ID, Permissions: p, Created: a.stamp(), By: by}
	return g, a.changed(ctx, "grant", a.InsertGrant(ctx, g))
}

// TakeBack ends a grant. Errors: FailedPrecondition (it is the last owner's).
func (a *Access) TakeBack(ctx context.Context, t TenantID, id GrantID) error {
	return a.changed(ctx, "grant", a.DeleteGrant(ctx, t, id))
}

// Expel removes a person from a tenant. Errors: FailedPrecondition (it is the last owner).
func (a *Access) Expel(ctx context.Context, t TenantID, person HolderID) error {
	return a.changed(ctx, "member", a.RemoveMember(ctx, t, person))
}

// Disable shuts a person out of the whole installation, or lets it in again. Its sessions end. Errors: NotFound.
func (a *Access) Disable(ctx context.Context, p Person, disabled bool) error {
	err := a.SetPersonDisabled(ctx, p.ID, disabled)
	if err == nil && disabled {
		err = a.DeleteSessionsOf(ctx, p.ID)
	}
	return a.changed(ctx, "person", err)
}
