package client_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"

	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/internal/wiretest"
)

// theKey is what no message may show.
const theKey = "tnt_verysecret"

// environment sets exactly these variables of ours.
func environment(t *testing.T, pairs ...string) {
	t.Helper()
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "TENUTO_") {
			t.Setenv(name, "")
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		t.Setenv(pairs[i], pairs[i+1])
	}
}

func TestNothingInTheEnvironment(t *testing.T) {
	environment(t)
	o, err := client.FromEnvironment()
	if err != nil || o.Address != "" || o.Namespace != "" || o.APIKey != "" || o.TLS != nil || o.Plaintext {
		t.Errorf("%v, %v", o, err)
	}
}

func TestEnvironment(t *testing.T) {
	a := newAuthority(t)
	for name, c := range map[string]struct {
		set            []string
		tls, plaintext bool
		check          func(client.Options) bool
	}{
		"address and namespace": {set: []string{client.EnvAddress, "h:1", client.EnvNamespace, "bank.acme"}, check: func(o client.Options) bool {
			return o.Address == "h:1" && o.Namespace == "bank.acme"
		}},
		"a key from a file with an end of line": {set: []string{client.EnvAPIKey, theKey + "\n"}, check: func(o client.Options) bool { return o.APIKey == theKey }},
		"TLS asked for":                         {set: []string{client.EnvTLS, "on"}, tls: true},
		"no TLS":                                {set: []string{client.EnvAPIKey, theKey, client.EnvTLS, "off"}, plaintext: true},
		"an authority":                          {set: []string{client.EnvTLSCA, a.file}, tls: true, check: func(o client.Options) bool { return o.TLS.RootCAs != nil }},
		"a name":                                {set: []string{client.EnvTLSServerName, "inner"}, tls: true, check: func(o client.Options) bool { return o.TLS.ServerName == "inner" }},
		"a certificate": {set: []string{client.EnvTLSCert, a.leafFile, client.EnvTLSKey, a.keyFile}, tls: true, check: func(o client.Options) bool {
			return len(o.TLS.Certificates) == 1
		}},
	} {
		t.Run(name, func(t *testing.T) {
			environment(t, c.set...)
			o, err := client.FromEnvironment()
			if err != nil {
				t.Fatal(err)
			}
			if (o.TLS != nil) != c.tls || o.Plaintext != c.plaintext || c.check != nil && !c.check(o) {
				t.Errorf("got %v", o)
			}
		})
	}
}

func TestEnvironmentThatCannotBe(t *testing.T) {
	a := newAuthority(t)
	for name, c := range map[string]struct{ set, want []string }{
		"a mode":             {[]string{client.EnvTLS, "maybe"}, []string{client.EnvTLS, "maybe", "on or off"}},
		"off with authority": {[]string{client.EnvTLS, "off", client.EnvTLSCA, a.file}, []string{client.EnvTLS, client.EnvTLSCA, "contradict"}},
		"no file":            {[]string{client.EnvTLSCA, "/no/such"}, []string{client.EnvTLSCA, "/no/such"}},
		"no certificate":     {[]string{client.EnvTLSCA, a.keyFile}, []string{client.EnvTLSCA, a.keyFile, "no certificate"}},
		"half a pair":        {[]string{client.EnvTLSCert, a.leafFile}, []string{client.EnvTLSCert, client.EnvTLSKey, "only one"}},
		"the wrong pair":     {[]string{client.EnvTLSCert, a.file, client.EnvTLSKey, a.keyFile}, []string{client.EnvTLSCert}},
		"a key in two lines": {[]string{client.EnvAPIKey, theKey + "\n" + theKey}, []string{client.EnvAPIKey}},
	} {
		t.Run(name, func(t *testing.T) {
			environment(t, append(c.set, client.EnvNamespace, "bank")...)
			_, err := client.FromEnvironment()
			if err == nil {
				t.Fatal("it was taken")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not mention %q", err, want)
				}
			}
			if strings.Contains(err.Error(), theKey) || strings.Contains(err.Error(), "PRIVATE") {
				t.Errorf("%q shows a secret", err)
			}
		})
	}
}

// The whole way of a tenant's worker: an address, a namespace, a key, an authority of the company's own.
func TestDialFromTheEnvironmentOverTLS(t *testing.T) {
	a := newAuthority(t)
	headers := make(chan metadata.MD, 8)
	note := grpc.UnaryInterceptor(func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
		got, _ := metadata.FromIncomingContext(ctx)
		headers <- got
		return handle(ctx, request)
	})
	address := wiretest.Listen(t, wiretest.NewEngine(), note, grpc.Creds(credentials.NewServerTLSFromCert(&a.leaf)))
	environment(t, client.EnvAddress, address, client.EnvNamespace, "bank.acme", client.EnvAPIKey, theKey, client.EnvTLSCA, a.file)
	o, err := client.FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	got := <-headers
	if v := got.Get("authorization"); len(v) != 1 || v[0] != "Bearer "+theKey {
		t.Errorf("authorization: %d values", len(v))
	}
	if v := got.Get("temporal-namespace"); len(v) != 1 || v[0] != "bank.acme" {
		t.Errorf("temporal-namespace: %v", v)
	}
	if text := fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(text, theKey) {
		t.Error("a client shows its key")
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}

	// Without that authority the server proves nothing, and never sees the key.
	t.Setenv(client.EnvTLSCA, "")
	if o, err = client.FromEnvironment(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = client.Dial(ctx, o)
	if err == nil || strings.Contains(err.Error(), theKey) || len(headers) > 0 {
		t.Errorf("to a stranger: %v, and %d calls arrived", err, len(headers))
	}
}

func TestOptionsShowNoSecrets(t *testing.T) {
	o := client.Options{Address: "h:1", APIKey: theKey}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("text", "options", o)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("json", "options", o)
	encoded, err := json.Marshal(map[string]any{"options": o})
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%s %v %+v %#v %v %s %s", o, o, o, o, []any{&o}, encoded, &log)
	if strings.Contains(text, theKey) {
		t.Errorf("in %s", text)
	}
	if strings.Count(text, "h:1") != 8 || strings.Count(text, "APIKey:set") != 8 {
		t.Errorf("it says too little: %s", text)
	}
	if _, err := client.Dial(t.Context(), client.Options{APIKey: theKey + "\n"}); err == nil || strings.Contains(err.Error(), theKey) {
		t.Errorf("a key that no header can carry: %v", err)
	}
}

// authority signs certificates for 127.0.0.1. Its files last as long as the test.
type authority struct {
	file, leafFile, keyFile string
	leaf                    tls.Certificate
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "server"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: root.NotBefore, NotAfter: root.NotAfter, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	rootKey, leafKey := newPrivateKey(t), newPrivateKey(t)
	dir := t.TempDir()
	a := authority{file: filepath.Join(dir, "ca.pem"), leafFile: filepath.Join(dir, "leaf.pem"), keyFile: filepath.Join(dir, "leaf.key")}
	writePEM(t, a.file, "CERTIFICATE", sign(t, root, root, rootKey, rootKey))
	writePEM(t, a.leafFile, "CERTIFICATE", sign(t, leaf, root, leafKey, rootKey))
	der, err := x509.MarshalPKCS8PrivateKey(leafKey)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, a.keyFile, "PRIVATE KEY", der)
	if a.leaf, err = tls.LoadX509KeyPair(a.leafFile, a.keyFile); err != nil {
		t.Fatal(err)
	}
	return a
}

func newPrivateKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, certificate, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, certificate, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func writePEM(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}
