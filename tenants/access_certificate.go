package tenants

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// mostPresented bounds the certificates of a chain that are looked at.
const mostPresented = 8

// errCertificate is what every certificate is answered that no namespace accepts: what others accept is not told.
var errCertificate error = &Refused{"The client certificate is not accepted."}

// ByCertificates is whoever has the private key of the first of these certificates, which the connection has proved; the others lead from it towards its
// authority. It may do what the namespaces that know the authority say. Errors: *Refused; else the database could not be asked.
func (a *Access) ByCertificates(ctx context.Context, presented []*x509.Certificate) (*Principal, error) {
	if len(presented) == 0 || len(presented) > mostPresented {
		return nil, errCertificate
	}
	sum := sumOf(presented)
	p, round := a.proved(sum)
	if p != nil {
		return p, nil
	}
	v, err, _ := a.loads.Do(fmt.Sprintf("certificate %x %d", sum, round), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTime)
		defer cancel()
		p, err := a.certified(ctx, presented)
		if err == nil {
			a.keepProof(sum, p, round)
		}
		return p, err
	})
	if err != nil {
		return nil, err
	}
	p = v.(*Principal)
	return p, p.refusedAt(a.now())
}

// sumOf tells chains from each other, and from the texts of tokens: a certificate says its own length, and begins with a byte that no token has.
func sumOf(presented []*x509.Certificate) (sum [32]byte) {
	h := sha256.New()
	for _, c := range presented {
		h.Write(c.Raw)
	}
	h.Sum(sum[:0])
	return sum
}

// certified is the principal of a chain. Each authority is tried by itself: that one tenant has added many that are called like another's changes nothing.
func (a *Access) certified(ctx context.Context, presented []*x509.Certificate) (*Principal, error) {
	var issuers [][32]byte
	for _, c := range presented {
		issuers = append(issuers, sha256.Sum256(c.RawIssuer))
	}
	all, err := a.AuthoritiesBySubject(ctx, issuers)
	if err != nil {
		return nil, fmt.Errorf("read authorities: %w", err)
	}
	client, now := presented[0], a.now()
	var p *Principal
	for _, authority := range all {
		chain := chainTo(authority, presented, now)
		if chain == nil || !authority.accepts(client) {
			continue
		}
		if p == nil {
			p = &Principal{
				ID: certificateID(client, chain[1]), Name: nameOf(client),
				Credential: Credential{Kind: CertificateCredential, ID: fingerprint(client), Expires: client.NotAfter},
				rights:     rights{tenants: map[TenantID]*tenantRights{}},
			}
		}
		p.rights.accept(authority)
		for _, c := range chain {
			if c.NotAfter.Before(p.Credential.Expires) {
				p.Credential.Expires = c.NotAfter
			}
		}
	}
	if p == nil {
		return nil, errCertificate
	}
	p.remember = p.Credential.Expires
	return p, nil
}

// accept adds what a namespace lets an authority's clients do.
func (r *rights) accept(a Authority) {
	t := r.tenants[a.Tenant]
	if t == nil {
		t = &tenantRights{namespaces: map[orchestration.NamespaceID]Permission{}}
		r.tenants[a.Tenant] = t
	}
	t.namespaces[a.Namespace] |= a.Permissions.closed()
}

// chainTo leads from a client's certificate to an authority; nil if nothing does. An authority's own certificate is no client's.
func chainTo(a Authority, presented []*x509.Certificate, now time.Time) []*x509.Certificate {
	root, err := x509.ParseCertificate(a.Certificate)
	if err != nil {
		return nil // it was parsed when it was added; what cannot be read now lets nobody in
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(root)
	for _, c := range presented[1:] {
		between.AddCert(c)
	}
	chains, err := presented[0].Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil || len(chains[0]) < 2 {
		return nil
	}
	return chains[0]
}

// certificateID is stable over renewals, and never the same for clients of different authorities: whoever has signed a client is part of it.
func certificateID(client, issuer *x509.Certificate) string {
	key := sha256.Sum256(issuer.RawSubjectPublicKeyInfo)
	return "certificate:" + hex.EncodeToString(key[:8]) + "#" + nameOf(client)
}

// nameOf is what people call the holder of a certificate: its common name, else its first alternative name, else the number that its authority gave it.
func nameOf(c *x509.Certificate) string {
	if c.Subject.CommonName != "" {
		return c.Subject.CommonName
	}
	if all := alternativeNames(c); len(all) > 0 {
		return all[0]
	}
	return c.SerialNumber.Text(16)
}

// fingerprint is the SHA-256 of a certificate in hexadecimal digits, as tools print it.
func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// SetAuthority has a namespace let in the clients of an authority, given as PEM, in place of what it knew by that name. Errors: InvalidArgument, NotFound (the
// namespace is not the tenant's), FailedPrecondition (it has too many).
func (a *Access) SetAuthority(ctx context.Context, v Authority, text []byte) (Authority, error) {
	if err := v.validate(); err != nil {
		return v, err
	}
	c, err := ParseAuthority(text, a.now())
	if err != nil {
		return v, err
	}
	v.ID, v.Certificate, v.Created = AuthorityID(uuid.New()), c.Raw, a.stamp()
	v, err = a.PutAuthority(ctx, v)
	return v, a.changed(ctx, "authority", err)
}

// RemoveAuthority has a namespace let in nobody any more because of an authority. Removing it again changes nothing.
func (a *Access) RemoveAuthority(ctx context.Context, t TenantID, id AuthorityID) error {
	return a.changed(ctx, "authority", a.DeleteAuthority(ctx, t, id))
}
