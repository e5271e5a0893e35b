package tenants_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/tenantstest"
)

// trust has a namespace let in a CA's clients.
func (h *house) trust(n tenants.Namespace, ca *tenantstest.CA, p tenants.Permission, filters ...tenants.CertificateFilter) tenants.Authority {
	h.t.Helper()
	return must(h.SetAuthority(h.t.Context(), tenants.Authority{
		Tenant: n.Tenant, Namespace: n.ID, Name: h.clock.now().String() + ca.Cert.Subject.String() + p.String(), Filters: filters, Permissions: p,
	}, ca.PEM))(h.t)
}

func (h *house) shown(c tls.Certificate) (*tenants.Principal, error) {
	return h.ByCertificates(h.t.Context(), tenantstest.Presented(h.t, c))
}

// TestCertificateLetsInWhereItsAuthorityIsKnown: a client may do what the namespaces say that know its authority, and nothing anywhere else.
func TestCertificateLetsInWhereItsAuthorityIsKnown(t *testing.T) {
	h := newHouse(t)
	ca := tenantstest.NewCA(t, "acme's", h.clock.now())
	h.trust(h.one, ca, tenants.Worker)
	h.trust(h.other, ca, tenants.Read)
	h.trust(h.one, ca, tenants.Write)
	p := must(h.shown(ca.Called("w")))(t)
	for _, c := range []struct {
		in   tenants.Namespace
		want tenants.Permission
	}{{h.one, tenants.Worker | tenants.Write}, {h.two, 0}, {h.other, tenants.Read}} {
		if got := p.In(&c.in); got != c.want {
			t.Errorf("in %s it may %v, want %v", c.in.Name, got, c.want)
		}
	}
	if p.Role(h.acme.ID) != tenants.NoRole || p.Operates() {
		t.Error("it has a role")
	}
	renewed := must(h.shown(ca.Called("w")))(t)
	if p.ID != renewed.ID || !strings.HasPrefix(p.ID, "certificate:") || p.Name != "w" || p.Credential.ID == renewed.Credential.ID {
		t.Errorf("it is %+v, and renewed %+v", p, renewed)
	}
	if again := must(h.shown(ca.Below("between", h.clock.now()).Called("w")))(t); again.ID == p.ID || again.In(&h.one) == 0 {
		t.Errorf("signed by an authority between, it is %+v", again)
	}
}

// TestForeignCertificates: what leads to no authority of a namespace lets nobody in, whatever it says of itself.
func TestForeignCertificates(t *testing.T) {
	h := newHouse(t)
	now := h.clock.now()
	ca := tenantstest.NewCA(t, "acme's", now)
	h.trust(h.one, ca, tenants.AllPermissions)
	namesake := tenantstest.NewCA(t, "acme's", now)
	h.trust(h.other, tenantstest.NewCA(t, "globex's", now), tenants.AllPermissions)
	forged := namesake.Called("w")
	forged.Certificate = append(forged.Certificate, ca.Cert.Raw) // shown with the authority that has not signed it
	for name, c := range map[string]tls.Certificate{
		"of a namesake": namesake.Called("w"),
		"forged":        forged,
		"its own":       {Certificate: [][]byte{ca.Cert.Raw}},
		"expired":       ca.Client(x509.Certificate{NotBefore: now.Add(-2 * time.Hour), NotAfter: now.Add(-time.Minute)}),
		"not yet":       ca.Client(x509.Certificate{NotBefore: now.Add(time.Minute), NotAfter: now.Add(time.Hour)}),
		"a server's":    ca.Client(x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}),
		"long":          {Certificate: slices.Repeat(ca.Called("w").Certificate, 9)},
		"none":          {},
	} {
		var r *tenants.Refused
		if p, err := h.shown(c); !errors.As(err, &r) {
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
}

// TestCertificateFilters: an authority's clients are let in as the filters say.
func TestCertificateFilters(t *testing.T) {
	spiffe := &url.URL{Scheme: "spiffe", Host: "acme", Path: "/worker/7"}
	client := x509.Certificate{
		Subject: pkix.Name{CommonName: "worker-7", Organization: []string{"Acme"}, OrganizationalUnit: []string{"Ops", "Payments"}}, DNSNames: []string{"w7.acme.example"},
		URIs: []*url.URL{spiffe},
	}
	type filters []tenants.CertificateFilter
	for name, c := range map[string]struct {
		filters filters
		in      bool
	}{
		"none":         {nil, true},
		"name":         {filters{{CommonName: "worker-7"}}, true},
		"other name":   {filters{{CommonName: "worker-70"}}, false},
		"another case": {filters{{CommonName: "Worker-7"}}, false},
		"prefix":       {filters{{CommonName: "worker-*"}}, true},
		"suffix":       {filters{{AlternativeName: "*.acme.example"}}, true},
		"other suffix": {filters{{AlternativeName: "*.acme.example.org"}}, false},
		"uri":          {filters{{AlternativeName: "spiffe://acme/worker/*"}}, true},
		"any":          {filters{{OrganizationalUnit: "*"}}, true},
		"second unit":  {filters{{OrganizationalUnit: "Payments"}}, true},
		"all of one":   {filters{{CommonName: "worker-7", Organization: "Globex"}}, false},
		"one of all":   {filters{{Organization: "Globex"}, {Organization: "Acme", OrganizationalUnit: "Ops"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			ca := tenantstest.NewCA(t, "ca", h.clock.now())
			h.trust(h.one, ca, tenants.Worker, c.filters...)
			if p, err := h.shown(ca.Client(client)); (err == nil) != c.in {
				t.Errorf("%v, %v", p, err)
			}
		})
	}
}

// TestCertificateEnds: what was let in is let in no longer than the certificate, the authority, and the namespace's word.
func TestCertificateEnds(t *testing.T) {
	h := newHouse(t)
	ca := tenantstest.NewCA(t, "ca", h.clock.now())
	first := h.trust(h.one, ca, tenants.Worker)
	second := h.trust(h.two, ca, tenants.Worker)
	short := ca.Client(x509.Certificate{NotBefore: ca.Cert.NotBefore, NotAfter: h.clock.now().Add(time.Minute)})
	p := must(h.shown(short))(t)
	if !p.Credential.Expires.Equal(h.clock.now().Add(time.Minute)) || p.In(&h.one) == 0 {
		t.Errorf("got %+v", p)
	}
	epoch := h.Epoch()
	if err := h.RemoveAuthority(t.Context(), h.one.Tenant, first.ID); err != nil {
		t.Fatal(err)
	}
	if epoch.Err() == nil {
		t.Error("the epoch goes on: whoever waits would wait on")
	}
	if p = must(h.shown(short))(t); p.In(&h.one) != 0 || p.In(&h.two) == 0 {
		t.Error("what was removed still counts, or what was not does not")
	}
	h.clock.t = h.clock.t.Add(time.Minute)
	if _, err := h.shown(short); err == nil {
		t.Error("it is let in when it has expired")
	}
	long := ca.Called("long")
	must(h.shown(long))(t)
	if err := h.RemoveAuthority(t.Context(), h.two.Tenant, second.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.shown(long); err == nil {
		t.Error("it is let in without an authority")
	}
	h.trust(h.two, ca, tenants.Worker)
	must(h.shown(long))(t)
	h.clock.t = h.clock.t.Add(2 * time.Hour)
	if _, err := h.shown(long); err == nil {
		t.Error("it is let in when its authority has expired")
	}
}

// TestCertificateOnOtherNodes: what one node adds and removes counts at another once it has looked.
func TestCertificateOnOtherNodes(t *testing.T) {
	h := newHouse(t)
	far := h.node()
	ca := tenantstest.NewCA(t, "ca", h.clock.now())
	a := h.trust(h.one, ca, tenants.Worker)
	chain := tenantstest.Presented(t, ca.Called("w"))
	must(far.ByCertificates(t.Context(), chain))(t)
	if err := h.RemoveAuthority(t.Context(), a.Tenant, a.ID); err != nil {
		t.Fatal(err)
	}
	if err := far.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := far.ByCertificates(t.Context(), chain); err == nil {
		t.Error("the other node lets it in")
	}
}

// TestAuthoritiesThatAreNone: what is no certificate of an authority, and what would let in nobody or anybody by mistake, is refused.
func TestAuthoritiesThatAreNone(t *testing.T) {
	h := newHouse(t)
	now := h.clock.now()
	ca := tenantstest.NewCA(t, "ca", now)
	leaf := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Called("w").Certificate[0]})
	good := tenants.Authority{Tenant: h.acme.ID, Namespace: h.one.ID, Name: "ca", Permissions: tenants.Worker}
	with := func(f func(*tenants.Authority)) tenants.Authority { a := good; f(&a); return a }
	filter := func(f tenants.CertificateFilter) tenants.Authority {
		return with(func(a *tenants.Authority) { a.Filters = []tenants.CertificateFilter{f} })
	}
	for name, c := range map[string]struct {
		authority tenants.Authority
		pem       []byte
		code      orchestration.Code
	}{
		"no PEM":         {good, []byte("hello"), orchestration.InvalidArgument},
		"a client":       {good, leaf, orchestration.InvalidArgument},
		"two":            {good, slices.Concat(ca.PEM, ca.PEM), orchestration.InvalidArgument},
		"no DER":         {good, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1}}), orchestration.InvalidArgument},
		"a key":          {good, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: ca.Cert.Raw}), orchestration.InvalidArgument},
		"expired":        {good, tenantstest.NewCA(t, "ca", now.Add(-2*time.Hour)).PEM, orchestration.InvalidArgument},
		"no name":        {with(func(a *tenants.Authority) { a.Name = " " }), ca.PEM, orchestration.InvalidArgument},
		"no permission":  {with(func(a *tenants.Authority) { a.Permissions = 0 }), ca.PEM, orchestration.InvalidArgument},
		"empty filter":   {filter(tenants.CertificateFilter{}), ca.PEM, orchestration.InvalidArgument},
		"star within":    {filter(tenants.CertificateFilter{CommonName: "a*b"}), ca.PEM, orchestration.InvalidArgument},
		"two stars":      {filter(tenants.CertificateFilter{CommonName: "*b*"}), ca.PEM, orchestration.InvalidArgument},
		"long":           {filter(tenants.CertificateFilter{CommonName: strings.Repeat("x", 256)}), ca.PEM, orchestration.InvalidArgument},
		"another tenant": {with(func(a *tenants.Authority) { a.Namespace = h.other.ID }), ca.PEM, orchestration.NotFound},
	} {
		if _, err := h.SetAuthority(t.Context(), c.authority, c.pem); orchestration.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}
