package edge_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/tenantstest"
)

// newVault is a lobby whose client shows a certificate, or none.
func newVault(t *testing.T, shown ...tls.Certificate) *lobby {
	t.Helper()
	own := tenantstest.NewCA(t, "server", time.Now())
	trusted := x509.NewCertPool()
	trusted.AddCert(own.Cert)
	pair := own.Client(x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
	return newLobbyWith(t,
		&tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequestClientCert},
		grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trusted, ServerName: "127.0.0.1", Certificates: shown})))
}

// trust has "bank" let in a CA's clients.
func (l *lobby) trust(t *testing.T, ca *tenantstest.CA, p tenants.Permission) tenants.Authority {
	t.Helper()
	a, err := l.far.SetAuthority(t.Context(), tenants.Authority{Tenant: l.ns.Tenant, Namespace: l.ns.ID, Name: "ca", Permissions: p}, ca.PEM)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestCertificateInPlaceOfAKey: a connection's certificate lets in where the namespace knows its authority, as far as that says; a key that is shown beside it
// counts instead, also one that is good for nothing.
func TestCertificateInPlaceOfAKey(t *testing.T) {
	ca := tenantstest.NewCA(t, "ca", time.Now())
	ctx, count := t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Namespace: "bank"}
	for name, c := range map[string]struct {
		shown []tls.Certificate
		as    string
		want  codes.Code
	}{
		"its own":             {[]tls.Certificate{ca.Called("w")}, "", codes.OK},
		"none":                {nil, "", codes.Unauthenticated},
		"foreign":             {[]tls.Certificate{tenantstest.NewCA(t, "ca", time.Now()).Called("w")}, "", codes.Unauthenticated},
		"beside a word":       {[]tls.Certificate{ca.Called("w")}, "hello", codes.Unauthenticated},
		"beside an empty key": {[]tls.Certificate{ca.Called("w")}, " ", codes.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			l := newVault(t, c.shown...)
			l.trust(t, ca, tenants.Read)
			l.engine.count = func(context.Context, engine.ListRequest) (engine.RunCount, error) { return engine.RunCount{}, nil }
			as := ctx
			if c.as != "" {
				as = metadata.AppendToOutgoingContext(ctx, "authorization", c.as)
			}
			if _, err := l.workflows.CountWorkflowExecutions(as, count); status.Code(err) != c.want {
				t.Errorf("it reads: %v, want %v", err, c.want)
			}
			want := c.want
			if want == codes.OK {
				want = codes.PermissionDenied
			}
			if _, err := l.workflows.PollWorkflowTaskQueue(as, pollBank); status.Code(err) != want {
				t.Errorf("it polls: %v, want %v", err, want)
			}
		})
	}
}

// TestOpenPollEndsWhenItsAuthorityDoes: a worker that waits is told at once when the namespace does not know its authority any more, and when its certificate
// expires.
func TestOpenPollEndsWhenItsAuthorityDoes(t *testing.T) {
	for name, c := range map[string]struct {
		life   time.Duration
		change func(*lobby, tenants.Authority) error
	}{
		"removed": {time.Hour, func(l *lobby, a tenants.Authority) error { return l.far.RemoveAuthority(t.Context(), a.Tenant, a.ID) }},
		"expired": {3 * time.Second, func(*lobby, tenants.Authority) error { return nil }},
	} {
		t.Run(name, func(t *testing.T) {
			ca := tenantstest.NewCA(t, "ca", time.Now())
			l := newVault(t, ca.Client(x509.Certificate{NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(c.life)}))
			a := l.trust(t, ca, tenants.Worker)
			polling := make(chan struct{})
			l.engine.pollWorkflowTask = func(ctx context.Context, _ engine.Poll) (*engine.WorkflowTask, error) {
				close(polling)
				<-ctx.Done()
				return &engine.WorkflowTask{}, nil // a task came at the last moment
			}
			answer := make(chan error, 1)
			go func() {
				_, err := l.workflows.PollWorkflowTaskQueue(t.Context(), pollBank)
				answer <- err
			}()
			<-polling
			if err := c.change(l, a); err != nil {
				t.Fatal(err)
			}
			if err := <-answer; status.Code(err) != codes.Unauthenticated {
				t.Errorf("got %v", err)
			}
		})
	}
}
