package peer

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"os"
	"time"
)

// MinSecret is the least length of a shared secret, in bytes.
const MinSecret = 16

// serverName is what every certificate of a node says, and what every node asks for: nodes are told apart by what they say after the handshake.
const serverName = "node.tenuto.internal"

// Credentials are what nodes know each other by.
type Credentials struct {
	certificate func() (*tls.Certificate, error)
	authority   *x509.CertPool
	mark        []byte
	name        string // that the other side's certificate must have; "": any that the authority signed
}

// FromSecret derives the authority that all nodes with the same secret have. Errors: a secret that is too short.
func FromSecret(secret string) (*Credentials, error) {
	if len(secret) < MinSecret {
		return nil, fmt.Errorf("the secret of nodes has %d bytes and needs at least %d", len(secret), MinSecret)
	}
	seed, err := hkdf.Key(sha256.New, []byte(secret), nil, "tenuto peer authority 1", ed25519.SeedSize)
	if err != nil {
		return nil, err
	}
	return fromAuthority(ed25519.NewKeyFromSeed(seed))
}

// Alone are credentials that no other process has: no node can be this one's peer.
func Alone() (*Credentials, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return fromAuthority(key)
}

// fromAuthority makes a certificate for this process. The authority's own is made of the key alone, so that it is the same everywhere.
func fromAuthority(key ed25519.PrivateKey) (*Credentials, error) {
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "tenuto nodes"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), KeyUsage: x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, authority, authority, key.Public(), key)
	if err != nil {
		return nil, err
	}
	if authority, err = x509.ParseCertificate(raw); err != nil {
		return nil, err
	}
	public, own, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	leaf := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: serverName}, DNSNames: []string{serverName},
		NotBefore: time.Unix(0, 0), NotAfter: authority.NotAfter, // it lives as long as this process, whose clock nobody knows
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	signed, err := x509.CreateCertificate(rand.Reader, leaf, authority, public, key)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(authority)
	mark := sha256.Sum256(key.Public().(ed25519.PublicKey))
	certificate := &tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: own}
	return &Credentials{authority: pool, mark: mark[:], name: serverName, certificate: func() (*tls.Certificate, error) { return certificate, nil }}, nil
}

// FromFiles reads a certificate, its key and the authority that signs those of nodes, all PEM. The certificate and its key are read again for each connection, so
// that they may be renewed. Errors: which file cannot be used.
func FromFiles(certFile, keyFile, caFile string) (*Credentials, error) {
	ca, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("cannot read the authority of nodes: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("%s holds no certificate in PEM form", caFile)
	}
	load := func() (*tls.Certificate, error) {
		c, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return nil, fmt.Errorf("cannot use the certificate of this node: %w", err)
		}
		return &c, nil
	}
	if _, err := load(); err != nil {
		return nil, err
	}
	mark := sha256.Sum256(ca)
	return &Credentials{authority: pool, mark: mark[:], certificate: load}, nil
}

// Mark is a fingerprint of the authority: nodes that are to be peers have the same. It tells nothing of the secret.
func (c *Credentials) Mark() []byte { return c.mark }

func (c *Credentials) server() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: c.authority, NextProtos: []string{"h2"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.certificate() },
	}
}

func (c *Credentials) client() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: []string{"h2"},
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return c.certificate() },
		// The name in the address says nothing about who answers, so the chain is verified here without it.
		InsecureSkipVerify: true, VerifyConnection: c.verify,
	}
}

// verify accepts a server whose certificate the authority has signed for servers.
func (c *Credentials) verify(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("the other node has no certificate")
	}
	between := x509.NewCertPool()
	for _, cert := range state.PeerCertificates[1:] {
		between.AddCert(cert)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{
		Roots: c.authority, Intermediates: between, DNSName: c.name, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	return err
}
