package peer

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
)

// Credentials are what a node proves with that it belongs to the installation, and what it demands of others. Both ends of every connection do both,
// with TLS 1.3. FromSecret, FromFiles and Alone make them. No form of printing shows a key.
type Credentials struct {
	mark    [32]byte
	current func() proof // as of now: files may change
}

// proof is the own certificate with its key, and the authority that the other's must come from.
type proof struct {
	own   tls.Certificate
	roots *x509.CertPool
}

// Mark is a fingerprint by which nodes find out, without connecting, that they have the same credentials: SHA-256 of the authority's public key, 32 bytes.
// Who reads it cannot connect with it, and learns nothing of a random secret.
func (c *Credentials) Mark() []byte { return bytes.Clone(c.mark[:]) }

// String shows the mark's beginning.
func (c *Credentials) String() string { return fmt.Sprintf("credentials of nodes %x", c.mark[:4]) }

// GoString is String.
func (c *Credentials) GoString() string { return c.String() }

// LogValue is String.
func (c *Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }

// server is the configuration for one accepted connection.
func (c *Credentials) server() *tls.Config {
	p := c.current()
	return &tls.Config{
		MinVersion:             tls.VersionTLS13,
		Certificates:           []tls.Certificate{p.own},
		ClientAuth:             tls.RequireAnyClientCert,
		VerifyConnection:       p.verify(x509.ExtKeyUsageClientAuth),
		SessionTicketsDisabled: true, // a resumed session would not ask for the certificate again
	}
}

// client is the configuration for one connection to another node.
func (c *Credentials) client() *tls.Config {
	p := c.current()
	return &tls.Config{
		MinVersion:   tls.VersionTLS13,
		Certificates: []tls.Certificate{p.own},
		// The certificate says that somebody belongs to the installation, not which host it is: addresses come from the database, and the first message
		// says which node is meant. So there is no name to compare; VerifyConnection checks all else that the standard verification would.
		InsecureSkipVerify: true,
		VerifyConnection:   p.verify(x509.ExtKeyUsageServerAuth),
	}
}

var errStranger = errors.New("its certificate does not come from the authority of this installation's nodes")

// verify checks that the other end's certificate comes from the authority, and is for its part.
func (p proof) verify(part x509.ExtKeyUsage) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		chain := state.PeerCertificates
		if len(chain) == 0 {
			return errors.New("it has shown no certificate")
		}
		return p.check(chain, part)
	}
}

func (p proof) check(chain []*x509.Certificate, part x509.ExtKeyUsage) error {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: p.roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{part}})
	if err != nil {
		return fmt.Errorf("%w: %w", errStranger, err)
	}
	return nil
}
