package tenants

import (
	"crypto/x509"
	"slices"
	"strings"

	"github.com/tenuto-io/tenuto/orchestration"
)

// CertificateFilter accepts clients by what their certificates say of them. What is empty accepts everything; everything else has to match. A value may have
// one * at its beginning or its end, which stands for any characters, none included. Values compare byte for byte.
type CertificateFilter struct {
	CommonName         string `json:"cn,omitempty"`
	Organization       string `json:"o,omitempty"`
	OrganizationalUnit string `json:"ou,omitempty"`
	AlternativeName    string `json:"san,omitempty"` // a DNS name, an e-mail address, an IP address or a URI
}

// matches tells whether a certificate is as the filter says.
func (f CertificateFilter) matches(c *x509.Certificate) bool {
	return anyMatches(f.CommonName, []string{c.Subject.CommonName}) && anyMatches(f.Organization, c.Subject.Organization) &&
		anyMatches(f.OrganizationalUnit, c.Subject.OrganizationalUnit) && (f.AlternativeName == "" || anyMatches(f.AlternativeName, alternativeNames(c)))
}

func anyMatches(pattern string, all []string) bool {
	return pattern == "" || slices.ContainsFunc(all, func(s string) bool {
		if end, ok := strings.CutPrefix(pattern, "*"); ok {
			return strings.HasSuffix(s, end)
		}
		if begin, ok := strings.CutSuffix(pattern, "*"); ok {
			return strings.HasPrefix(s, begin)
		}
		return s == pattern
	})
}

func alternativeNames(c *x509.Certificate) []string {
	all := slices.Concat(c.DNSNames, c.EmailAddresses)
	for _, ip := range c.IPAddresses {
		all = append(all, ip.String())
	}
	for _, uri := range c.URIs {
		all = append(all, uri.String())
	}
	return all
}

func (f CertificateFilter) validate() error {
	if f == (CertificateFilter{}) {
		return orchestration.Errorf(orchestration.InvalidArgument, "A filter says at least one of common name, organization, organizational unit and alternative name.")
	}
	for _, v := range []string{f.CommonName, f.Organization, f.OrganizationalUnit, f.AlternativeName} {
		switch {
		case len(v) > MaxFilterLength:
			return orchestration.Errorf(orchestration.InvalidArgument, "A filter's value has %d bytes, the limit is %d.", len(v), MaxFilterLength)
		case strings.Count(v, "*") > 1 || strings.Contains(strings.Trim(v, "*"), "*"):
			return orchestration.Errorf(orchestration.InvalidArgument, "Filter %q: a value may have one *, at its beginning or its end.", v)
		}
	}
	return nil
}
