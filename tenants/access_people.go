package tenants

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Vouched keeps what an identity provider says of a person who signs in, or who is signed in: name, address, and of its groups those that are mapped, no more
// and no fewer. The person is made known if it is not. Errors: ErrDisabled, with the person; else the database could not be asked.
func (a *Access) Vouched(ctx context.Context, i Identity, name, email string, groups []string) (Person, error) {
	p, err := a.known(ctx, i)
	if err != nil {
		return Person{}, err
	}
	if p.Disabled {
		return p, ErrDisabled
	}
	p.Name, p.Email, p.Seen = name, email, a.stamp()
	if err := a.UpdatePerson(ctx, p); err != nil {
		return Person{}, fmt.Errorf("update a person: %w", err)
	}
	changed, err := a.SetMapped(ctx, p.ID, i.Issuer, groups, p.Seen)
	if err != nil {
		return Person{}, fmt.Errorf("map the groups of a person: %w", err)
	}
	if changed {
		err = a.changed(ctx, "person", nil)
	}
	return p, err
}

// ErrDisabled is what a person is answered that an operator has shut out.
var ErrDisabled error = &Refused{"Whoever this is has been disabled."}

// known is the person of an identity, made known if it is not.
func (a *Access) known(ctx context.Context, i Identity) (Person, error) {
	for range 2 { // somebody else may make it known at the same time
		p, ok, err := a.PersonByIdentity(ctx, i)
		if err != nil || ok {
			return p, err
		}
		p = Person{ID: HolderID(uuid.New()), Identity: i, Name: i.Subject, Created: a.stamp()}
		if err := a.InsertPerson(ctx, p); !errors.Is(err, ErrExists) {
			return p, err
		}
	}
	return Person{}, errors.New("a person comes and goes")
}

// HasOperator tells whether any person, or group of people, may do everything. Service accounts do not count: a key is no way into the console.
func (a *Access) HasOperator(ctx context.Context) (bool, error) {
	var after GrantID
	for {
		page, err := a.ListGrants(ctx, InstallationTenant, after, grantPage)
		if err != nil {
			return false, fmt.Errorf("list operators: %w", err)
		}
		for _, g := range page {
			if g.Role == Operator && g.Holder.Kind != HolderAccount {
				return true, nil
			}
			after = g.ID
		}
		if len(page) < grantPage {
			return false, nil
		}
	}
}

const grantPage = 100

// MakeOperator has a person do everything in every tenant; again changes nothing. by is who or what says so.
func (a *Access) MakeOperator(ctx context.Context, person HolderID, by string) error {
	_, err := a.GiveRole(ctx, InstallationTenant, Holder{Kind: HolderPerson, ID: person}, Operator, by)
	if orchestration.CodeOf(err) == orchestration.FailedPrecondition {
		return nil // it is one
	}
	return err
}

// ByConfiguration is who has given the grants that NameOperators gives.
const ByConfiguration = "bootstrap.admins"

// NameOperators makes people operators whom the configuration names, and takes back what it gave to those whom it names no more.
func (a *Access) NameOperators(ctx context.Context, all []Identity) error {
	named := map[HolderID]bool{}
	for _, i := range all {
		p, err := a.known(ctx, i)
		if err != nil {
			return fmt.Errorf("make %s of %s known: %w", i.Subject, i.Issuer, err)
		}
		named[p.ID] = true
		if err := a.MakeOperator(ctx, p.ID, ByConfiguration); err != nil {
			return err
		}
	}
	given, err := a.GrantsBy(ctx, ByConfiguration)
	if err != nil {
		return fmt.Errorf("list the grants of the configuration: %w", err)
	}
	for _, g := range given {
		if !named[g.Holder.ID] {
			if err := a.TakeBack(ctx, g.Tenant, g.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// EndSession ends a session on every node, and records why. It is no error when there is no such session any more.
func (a *Access) EndSession(ctx context.Context, hash [32]byte, why Ending) error {
	return a.changed(ctx, "session", a.DeleteSession(ctx, hash, why))
}

// LogOut ends the sessions that a logout of a provider names, on every node. Errors: ErrExists when it has counted before; else the database could not be asked.
func (a *Access) LogOut(ctx context.Context, l Logout) ([]Session, error) {
	ended, err := a.Registry.LogOut(ctx, l, a.stamp())
	if errors.Is(err, ErrExists) {
		return nil, err
	}
	return ended, a.changed(ctx, "session", err)
}
