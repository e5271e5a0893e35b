package signin

import (
	"context"
	"fmt"

	"github.com/tenuto-io/tenuto/tenants"
)

// BySetup is who has given the first administrator's grant.
const BySetup = "set-up link"

// SetupLink makes the token of a set-up link. anyway: it counts also when there is an operator; somebody at the machine asks for it.
func (d *Desk) SetupLink(ctx context.Context, anyway bool) (token string, err error) {
	now := d.now()
	l := tenants.SetupLink{Expires: now.Add(LinkLife), Anyway: anyway}
	token, l.Hash = newSecret()
	if err := d.access.InsertLink(ctx, l, now); err != nil {
		return "", fmt.Errorf("store a set-up link: %w", err)
	}
	return token, nil
}

// LinkCounts tells whether a set-up link could be used, and changes nothing. Errors: ErrNoLink; else the database could not be asked.
func (d *Desk) LinkCounts(ctx context.Context, token string) error {
	l, ok, err := d.access.LinkByHash(ctx, digest(token))
	if err != nil {
		return fmt.Errorf("read a set-up link: %w", err)
	}
	err = d.counts(ctx, l, ok)
	d.refused(ctx, useOf, "", tenants.HolderID{}, err)
	return err
}

func (d *Desk) counts(ctx context.Context, l tenants.SetupLink, ok bool) error {
	if !ok || !d.now().Before(l.Expires) {
		return ErrNoLink
	}
	if l.Anyway {
		return nil
	}
	has, err := d.access.HasOperator(ctx)
	if err == nil && has {
		err = ErrNoLink
	}
	return err
}

// redeem makes the person an operator who has signed in with a set-up link. All other links go with it.
func (d *Desk) redeem(ctx context.Context, link [32]byte, person tenants.HolderID) error {
	l, ok, err := d.access.TakeLink(ctx, link)
	if err != nil {
		return fmt.Errorf("take a set-up link: %w", err)
	}
	if err := d.counts(ctx, l, ok); err != nil {
		return err
	}
	return d.access.MakeOperator(ctx, person, BySetup)
}
