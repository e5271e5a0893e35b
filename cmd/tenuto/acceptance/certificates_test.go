package acceptance

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/grpc/codes"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/tenantstest"
)

// encrypted is a server that asks for credentials over TLS.
func encrypted(t testing.TB, env ...string) *server {
	t.Helper()
	ca := tenantstest.NewCA(t, "server", time.Now())
	pair := ca.Client(x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
	cert, key := writePair(t, pair)
	s := describeGuarded(t, append(env, "TENUTO_TLS_CERT_FILE="+cert, "TENUTO_TLS_KEY_FILE="+key)...)
	s.trusted = x509.NewCertPool()
	s.trusted.AddCert(ca.Cert)
	s.authority = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(s.authority, ca.PEM, 0o600); err != nil {
		t.Fatal(err)
	}
	s.start(t)
	return s
}

// writePair writes a certificate and its key as PEM files.
func writePair(t testing.TB, pair tls.Certificate) (cert, key string) {
	t.Helper()
	private, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	var chain []byte
	for _, der := range pair.Certificate {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for path, text := range map[string][]byte{cert: chain, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// certified is an official client that shows a certificate.
func certified(t testing.TB, s *server, namespace string, shown tls.Certificate) client.Client {
	t.Helper()
	c, err := client.NewLazyClient(client.Options{
		HostPort: s.grpc, Namespace: namespace, Logger: quiet(),
		ConnectionOptions: client.ConnectionOptions{TLS: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: s.trusted, Certificates: []tls.Certificate{shown}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// TestCertificatesWithTheOfficialSDK: workers and starters are let in by their certificates, each for what its unit may do; a foreign one gets nothing, and the removal of
// the authority ends a poll that waits.
func TestCertificatesWithTheOfficialSDK(t *testing.T) {
	t.Parallel()
	s := encrypted(t)
	o := newBureau(t, s.postgres)
	n, other := o.tenant("acme", nil), o.tenant("globex", nil)
	ca := tenantstest.NewCA(t, "acme's machines", time.Now())
	know := func(name string, p tenants.Permission) tenants.Authority {
		a, err := o.access.SetAuthority(t.Context(), tenants.Authority{
			Tenant: n.Tenant, Namespace: n.ID, Name: name, Permissions: p, Filters: []tenants.CertificateFilter{{CommonName: name + "-*"}},
		}, ca.PEM)
		o.must(err)
		return a
	}
	workers := know("worker", tenants.Worker)
	know("starter", tenants.Write|tenants.Read|tenants.PayloadRead)
	worker, starter := certified(t, s, n.Name, ca.Called("worker-1")), certified(t, s, n.Name, ca.Called("starter-1"))
	employ(t, worker, "bank", code{"flow": func(workflow.Context) (string, error) { return "moved", nil }})
	run, err := begin(t.Context(), starter, "bank-there", "bank", "flow")
	o.must(err)
	var out string
	o.must(run.Get(t.Context(), &out))
	equal(t, "result", out, "moved")
	for name, c := range map[string]struct {
		client client.Client
		in     string
		want   [3]codes.Code
	}{
		"a worker":         {worker, n.Name, [3]codes.Code{codes.PermissionDenied, codes.OK, codes.PermissionDenied}},
		"a starter":        {starter, n.Name, [3]codes.Code{codes.OK, codes.PermissionDenied, codes.OK}},
		"in a foreign one": {certified(t, s, other.Name, ca.Called("worker-1")), other.Name, [3]codes.Code{codes.NotFound, codes.NotFound, codes.NotFound}},
		"foreign": {
			certified(t, s, n.Name, tenantstest.NewCA(t, "acme's machines", time.Now()).Called("worker-1")), n.Name,
			[3]codes.Code{codes.Unauthenticated, codes.Unauthenticated, codes.Unauthenticated},
		},
		"of no unit": {certified(t, s, n.Name, ca.Called("other")), n.Name, [3]codes.Code{codes.Unauthenticated, codes.Unauthenticated, codes.Unauthenticated}},
	} {
		start, poll, describe := tryEach(t.Context(), c.client, c.in, "bank")
		if got := [3]codes.Code{start, poll, describe}; got != c.want {
			t.Errorf("%s: start, poll and describe come to %v, want %v", name, got, c.want)
		}
	}
	ended := make(chan error, 1)
	go func() {
		_, err := worker.WorkflowService().PollWorkflowTaskQueue(t.Context(), &workflowservice.PollWorkflowTaskQueueRequest{
			Namespace: n.Name, TaskQueue: &taskqueuepb.TaskQueue{Name: "quiet"}, Identity: "waits",
		})
		ended <- err
	}()
	awaitPoller(t, starter, n.Name, "quiet", "waits")
	began := time.Now()
	o.must(o.access.RemoveAuthority(t.Context(), n.Tenant, workers.ID))
	if err := <-ended; codeOf(err) != codes.Unauthenticated {
		t.Errorf("the poll ended with %v", err)
	}
	if took := time.Since(began); took > reachesAll {
		t.Errorf("the poll ended after %v", took)
	}
}
