package main

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/platform/config"
	"github.com/tenuto-io/tenuto/platform/edge"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/jwt"
)

// verbAccess tells another node that somebody may do more or less than before.
const verbAccess = "access.changed"

// openAccess opens what is known of who may do what. It is kept up to date until nobody is answered any more.
func (s *server) openAccess(context.Context) error {
	s.access = tenants.NewAccess(tenants.AccessConfig{
		Registry: s.storage.registry, Announce: s.announceAccess, Changed: s.directory.ForgetTenants, Logger: s.log,
	})
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.access.Run(ctx) }()
	s.atClose("access", func(context.Context) error {
		end()
		return <-ended
	})
	return nil
}

// announceAccess has every other node look at what has changed. One that does not hear of it looks by itself soon after.
func (s *server) announceAccess() {
	if s.node == nil {
		return
	}
	for _, other := range s.node.Others() {
		s.node.Cast(other, verbAccess, nil)
	}
}

// accessChanged looks at what another node has changed.
func (s *server) accessChanged(ctx context.Context, _ orchestration.NodeID, _ []byte) ([]byte, error) {
	return nil, s.access.CatchUp(ctx)
}

// guard says who calls, as the configuration has it.
func (s *server) guard() edge.Guard {
	return edge.Credentials{Access: s.access, Tokens: s.want.tokens, Open: s.want.open}
}

// tokensOf verifies tokens of the identity providers that are configured; nil without any.
func tokensOf(c config.JWT) func(context.Context, string) (tenants.Token, error) {
	issuers := c.IssuerList()
	if len(issuers) == 0 {
		return nil
	}
	return jwt.NewVerifier(jwt.Config{
		Issuers: issuers, Audiences: c.AudienceList(), PermissionsClaim: c.PermissionsClaim, GroupsClaim: c.GroupsClaim,
	}).Verify
}
