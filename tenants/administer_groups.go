package tenants

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// maxClaim bounds what a group is mapped to, in bytes.
const maxClaim = 1024

// CreateGroup makes a group: one whose members are chosen here, or, with an issuer and a claim, one whose members an identity provider says.
// Errors: InvalidArgument, NotFound (the tenant), FailedPrecondition (the name is taken).
func (a *Access) CreateGroup(ctx context.Context, t TenantID, name, issuer, claim string) (Group, error) {
	if err := validateTitle("group", name); err != nil {
		return Group{}, err
	}
	if (issuer == "") != (claim == "") {
		return Group{}, orchestration.Errorf(orchestration.InvalidArgument, "A group is mapped by an issuer and a claim together; only one of them is set.")
	}
	if len(issuer)+len(claim) > maxClaim {
		return Group{}, orchestration.Errorf(orchestration.InvalidArgument, "Issuer and claim of the group have %d bytes together, the limit is %d.", len(issuer)+len(claim), maxClaim)
	}
	g := Group{ID: HolderID(uuid.New()), Tenant: t, Name: name, Issuer: issuer, Claim: claim, Created: a.stamp()}
	return g, a.changed(ctx, "group", a.InsertGroup(ctx, g))
}

// DeleteGroup deletes a group with its grants. Errors: FailedPrecondition (the last owner is in it).
func (a *Access) DeleteGroup(ctx context.Context, t TenantID, id HolderID) error {
	return a.changed(ctx, "group", a.Registry.DeleteGroup(ctx, t, id))
}

// AddToGroup puts a person into a group whose members are chosen here. Errors: NotFound, FailedPrecondition (a provider says who is in it).
func (a *Access) AddToGroup(ctx context.Context, g Group, person HolderID) error {
	if err := g.chosen(); err != nil {
		return err
	}
	if _, ok, err := a.PersonByID(ctx, person); err != nil || !ok {
		if err == nil {
			err = ErrMissing
		}
		return a.changed(ctx, "person", err)
	}
	return a.changed(ctx, "group", a.Registry.AddToGroup(ctx, g, person, a.stamp()))
}

// RemoveFromGroup takes a person out of a group whose members are chosen here. Errors: FailedPrecondition (a provider says who is in it).
func (a *Access) RemoveFromGroup(ctx context.Context, g Group, person HolderID) error {
	if err := g.chosen(); err != nil {
		return err
	}
	return a.changed(ctx, "group", a.Registry.RemoveFromGroup(ctx, g, person))
}

func (g Group) chosen() error {
	if g.Claim == "" {
		return nil
	}
	return orchestration.Errorf(orchestration.FailedPrecondition, "Who is in the group %s is said by %s.", g.Name, g.Issuer)
}

// DeleteAccount deletes a service account with its grants and keys. Errors: FailedPrecondition (it is the last owner).
func (a *Access) DeleteAccount(ctx context.Context, t TenantID, id HolderID) error {
	return a.changed(ctx, "service account", a.Registry.DeleteAccount(ctx, t, id))
}

// HolderNamed is how people name a holder: "person:<id>", "group:<name>", "account:<name>". One that is gone keeps its id. Errors: it could not be asked.
func (a *Access) HolderNamed(ctx context.Context, h Holder) (string, error) {
	var name string
	var ok bool
	var err error
	switch h.Kind {
	case HolderGroup:
		var g Group
		g, ok, err = a.GroupByID(ctx, h.ID)
		name = "group:" + g.Name
	case HolderAccount:
		var v Account
		v, ok, err = a.AccountByID(ctx, h.ID)
		name = "account:" + v.Name
	}
	if err != nil {
		return "", fmt.Errorf("read %s: %w", h, err)
	}
	if !ok {
		return h.String(), nil
	}
	return name, nil
}
