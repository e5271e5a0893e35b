package signin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
)

// Visitor is somebody signed in.
type Visitor struct {
	*tenants.Principal
	Person  tenants.HolderID
	Session tenants.Session
}

// Who is whoever has the session. Asking counts as use. Errors: ErrNoSession, ErrUnvouched; else the database could not be asked.
func (d *Desk) Who(ctx context.Context, id string) (Visitor, error) {
	v, err := d.Look(ctx, id)
	if err != nil {
		return Visitor{}, err
	}
	if now := d.now(); now.Sub(v.Session.Seen) >= noteEvery {
		err := d.access.NoteSession(ctx, v.Session.Hash, now)
		if errors.Is(err, tenants.ErrMissing) {
			return Visitor{}, ErrNoSession
		}
		if err != nil {
			return Visitor{}, fmt.Errorf("note the use of a session: %w", err)
		}
	}
	return v, nil
}

// Look is Who without counting as use.
func (d *Desk) Look(ctx context.Context, id string) (Visitor, error) {
	s, ok, err := d.access.SessionByHash(ctx, digest(id))
	if err != nil {
		return Visitor{}, fmt.Errorf("read a session: %w", err)
	}
	if !ok || over(s, d.now()) {
		return Visitor{}, ErrNoSession
	}
	if _, err := d.provider(s.Provider); err != nil { // the configuration has it no more: whom it vouched for is not believed, either
		return Visitor{}, ErrNoSession
	}
	if s, err = d.fresh(ctx, s); err != nil {
		return Visitor{}, err
	}
	p, err := d.access.OfPerson(ctx, s.Person, tenants.Credential{Kind: tenants.SessionCredential, ID: s.Ref(), Expires: s.Expires})
	var refused *tenants.Refused
	if errors.As(err, &refused) {
		return Visitor{}, ErrNoSession
	}
	if err != nil {
		return Visitor{}, err
	}
	return Visitor{Principal: p, Person: s.Person, Session: s}, nil
}

// over tells whether a session has lasted long enough, or too long without use.
func over(s tenants.Session, now time.Time) bool {
	return !now.Before(s.Expires) || now.Sub(s.Seen) >= Idle
}

// Sessions are those of a person that are not over, the one used last first.
func (d *Desk) Sessions(ctx context.Context, person tenants.HolderID) ([]tenants.Session, error) {
	all, err := d.access.ListSessions(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	now := d.now()
	all = slices.DeleteFunc(all, func(s tenants.Session) bool { return over(s, now) })
	slices.SortFunc(all, func(a, b tenants.Session) int {
		return cmp.Or(b.Seen.Compare(a.Seen), b.Created.Compare(a.Created))
	})
	return all, nil
}
