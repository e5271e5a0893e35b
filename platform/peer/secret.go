package peer

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// MinSecret is the least number of bytes of a shared secret.
const MinSecret = 16

// FromSecret makes the credentials of nodes that share a secret. The secret's HKDF-SHA256 is the seed of an ed25519 authority that every node has;
// each process makes a key of its own and has the authority sign it. Nodes prove what they know and never send it. The secret should be random, such as
// 32 bytes of `openssl rand -hex 32`: whoever can open a connection sees a certificate that guesses can be tried on.
// Errors: InvalidArgument when the secret is shorter than MinSecret.
func FromSecret(secret []byte) (*Credentials, error) {
	if len(secret) < MinSecret {
		return nil, orchestration.Errorf(orchestration.InvalidArgument, "the secret that nodes share must have at least %d bytes", MinSecret)
	}
	seed, err := hkdf.Key(sha256.New, secret, nil, "tenuto peer authority 1", ed25519.SeedSize)
	if err != nil {
		return nil, fmt.Errorf("peer: derive the authority: %w", err)
	}
	authority := ed25519.NewKeyFromSeed(seed)
	root, err := rootOf(authority)
	if err != nil {
		return nil, err
	}
	own, err := leafOf(root, authority)
	if err != nil {
		return nil, err
	}
	p := proof{own: own, roots: x509.NewCertPool()}
	p.roots.AddCert(root)
	return &Credentials{mark: sha256.Sum256(root.RawSubjectPublicKeyInfo), current: func() proof { return p }}, nil
}

// Alone makes credentials that no other process has: no other node can connect.
func Alone() (*Credentials, error) {
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return nil, fmt.Errorf("peer: no randomness: %w", err)
	}
	return FromSecret(secret)
}

// Certificates made here have no time of their own: clocks of nodes may differ, keys live as long as their process, and a secret is
// withdrawn by giving all nodes another. 9999-12-31 is RFC 5280's way to say that a certificate does not expire.
var (
	always  = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	forever = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
)

// rootOf is the authority's own certificate: the same key and name in every process, which is all that chains are checked by.
func rootOf(authority ed25519.PrivateKey) (*x509.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "tenuto nodes"},
		NotBefore:             always,
		NotAfter:              forever,
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, authority.Public(), authority)
	if err != nil {
		return nil, fmt.Errorf("peer: make the authority: %w", err)
	}
	return x509.ParseCertificate(der)
}

// leafOf makes a key and has the authority sign it.
func leafOf(root *x509.Certificate, authority ed25519.PrivateKey) (tls.Certificate, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("peer: make a key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(public[:16]),
		Subject:      pkix.Name{CommonName: "tenuto node"},
		NotBefore:    always,
		NotAfter:     forever,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, root, public, authority)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("peer: sign the own key: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("peer: sign the own key: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private, Leaf: leaf}, nil
}
