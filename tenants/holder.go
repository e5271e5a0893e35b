package tenants

import (
	"time"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// HolderID identifies a person, a group or a service account.
type HolderID uuid.UUID

// String is the canonical text form of the id.
func (id HolderID) String() string { return uuid.UUID(id).String() }

// HolderKind says what a holder is. The values are stored.
type HolderKind uint8

// The kinds of holders.
const (
	HolderPerson  HolderKind = 1
	HolderGroup   HolderKind = 2
	HolderAccount HolderKind = 3
)

// Holder is who holds a grant or a key.
type Holder struct {
	Kind HolderKind
	ID   HolderID
}

// String is the holder's stable name in logs: "person:<id>".
func (h Holder) String() string {
	switch h.Kind {
	case HolderPerson:
		return "person:" + h.ID.String()
	case HolderGroup:
		return "group:" + h.ID.String()
	}
	return "account:" + h.ID.String()
}

// Identity is who somebody is to an identity provider. An address can be given to somebody else tomorrow; this cannot.
type Identity struct {
	Issuer  string // the provider's URL, exactly as its tokens say it
	Subject string // the provider's id of the person
}

// Person is somebody who has signed in or was invited.
type Person struct {
	ID HolderID
	Identity
	Name     string // for people; as the provider says
	Email    string // likewise; nothing is decided by it
	Disabled bool   // by an operator: nothing that the person has lets in
	Created  time.Time
	Seen     time.Time // last sign-in or refresh; zero: never
}

// Group is a set of people of a tenant.
type Group struct {
	ID     HolderID
	Tenant TenantID
	Name   string // unique in the tenant
	// Issuer and Claim map a group of an identity provider: whoever's token of that issuer lists Claim among its groups is in this group. Both are empty for
	// a group whose members are chosen here.
	Issuer, Claim string
	Created       time.Time
}

// Account is a program's own identity in a tenant.
type Account struct {
	ID       HolderID
	Tenant   TenantID
	Name     string // unique in the tenant
	Disabled bool   // its keys let nobody in
	Created  time.Time
}

// GrantID identifies a grant.
type GrantID uuid.UUID

// Grant gives a holder a role in a tenant, or permissions in one of its namespaces. A grant that a group holds counts for its members, and the group is then
// its source.
type Grant struct {
	ID          GrantID
	Tenant      TenantID
	Holder      Holder
	Role        Role                      // NoRole: a grant of Permissions
	Namespace   orchestration.NamespaceID // of Permissions
	Permissions Permission
	Created     time.Time
	By          string // who gave it; "" when nobody did, as at set-up
}

// Right is a grant as it counts for somebody.
type Right struct {
	Grant
	Via HolderID // the group that holds it; zero: it is the holder's own
}
