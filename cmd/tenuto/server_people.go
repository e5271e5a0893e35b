package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/tenuto-io/tenuto/platform/config"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/oidc"
	"github.com/tenuto-io/tenuto/tenants/signin"
)

// openDesk has people sign in by identity providers, if there are any.
func (s *server) openDesk(ctx context.Context) (err error) {
	c := s.want.signIn
	if !c.Configured() {
		return nil
	}
	home := strings.TrimSuffix(c.URL, "/")
	s.desk, err = signin.New(signin.Config{
		Access: s.access, Providers: providersOf(c.People.Providers, home), Secret: []byte(c.Secret), After: home + "/signin?out", Auditor: s.recorder, Logger: s.log,
	})
	if err != nil {
		return err
	}
	if err := s.access.NameOperators(ctx, adminsOf(c.People)); err != nil {
		return fmt.Errorf("cannot make the administrators that the configuration names: %w", err)
	}
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.desk.Run(ctx) }()
	s.atClose("sign-in", func(context.Context) error {
		end()
		return <-ended
	})
	return nil
}

// providersOf are the providers of a configuration. home is the console's address.
func providersOf(all []config.Provider, home string) []*oidc.Provider {
	out := make([]*oidc.Provider, len(all))
	for i, p := range all {
		out[i] = oidc.New(oidc.Config{
			Name: p.Name, Title: p.Title, Issuer: p.Issuer, ClientID: p.ClientID, ClientSecret: p.ClientSecret, Scopes: p.Scopes, GroupsClaim: p.GroupsClaim,
			Redirect: home + "/signin/" + p.Name + "/return",
		})
	}
	return out
}

// adminsOf are the people whom a configuration names as administrators.
func adminsOf(p config.People) (all []tenants.Identity) {
	issuers := map[string]string{}
	for _, v := range p.Providers {
		issuers[v.Name] = v.Issuer
	}
	for _, a := range p.Bootstrap.Admins {
		all = append(all, tenants.Identity{Issuer: issuers[a.Provider], Subject: a.Subject})
	}
	return all
}

// setupLink is a link for the first administrator; "" when there is one.
func (s *server) setupLink(ctx context.Context) (string, error) {
	has, err := s.access.HasOperator(ctx)
	if err != nil || has {
		return "", err
	}
	token, err := s.desk.SetupLink(ctx, false)
	if err != nil {
		return "", err
	}
	return setupURL(s.want.signIn, token), nil
}

// setupURL is the address of a set-up link.
func setupURL(c config.SignIn, token string) string {
	return strings.TrimSuffix(c.URL, "/") + "/setup?token=" + url.QueryEscape(token)
}
