package view

import (
	"slices"
	"strings"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// AuthoritiesPage lists the certificate authorities whose clients a tenant's namespaces let in.
type AuthoritiesPage struct {
	TenantFrame
	Authorities []*adminv1.Authority
	Next        string
	Namespaces  []string // to choose from
	Encrypted   bool     // the server speaks TLS: without, no client shows a certificate
}

// admitted is which clients of an authority are let in.
func admitted(a *adminv1.Authority) string {
	var all []string
	for _, f := range a.GetFilters() {
		all = append(all, Visible(f.Words()))
	}
	if len(all) == 0 {
		return "all that it has signed"
	}
	return strings.Join(all, " or ")
}

// ended tells whether an authority's own certificate has ended, and with it all that it has signed.
func (p AuthoritiesPage) ended(a *adminv1.Authority) bool { return at(a.GetExpireTime()).Before(p.Now) }

// gone tells whether what was refused concerned an authority that is not on the page any more.
func (p AuthoritiesPage) gone() bool {
	return p.Filled.Form != "authority" && !slices.ContainsFunc(p.Authorities, func(a *adminv1.Authority) bool { return a.GetId() == p.Filled.Form })
}
