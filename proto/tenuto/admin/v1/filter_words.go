package adminv1

import (
	"fmt"
	"strings"
)

// ParseCertificateFilter reads a filter from words, as people type it: "ou=payments,cn=worker-*", each of cn, o, ou and san at most once.
func ParseCertificateFilter(words string) (*CertificateFilter, error) {
	f := &CertificateFilter{}
	fields := map[string]*string{"cn": &f.CommonName, "o": &f.Organization, "ou": &f.OrganizationalUnit, "san": &f.AlternativeName}
	for part := range strings.SplitSeq(words, ",") {
		what, value, ok := strings.Cut(part, "=")
		field := fields[what]
		if !ok || value == "" || field == nil || *field != "" {
			return nil, fmt.Errorf("filter %q: it is WHAT=VALUE,… with each of cn, o, ou and san at most once", words)
		}
		*field = value
	}
	return f, nil
}

// Words is the filter as ParseCertificateFilter reads it.
func (f *CertificateFilter) Words() string {
	var parts []string
	for _, p := range []struct{ what, value string }{
		{"cn", f.GetCommonName()}, {"o", f.GetOrganization()}, {"ou", f.GetOrganizationalUnit()}, {"san", f.GetAlternativeName()},
	} {
		if p.value != "" {
			parts = append(parts, p.what+"="+p.value)
		}
	}
	return strings.Join(parts, ",")
}
