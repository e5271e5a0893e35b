package peer

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
)

func TestSecretLength(t *testing.T) {
	for n := range MinSecret {
		_, err := FromSecret(bytes.Repeat([]byte{'s'}, n))
		if orchestration.CodeOf(err) != orchestration.InvalidArgument || err.Error() != "the secret that nodes share must have at least 16 bytes" {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if _, err := FromSecret(bytes.Repeat([]byte{'s'}, MinSecret)); err != nil {
		t.Error(err)
	}
}

// The mark is the secret's, not the process's, and is another for each secret.
func TestMark(t *testing.T) {
	a, b, other := shared(t, secret), shared(t, secret), shared(t, append(bytes.Clone(secret), '!'))
	if !bytes.Equal(a.Mark(), b.Mark()) || bytes.Equal(a.Mark(), other.Mark()) || len(a.Mark()) != sha256.Size {
		t.Errorf("%x, %x, %x", a.Mark(), b.Mark(), other.Mark())
	}
	a.Mark()[0]++
	if !bytes.Equal(a.Mark(), b.Mark()) {
		t.Error("a mark was changed from outside")
	}
	one, two := alone(t), alone(t)
	if bytes.Equal(one.Mark(), two.Mark()) {
		t.Error("two that are alone have the same credentials")
	}
	// The derivation is part of what nodes of different versions have in common: it must never change.
	if got := fmt.Sprintf("%x", a.Mark()); got != markOfSecret {
		t.Errorf("the mark of the same secret has become %s", got)
	}
}

const markOfSecret = "ba073462695ad799a00371b9c856e9bc50c0dca10b9628b4da30f4ecfe7ac153"

func alone(t testing.TB) *Credentials {
	t.Helper()
	c, err := Alone()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// However credentials are printed, no key and no secret shows.
func TestCredentialsDoNotShow(t *testing.T) {
	c := shared(t, secret)
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("here", "credentials", c, "config", Config{Credentials: c})
	}
	key := c.current().own.PrivateKey
	all := fmt.Sprintf("%v %+v %#v %s %s %v", c, c, c, c, &log, Config{Credentials: c})
	for _, hidden := range []string{string(secret), fmt.Sprint(key), fmt.Sprintf("%x", key)} {
		if strings.Contains(all, hidden) {
			t.Errorf("%q shows in %s", hidden, all)
		}
	}
	if !strings.Contains(all, fmt.Sprintf("credentials of nodes %x", c.Mark()[:4])) {
		t.Errorf("not even the mark shows: %s", all)
	}
}

// handshake connects two ends and returns what each says. In TLS 1.3 a client has finished before the server has looked at it, so it reads once.
func handshake(t *testing.T, client, server *tls.Config) (clientErr, serverErr error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	done := make(chan error, 1)
	go func() {
		far, err := l.Accept()
		if err != nil {
			done <- err
			return
		}
		defer far.Close()
		s := tls.Server(far, server)
		if err = s.HandshakeContext(t.Context()); err == nil {
			_, err = s.Write([]byte{1})
		}
		done <- err
	}()
	near, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := tls.Client(near, client)
	if clientErr = c.HandshakeContext(t.Context()); clientErr == nil {
		_, clientErr = c.Read(make([]byte, 1))
	}
	_ = near.Close()
	return clientErr, <-done
}

func TestHandshake(t *testing.T) {
	a, b, other := shared(t, secret), shared(t, secret), shared(t, []byte("another secret of nodes"))
	if c, s := handshake(t, a.client(), b.server()); c != nil || s != nil {
		t.Errorf("nodes with the same secret: %v, %v", c, s)
	}
	if c, s := handshake(t, other.client(), b.server()); !errors.Is(c, errStranger) || s == nil {
		t.Errorf("a client with another secret: %v, %v", c, s)
	}
	trusting := other.client() // would talk to anybody
	trusting.VerifyConnection = nil
	if c, s := handshake(t, trusting, b.server()); c == nil || !errors.Is(s, errStranger) {
		t.Errorf("a trusting client with another secret: %v, %v", c, s)
	}
	trusting.Certificates = nil
	if c, s := handshake(t, trusting, b.server()); c == nil || s == nil {
		t.Errorf("a client without a certificate: %v, %v", c, s)
	}
	careless := other.server() // would serve anybody
	careless.ClientAuth = tls.NoClientCert
	careless.VerifyConnection = nil
	if c, s := handshake(t, a.client(), careless); !errors.Is(c, errStranger) || s == nil {
		t.Errorf("a server with another secret: %v, %v", c, s)
	}
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12} {
		old := a.client()
		old.MinVersion, old.MaxVersion = version, version
		if c, s := handshake(t, old, b.server()); c == nil || s == nil {
			t.Errorf("version %x: %v, %v", version, c, s)
		}
		old = b.server()
		old.MinVersion, old.MaxVersion = version, version
		if c, s := handshake(t, a.client(), old); c == nil || s == nil {
			t.Errorf("version %x: %v, %v", version, c, s)
		}
	}
}

// A certificate of the right names, signed by itself or by a node's own key, is none.
func TestSelfMadeCertificates(t *testing.T) {
	node := shared(t, secret)
	real := node.current()
	key := shared(t, []byte("the attacker's own secret")).current().own
	self := tls.Certificate{Certificate: [][]byte{sign(t, key.Leaf, key, key)}, PrivateKey: key.PrivateKey}
	below := tls.Certificate{Certificate: [][]byte{sign(t, real.own.Leaf, real.own, key), real.own.Certificate[0]}, PrivateKey: key.PrivateKey}
	for name, c := range map[string]tls.Certificate{"by itself": self, "by a node's certificate, which is no authority": below} {
		client := node.client()
		client.Certificates = []tls.Certificate{c}
		if c, s := handshake(t, client, node.server()); c == nil || !errors.Is(s, errStranger) {
			t.Errorf("signed %s: %v, %v", name, c, s)
		}
		server := node.server()
		server.Certificates = []tls.Certificate{c}
		if c, s := handshake(t, node.client(), server); !errors.Is(c, errStranger) || s == nil {
			t.Errorf("signed %s: %v, %v", name, c, s)
		}
	}
	if err := real.check([]*x509.Certificate{real.own.Leaf}, x509.ExtKeyUsageCodeSigning); !errors.Is(err, errStranger) {
		t.Errorf("a certificate for another purpose: %v", err)
	}
}
