package tenants

import (
	"context"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// CredentialKind is how a principal has proved who it is.
type CredentialKind string

// The kinds of credentials.
const (
	NoCredential      CredentialKind = "none" // authentication is off
	KeyCredential     CredentialKind = "key"
	TokenCredential   CredentialKind = "token"
	SessionCredential CredentialKind = "session"
	// CertificateCredential is a client certificate of the connection.
	CertificateCredential CredentialKind = "certificate"
)

// Credential says what a principal came with, without anything secret.
type Credential struct {
	Kind    CredentialKind
	ID      string    // of a key: its id; of a token: its "jti", if it has one; of a certificate: its SHA-256
	Expires time.Time // zero: never
}

// Principal is who calls: verified, with what it may do. It never changes; a newer one takes its place when something of it changed. Every decision about a
// caller, and every record of what one did, is made from it.
type Principal struct {
	ID         string // stable, for records: "person:…", "account:…", "token:<issuer>#<subject>", "certificate:<issuing key>#<name>"
	Name       string // for people
	Credential Credential

	rights   rights
	home     TenantID  // of a key: its tenant
	refusal  error     // it lets nobody in, and why
	remember time.Time // of a token or certificate: how long its verification counts
}

// rights are what a principal may do, ready to be asked.
type rights struct {
	tenants    map[TenantID]*tenantRights
	names      map[string]Permission // from a token's claims, by the namespace's name
	everywhere Permission            // in every namespace
	operator   bool
	limit      *keyLimit // of a key with scopes
}

// tenantRights are what somebody may do in one tenant.
type tenantRights struct {
	role       Role // the highest
	every      Permission
	namespaces map[orchestration.NamespaceID]Permission
}

// keyLimit is what the scopes of a key leave.
type keyLimit struct {
	tenant     TenantID
	every      Permission
	namespaces map[orchestration.NamespaceID]Permission
}

// Anybody is the principal of every call when authentication is off: it may do everything.
var Anybody = &Principal{ID: "anybody", Name: "anybody", Credential: Credential{Kind: NoCredential}, rights: rights{operator: true}}

// In is what the principal may do in a namespace.
func (p *Principal) In(n *Namespace) Permission {
	var have Permission
	if p.rights.operator {
		have = AllPermissions
	} else {
		have = p.rights.everywhere | p.rights.names[n.Name]
		if t := p.rights.tenants[n.Tenant]; t != nil {
			have |= t.every | t.namespaces[n.ID]
		}
	}
	if l := p.rights.limit; l != nil {
		if n.Tenant != l.tenant {
			return 0
		}
		have &= l.every | l.namespaces[n.ID]
	}
	return have
}

// Role is what the principal is in a tenant: Operator for whoever may do everything. A key with scopes has no role.
func (p *Principal) Role(t TenantID) Role {
	switch {
	case p.rights.limit != nil:
		return NoRole
	case p.rights.operator:
		return Operator
	}
	if r := p.rights.tenants[t]; r != nil {
		return r.role
	}
	return NoRole
}

// Knows tells whether the principal may learn what exists in a tenant. To all others, the tenant's things are not found.
func (p *Principal) Knows(t TenantID) bool {
	return p.rights.operator && p.rights.limit == nil || p.rights.tenants[t] != nil
}

// Operates tells whether the principal may do everything in every tenant.
func (p *Principal) Operates() bool { return p.rights.operator && p.rights.limit == nil }

// Reach is where the principal may see anything at all: some tenants, and some namespaces by name. everywhere: no need to ask.
func (p *Principal) Reach() (tenants []TenantID, names []string, everywhere bool) {
	if p.rights.limit != nil {
		return []TenantID{p.rights.limit.tenant}, nil, false
	}
	if p.rights.operator || p.rights.everywhere != 0 {
		return nil, nil, true
	}
	for t := range p.rights.tenants {
		tenants = append(tenants, t)
	}
	for name := range p.rights.names {
		names = append(names, name)
	}
	return tenants, names, false
}

// rightsOf gathers what grants allow. member are the tenants that the holder belongs to; a grant elsewhere does not count.
func rightsOf(member []TenantID, all []Right) rights {
	r := rights{tenants: make(map[TenantID]*tenantRights, len(member))}
	for _, t := range member {
		r.tenants[t] = &tenantRights{role: Member}
	}
	for _, g := range all {
		if g.Tenant == InstallationTenant {
			r.operator = r.operator || g.Role == Operator
			continue
		}
		t := r.tenants[g.Tenant]
		if t == nil {
			continue
		}
		t.role = max(t.role, g.Role)
		t.every |= g.Role.Permissions()
		if g.Role == NoRole {
			if t.namespaces == nil {
				t.namespaces = map[orchestration.NamespaceID]Permission{}
			}
			t.namespaces[g.Namespace] |= g.Permissions.closed()
		}
	}
	return r
}

// limitOf is what a key's scopes leave; nil for a key without.
func limitOf(k Key) *keyLimit {
	if len(k.Scopes) == 0 {
		return nil
	}
	l := &keyLimit{tenant: k.Tenant, namespaces: make(map[orchestration.NamespaceID]Permission, len(k.Scopes))}
	for _, s := range k.Scopes {
		if s.Namespace.IsZero() {
			l.every |= s.Permissions.closed()
		} else {
			l.namespaces[s.Namespace] |= s.Permissions.closed()
		}
	}
	return l
}

type principalKey struct{}

// WithPrincipal leaves a principal in a context.
func WithPrincipal(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// PrincipalOf is the principal in a context; nil: there is none, and nothing is allowed.
func PrincipalOf(ctx context.Context) *Principal {
	p, _ := ctx.Value(principalKey{}).(*Principal)
	return p
}
