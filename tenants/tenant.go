package tenants

import (
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// TenantID identifies a tenant for ever; it is never given again.
type TenantID uuid.UUID

// String is the canonical text form of the id.
func (id TenantID) String() string { return uuid.UUID(id).String() }

// Tenants that are always there.
var (
	// DefaultTenant has the namespaces with plain names. Its id is fixed: namespaces that are older than tenants are its own.
	DefaultTenant = TenantID{15: 1}
	// InstallationTenant is no tenant. Grants in it count in all of them.
	InstallationTenant = TenantID{}
)

// DefaultTenantName is the name of DefaultTenant.
const DefaultTenantName = "default"

// Tenant is an organisation that uses the installation: it has namespaces, and people, groups, accounts and keys of its own.
type Tenant struct {
	ID        TenantID
	Name      string // unique, part of its namespaces' names, and so for ever
	Title     string // for people; up to MaxTitleLength bytes
	Suspended bool   // its namespaces accept no calls that change anything
	Protected bool   // it cannot be deleted
	AuditDays int    // how many days its audit records stay; 0: as long as the installation says
	Created   time.Time
	Updated   time.Time
}

// Limits of names and titles of tenants, groups, accounts and keys, in bytes.
const (
	MaxTenantName  = 63
	MaxTitleLength = 255
)

// MaxAuditDays is the longest retention of audit records.
const MaxAuditDays = 36_500

var tenantName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

// ValidateTenantName returns InvalidArgument unless name is 1 to MaxTenantName lower-case letters, digits and inner hyphens: a label of a host name.
func ValidateTenantName(name string) error {
	if len(name) > MaxTenantName || !tenantName.MatchString(name) {
		return orchestration.Errorf(orchestration.InvalidArgument,
			"Tenant %q: a tenant's name is 1 to %d lower-case letters, digits and hyphens, with a letter or digit at both ends.", name, MaxTenantName)
	}
	return nil
}

// TenantOf is the name of the tenant that a namespace of that name belongs to: what follows the last dot, or DefaultTenantName. A namespace that was founded
// before there were tenants may have dots in its name and belong to the default tenant all the same: Namespace.Tenant tells.
func TenantOf(namespace string) string {
	if i := strings.LastIndexByte(namespace, '.'); i >= 0 {
		return namespace[i+1:]
	}
	return DefaultTenantName
}

// NamespaceName is what a tenant's namespace is called on the wire: "<name>.<tenant>", plain in the default tenant. name has no dots.
func NamespaceName(name, tenant string) string {
	if tenant == DefaultTenantName {
		return name
	}
	return name + "." + tenant
}

// validateTitle checks what people call something of a tenant. what is its kind, for the sentence.
func validateTitle(what, title string) error {
	switch {
	case strings.TrimSpace(title) == "":
		return orchestration.Errorf(orchestration.InvalidArgument, "The name of the %s is not set.", what)
	case len(title) > MaxTitleLength:
		return orchestration.Errorf(orchestration.InvalidArgument, "The name of the %s has %d bytes, the limit is %d.", what, len(title), MaxTitleLength)
	}
	return nil
}
