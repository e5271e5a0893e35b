package edge

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// Guard says who calls.
type Guard interface {
	// Authenticate is the principal of a call with that authorization header ("" for none) and address. Without the header, the certificates count that the
	// call's connection has proved. Errors: *tenants.Refused for a credential that lets
	// nobody in; else it could not be found out.
	Authenticate(ctx context.Context, authorization string, from net.Addr) (*tenants.Principal, error)
	// Epoch ends when what anybody may do has changed.
	Epoch() context.Context
	// TenantNamed finds a tenant. Errors: NotFound; else it could not be found out.
	TenantNamed(ctx context.Context, name string) (tenants.Tenant, error)
}

// Credentials is the Guard of a server: keys, client certificates, and tokens if there is somebody to verify them.
type Credentials struct {
	*tenants.Access
	// Tokens verifies tokens of identity providers. Errors: *tenants.Refused; else the provider could not be asked. nil: only keys count.
	Tokens func(ctx context.Context, text string) (tenants.Token, error)
	// Open lets everybody in, with or without credential, to do everything.
	Open bool
}

// Authenticate implements Guard.
func (c Credentials) Authenticate(ctx context.Context, authorization string, from net.Addr) (*tenants.Principal, error) {
	if c.Open {
		return tenants.Anybody, nil
	}
	if authorization == "" {
		if shown := certificatesOf(ctx); len(shown) > 0 {
			return c.ByCertificates(ctx, shown)
		}
	}
	text, ok := bearer(authorization)
	switch {
	case !ok:
		return nil, noCredential
	case tenants.IsKey(text) || c.Tokens == nil:
		return c.ByKey(ctx, text, from)
	}
	return c.ByToken(ctx, text, c.Tokens)
}

// TenantNamed implements Guard. Without authentication every name will do: what is no tenant's is the default tenant's.
func (c Credentials) TenantNamed(ctx context.Context, name string) (tenants.Tenant, error) {
	t, err := c.Access.TenantNamed(ctx, name)
	if c.Open && orchestration.CodeOf(err) == orchestration.NotFound {
		return open{}.TenantNamed(ctx, name)
	}
	return t, err
}

var noCredential = &tenants.Refused{Reason: "The call needs a credential: an API key or a token, as the header authorization: Bearer …"}

// certificatesOf are those that the client of a call has shown, its own first, whose private key it has proved to have. TLS has not looked who signed them.
func certificatesOf(ctx context.Context) []*x509.Certificate {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return nil
	}
	if info, ok := p.AuthInfo.(credentials.TLSInfo); ok {
		return info.State.PeerCertificates
	}
	return nil
}

// bearer is the credential of an authorization header.
func bearer(authorization string) (string, bool) {
	const scheme = "bearer "
	if len(authorization) <= len(scheme) || !strings.EqualFold(authorization[:len(scheme)], scheme) {
		return "", false
	}
	return strings.TrimSpace(authorization[len(scheme):]), true
}

// open is the guard of a server that nobody has given one.
type open struct{}

func (open) Authenticate(context.Context, string, net.Addr) (*tenants.Principal, error) {
	return tenants.Anybody, nil
}

func (open) Epoch() context.Context { return context.Background() }

func (open) TenantNamed(context.Context, string) (tenants.Tenant, error) {
	return tenants.Tenant{ID: tenants.DefaultTenant, Name: tenants.DefaultTenantName}, nil
}

// open tells whether everybody is let in.
func (c *chain) open() bool {
	switch g := c.guard.(type) {
	case open:
		return true
	case Credentials:
		return g.Open
	}
	return false
}

// guardError is what a call fails with that the guard did not let in.
func guardError(err error) error {
	var r *tenants.Refused
	if errors.As(err, &r) {
		return status.Error(codes.Unauthenticated, r.Reason)
	}
	return directoryError(err)
}
