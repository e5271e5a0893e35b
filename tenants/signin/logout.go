package signin

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/oidc"
)

// ErrReplayed is what a logout meets that has counted already.
var ErrReplayed = errors.New("this logout has been told before")

// LoggedOut ends the sessions of which a provider tells, by a logout token, that its own has ended. They are over when it returns; whoever has answered the
// provider then gives their refresh tokens back by GiveBack, which the provider need not wait for. None to end is no error.
// Errors: ErrNoProvider, ErrBusy, ErrReplayed, oidc.ErrUntrusted, oidc.ErrUnreachable; else the database could not be asked.
func (d *Desk) LoggedOut(ctx context.Context, provider, token string) ([]tenants.Session, error) {
	p, err := d.provider(provider)
	if err != nil {
		return nil, err
	}
	if !d.told.begin(d.now()) {
		return nil, ErrBusy
	}
	ended, err := d.loggedOut(ctx, p, token)
	if err != nil {
		d.refused(ctx, logOut, provider, tenants.HolderID{}, err)
		return nil, err
	}
	d.log.Info("a provider has told of a logout", "provider", provider, "sessions", len(ended))
	return ended, nil
}

func (d *Desk) loggedOut(ctx context.Context, p *oidc.Provider, token string) ([]tenants.Session, error) {
	m, err := p.Logout(ctx, token)
	if err != nil {
		return nil, err
	}
	ended, err := d.access.LogOut(ctx, tenants.Logout{
		ID: sha256.Sum256([]byte(p.Name + "\x00" + m.ID)), Provider: p.Name, Issuer: p.Issuer, Subject: m.Subject, Within: m.Session, Expires: m.Until,
	})
	if errors.Is(err, tenants.ErrExists) {
		return nil, ErrReplayed
	}
	if err != nil {
		return nil, fmt.Errorf("end the sessions of a logout: %w", err)
	}
	return ended, nil
}

// GiveBack has providers forget the refresh tokens of sessions that are over.
func (d *Desk) GiveBack(ctx context.Context, ended []tenants.Session) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	for _, s := range ended {
		d.giveBack(ctx, s)
	}
}
