package main

import (
	"context"
	"crypto/tls"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// withAuth is a configuration file for this database where callers say who they are by API keys.
func withAuth(t *testing.T, url string, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tenuto.yaml")
	text := "postgres:\n  url: " + url + "\nauth: keys\n" + strings.Join(lines, "\n")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// clusterInfo asks something that needs a credential, and no permission.
func clusterInfo(ctx context.Context, t *testing.T, address, key string, c credentials.TransportCredentials) error {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(c))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if key != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+key)
	}
	_, err = workflowservice.NewWorkflowServiceClient(conn).GetClusterInfo(ctx, &workflowservice.GetClusterInfoRequest{})
	return err
}

// TestBreakGlassKeyLetsInAtOnce: the first key of an installation, made beside a server that runs.
func TestBreakGlassKeyLetsInAtOnce(t *testing.T) {
	path := withAuth(t, migratedDatabase(t))
	l := launch(t, "server", "--config", path)
	l.awaitReady()
	if err := clusterInfo(t.Context(), t, l.server, "", insecure.NewCredentials()); status.Code(err) != codes.Unauthenticated {
		t.Errorf("without a key: %v", err)
	}
	printed, err := run(t, "key", "create", "--break-glass", "--config", path, "--expires", "1h")
	if err != nil {
		t.Fatal(err)
	}
	key := strings.TrimSpace(printed)
	if err := clusterInfo(t.Context(), t, l.server, key, insecure.NewCredentials()); err != nil {
		t.Errorf("with the key %q: %v", printed, err)
	}
	t.Setenv("TENUTO_ADDRESS", l.server)
	t.Setenv("TENUTO_API_KEY", key)
	t.Setenv("TENUTO_TLS", "off")
	told, err := run(t, "audit", "list", "--principal", "break-glass")
	if err != nil || !strings.Contains(told, "key.create") || !strings.Contains(told, " at "+machine()+" (break-glass)") {
		t.Errorf("the audit log says %v\n%s", err, told)
	}
	if err := l.end(); err != nil {
		t.Error(err)
	}
	if said := l.out.String() + l.err.String(); strings.Contains(said, key[len(key)-52:]) || strings.Contains(said, "auth is off") {
		t.Errorf("the server printed\n%s", said)
	}
}

func TestKeyCreateRefusals(t *testing.T) {
	path := withAuth(t, "postgres://tenuto:hunter2@127.0.0.1:1/tenuto")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"for ever":    {[]string{"--break-glass", "--expires", "2161h"}, "90 days"},
		"for no time": {[]string{"--break-glass", "--expires", "0s"}, "--expires 0s"},
		"no database": {[]string{"--break-glass"}, "cannot be reached"},
	} {
		_, err := run(t, append([]string{"key", "create", "--config", path}, c.args...)...)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), password) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestServerTLS: SDKs have to use TLS, see the certificate of the files, and the new one when they change.
func TestServerTLS(t *testing.T) {
	first, second := newCertificate(t), newCertificate(t)
	cert, key := filepath.Join(t.TempDir(), "cert"), filepath.Join(t.TempDir(), "key")
	install := func(c certificate) {
		for name, b := range map[string][]byte{cert: c.cert, key: c.key} {
			if err := os.WriteFile(name, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	install(first)
	l := launch(t, "server", "--config", withAuth(t, migratedDatabase(t), "tls:", "  cert_file: "+cert, "  key_file: "+key))
	l.awaitReady()
	ask := func(c certificate) codes.Code {
		return status.Code(clusterInfo(t.Context(), t, l.server, "", credentials.NewTLS(&tls.Config{RootCAs: c.pool(t)})))
	}
	if got := ask(first); got != codes.Unauthenticated {
		t.Errorf("over TLS: %v", got)
	}
	if got := status.Code(clusterInfo(t.Context(), t, l.server, "", insecure.NewCredentials())); got != codes.Unavailable {
		t.Errorf("in clear: %v", got)
	}
	install(second)
	if got := ask(second); got != codes.Unauthenticated {
		t.Errorf("after the files have changed: %v", got)
	}
	if got := ask(first); got != codes.Unavailable {
		t.Errorf("who knows the old certificate only: %v", got)
	}
	conn, err := tls.DialWithDialer(&net.Dialer{}, "tcp", l.server, &tls.Config{RootCAs: second.pool(t), MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10})
	if err == nil {
		_ = conn.Close()
		t.Error("TLS 1.1 was accepted")
	}
	refusal := refused(t, "server", "--config", withAuth(t, migratedDatabase(t), "tls:", "  cert_file: "+cert, "  key_file: "+cert))
	if !strings.Contains(refusal, "tls.cert_file") || !strings.Contains(refusal, cert) {
		t.Errorf("%q", refusal)
	}
}
