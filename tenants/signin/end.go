package signin

import (
	"context"
	"fmt"

	"github.com/tenuto-io/tenuto/tenants"
)

// End signs a browser out. next is where to send it so that the provider's session ends, too; "": the provider has no such place. It is no error when there is
// no session any more.
func (d *Desk) End(ctx context.Context, id string) (next string, err error) {
	s, ok, err := d.access.SessionByHash(ctx, digest(id))
	if err != nil {
		return "", fmt.Errorf("read a session: %w", err)
	}
	if !ok {
		return "", nil
	}
	if err := d.end(ctx, s, tenants.SignedOut); err != nil {
		return "", err
	}
	p, err := d.provider(s.Provider)
	if err != nil {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(ctx, endTime)
	defer cancel()
	return p.EndURL(ctx, d.after), nil
}

// EndOne ends one session of a person, by its name. It is no error when there is no such session any more.
func (d *Desk) EndOne(ctx context.Context, person tenants.HolderID, ref string) error {
	all, err := d.access.ListSessions(ctx, person)
	if err != nil {
		return fmt.Errorf("list sessions: %w", err)
	}
	for _, s := range all {
		if s.Ref() == ref {
			return d.end(ctx, s, tenants.Ended)
		}
	}
	return nil
}

// EndOthers ends all sessions of a person but one.
func (d *Desk) EndOthers(ctx context.Context, v Visitor) error {
	return d.endBut(ctx, v.Person, v.Session.Hash)
}

// EndAll ends all sessions that a person has.
func (d *Desk) EndAll(ctx context.Context, person tenants.HolderID) error {
	return d.endBut(ctx, person, [32]byte{})
}

func (d *Desk) endBut(ctx context.Context, person tenants.HolderID, keep [32]byte) error {
	all, err := d.access.ListSessions(ctx, person)
	if err != nil {
		return fmt.Errorf("list sessions: %w", err)
	}
	for _, s := range all {
		if s.Hash == keep {
			continue
		}
		if err := d.end(ctx, s, tenants.Ended); err != nil {
			return err
		}
	}
	return nil
}

// end deletes a session, and then has its provider forget the refresh token.
func (d *Desk) end(ctx context.Context, s tenants.Session, why tenants.Ending) error {
	if err := d.access.EndSession(ctx, s.Hash, why); err != nil {
		return err
	}
	d.GiveBack(ctx, []tenants.Session{s})
	return nil
}

// giveBack has the provider forget a refresh token. It is of no use to anybody without the row that is gone, so a provider that cannot be asked is no failure.
func (d *Desk) giveBack(ctx context.Context, s tenants.Session) {
	p, err := d.provider(s.Provider)
	if err != nil || len(s.Refresh) == 0 {
		return
	}
	token, err := d.seal.open(forSession, s.Hash, s.Refresh)
	if err == nil {
		err = p.Revoke(ctx, string(token))
	}
	if err != nil {
		d.log.Warn("a provider was not told that a session is over", "provider", s.Provider, "error", err)
	}
}
