package signin

import (
	"context"
	"errors"
	"fmt"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/oidc"
)

// fresh is a session for whose person the provider has vouched lately enough. Errors: ErrNoSession, ErrUnvouched; else the database could not be asked.
func (d *Desk) fresh(ctx context.Context, s tenants.Session) (tenants.Session, error) {
	if d.due(s) {
		// Requests of one browser come at once; those of this node wait for one of them.
		v, err, _ := d.flights.Do(string(s.Hash[:]), func() (any, error) {
			// What comes of it is the provider's doing, not that of whoever happens to look at a page.
			ctx, cancel := context.WithTimeout(tenants.WithPrincipal(context.WithoutCancel(ctx), nil), refreshTime)
			defer cancel()
			return d.refresh(ctx, s.Hash)
		})
		if err != nil {
			return s, err
		}
		s = v.(tenants.Session)
	}
	switch {
	case d.now().Sub(s.Verified) < Vouched:
		return s, nil
	case len(s.Refresh) > 0:
		return s, ErrUnvouched // yet
	}
	return s, ErrNoSession
}

// due tells whether it is time to ask the provider.
func (d *Desk) due(s tenants.Session) bool {
	now := d.now()
	return len(s.Refresh) > 0 && now.Sub(s.Verified) >= RefreshEvery && now.Sub(s.Tried) >= retryAfter
}

// refresh asks the provider about a session, unless another node does. A provider that does not answer changes nothing.
func (d *Desk) refresh(ctx context.Context, hash [32]byte) (tenants.Session, error) {
	s, err := d.read(ctx, hash)
	if err != nil || !d.due(s) {
		return s, err
	}
	now := d.now()
	claimed, err := d.access.ClaimRefresh(ctx, hash, s.Tried, now)
	if err != nil {
		return s, fmt.Errorf("claim the refresh of a session: %w", err)
	}
	if !claimed {
		return d.read(ctx, hash)
	}
	s.Tried = now
	login, err := d.ask(ctx, s)
	switch {
	case errors.Is(err, oidc.ErrUnreachable):
		d.log.Warn("a session is not refreshed", "provider", s.Provider, "error", err)
		return s, nil
	case errors.Is(err, oidc.ErrDenied), errors.Is(err, oidc.ErrUntrusted), errors.Is(err, errSealed), errors.Is(err, ErrNoProvider):
		d.log.Info("a session ends", "provider", s.Provider, "reason", err)
		if err := d.access.EndSession(ctx, hash, tenants.Unvouched); err != nil {
			return s, err
		}
		return s, ErrNoSession
	case err != nil:
		return s, err
	}
	return d.renew(ctx, s, login)
}

// ask is what the provider says of a session's person now.
func (d *Desk) ask(ctx context.Context, s tenants.Session) (oidc.Login, error) {
	p, err := d.provider(s.Provider)
	if err != nil {
		return oidc.Login{}, err
	}
	person, ok, err := d.access.PersonByID(ctx, s.Person)
	switch {
	case err != nil:
		return oidc.Login{}, fmt.Errorf("read a person: %w", err)
	case !ok || person.Issuer != p.Issuer: // the configuration gives the name to another provider now
		return oidc.Login{}, ErrNoProvider
	}
	token, err := d.seal.open(forSession, s.Hash, s.Refresh)
	if err != nil {
		return oidc.Login{}, err
	}
	return p.Refresh(ctx, string(token), person.Identity)
}

// renew stores what the provider has said. The groups are stored first: a session must not count as refreshed with the old ones.
func (d *Desk) renew(ctx context.Context, s tenants.Session, l oidc.Login) (tenants.Session, error) {
	var refused *tenants.Refused
	if _, err := d.access.Vouched(ctx, l.Identity, l.Name, l.Email, l.Groups); errors.As(err, &refused) {
		return s, ErrNoSession
	} else if err != nil {
		return s, err
	}
	s.Verified, s.Refresh = d.now(), d.seal.close(forSession, s.Hash, []byte(l.Refresh))
	err := d.access.RenewSession(ctx, s.Hash, s.Refresh, s.Verified)
	if errors.Is(err, tenants.ErrMissing) { // it was ended meanwhile
		d.GiveBack(ctx, []tenants.Session{s})
		return s, ErrNoSession
	}
	if err != nil {
		return s, fmt.Errorf("store a refreshed session: %w", err)
	}
	return s, nil
}

// read is a session as it is stored. Errors: ErrNoSession.
func (d *Desk) read(ctx context.Context, hash [32]byte) (tenants.Session, error) {
	s, ok, err := d.access.SessionByHash(ctx, hash)
	switch {
	case err != nil:
		return s, fmt.Errorf("read a session: %w", err)
	case !ok:
		return s, ErrNoSession
	}
	return s, nil
}
