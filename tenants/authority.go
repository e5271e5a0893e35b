package tenants

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"time"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// AuthorityID identifies an authority for ever.
type AuthorityID uuid.UUID

// Authority is a certificate authority whose clients a namespace lets in without a key: whoever proves to have the private key of a certificate that it has
// signed, and that one of the filters accepts, has the permissions there. Nothing follows from it in other namespaces.
type Authority struct {
	ID          AuthorityID
	Tenant      TenantID
	Namespace   orchestration.NamespaceID // of the tenant
	Name        string                    // unique in the namespace
	Certificate []byte                    // the authority's own, DER; up to MaxCertificate bytes
	Filters     []CertificateFilter       // none: every client that it has signed
	Permissions Permission
	Created     time.Time
	By          string // the principal who added it; "" for nobody
}

// Limits of authorities.
const (
	MaxAuthorities  = 32      // of a namespace
	MaxFilters      = 25      // of an authority
	MaxFilterLength = 255     // of each value, in bytes
	MaxCertificate  = 1 << 14 // bytes of one
)

// Fingerprint is the SHA-256 of the authority's certificate.
func (a Authority) Fingerprint() [32]byte { return sha256.Sum256(a.Certificate) }

// ParseAuthority reads the certificate of an authority from PEM: exactly one, which may sign others and has not ended at now. Errors: InvalidArgument.
func ParseAuthority(text []byte, now time.Time) (*x509.Certificate, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, orchestration.Errorf(orchestration.InvalidArgument, "The authority is no PEM file of a certificate.")
	}
	if next, _ := pem.Decode(rest); next != nil {
		return nil, orchestration.Errorf(orchestration.InvalidArgument, "The PEM file has several certificates; each authority is added by itself.")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	switch {
	case err != nil:
		return nil, orchestration.Errorf(orchestration.InvalidArgument, "The authority's certificate cannot be read: %v.", err)
	case len(c.Raw) > MaxCertificate:
		return nil, orchestration.Errorf(orchestration.InvalidArgument, "The authority's certificate has %d bytes, the limit is %d.", len(c.Raw), MaxCertificate)
	case !signs(c):
		return nil, orchestration.Errorf(orchestration.InvalidArgument, "The certificate is none of an authority: it may not sign others.")
	case !now.Before(c.NotAfter):
		return nil, orchestration.Errorf(orchestration.InvalidArgument, "The authority's certificate has expired at %s.", c.NotAfter.UTC().Format(time.RFC3339))
	}
	return c, nil
}

// signs tells whether a certificate is an authority's.
func signs(c *x509.Certificate) bool {
	return c.BasicConstraintsValid && c.IsCA && (c.KeyUsage == 0 || c.KeyUsage&x509.KeyUsageCertSign != 0)
}

// accepts tells whether one of the filters accepts a client that the authority has signed.
func (a Authority) accepts(client *x509.Certificate) bool {
	if len(a.Filters) == 0 {
		return true
	}
	for _, f := range a.Filters {
		if f.matches(client) {
			return true
		}
	}
	return false
}

// validate checks what can be known to be wrong of an authority but its certificate.
func (a Authority) validate() error {
	switch {
	case a.Permissions == 0 || a.Permissions&^AllPermissions != 0:
		return orchestration.Errorf(orchestration.InvalidArgument, "An authority's clients have at least one of the permissions admin, write, worker, read and payload:read.")
	case len(a.Filters) > MaxFilters:
		return orchestration.Errorf(orchestration.InvalidArgument, "The authority has %d filters, the limit is %d.", len(a.Filters), MaxFilters)
	}
	for _, f := range a.Filters {
		if err := f.validate(); err != nil {
			return err
		}
	}
	return validateTitle("authority", a.Name)
}
