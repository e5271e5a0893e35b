package tenantstest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"
)

// CA is a certificate authority of a test.
type CA struct {
	PEM  []byte // its own certificate
	Cert *x509.Certificate

	t     testing.TB
	key   *ecdsa.PrivateKey
	chain [][]byte // from itself to below the first, DER
}

// NewCA makes an authority of that common name that signs for an hour around now.
func NewCA(t testing.TB, name string, now time.Time) *CA {
	t.Helper()
	ca := &CA{t: t, key: newKey(t)}
	ca.become(sign(t, authorityCalled(name, now), nil, ca.key, ca.key))
	return ca
}

// Below makes an authority that this one has signed. Clients of it show its certificate with theirs.
func (ca *CA) Below(name string, now time.Time) *CA {
	ca.t.Helper()
	below := &CA{t: ca.t, key: newKey(ca.t)}
	below.become(sign(ca.t, authorityCalled(name, now), ca.Cert, below.key, ca.key))
	below.chain = append([][]byte{below.Cert.Raw}, ca.chain...)
	return below
}

func (ca *CA) become(der []byte) {
	ca.t.Helper()
	c, err := x509.ParseCertificate(der)
	must(ca.t, err)
	ca.Cert, ca.PEM = c, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// Client signs a certificate as the template says; what it leaves open is that of a client for as long as the authority signs.
func (ca *CA) Client(template x509.Certificate) tls.Certificate {
	ca.t.Helper()
	key := newKey(ca.t)
	template.SerialNumber = serial(ca.t)
	if template.NotAfter.IsZero() {
		template.NotBefore, template.NotAfter = ca.Cert.NotBefore, ca.Cert.NotAfter
	}
	if template.ExtKeyUsage == nil {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	der := sign(ca.t, &template, ca.Cert, key, ca.key)
	return tls.Certificate{Certificate: append([][]byte{der}, ca.chain...), PrivateKey: key}
}

// Called is a client that has nothing but a common name.
func (ca *CA) Called(name string) tls.Certificate {
	ca.t.Helper()
	return ca.Client(x509.Certificate{Subject: pkix.Name{CommonName: name}})
}

// Presented is what a server sees of a client's certificate.
func Presented(t testing.TB, c tls.Certificate) (chain []*x509.Certificate) {
	t.Helper()
	for _, der := range c.Certificate {
		parsed, err := x509.ParseCertificate(der)
		must(t, err)
		chain = append(chain, parsed)
	}
	return chain
}

func authorityCalled(name string, now time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return key
}

func serial(t testing.TB) *big.Int {
	t.Helper()
	n, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	must(t, err)
	return n
}

// sign signs a certificate for a key; issuer nil: it signs itself.
func sign(t testing.TB, template, issuer *x509.Certificate, of, by *ecdsa.PrivateKey) []byte {
	t.Helper()
	if template.SerialNumber == nil {
		template.SerialNumber = serial(t)
	}
	if issuer == nil {
		issuer = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, of.Public(), by)
	must(t, err)
	return der
}
