package tenants

import (
	"strings"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Permission is a set of things that somebody may do in a namespace. The values are stored.
type Permission uint16

// The permissions in a namespace.
const (
	// Admin changes the namespace itself: settings, search attributes, suspension, deletion. It includes Write, Worker and Read, and not PayloadRead.
	Admin Permission = 1 << iota
	// Write starts, signals, updates, cancels, terminates and resets workflows. It does not include Read.
	Write
	// Worker is every call that an official worker makes, with the payloads that it gets.
	Worker
	// Read sees workflows, queues and workers, with their payloads hidden.
	Read
	// PayloadRead sees payloads wherever Read or Write gets an answer that has some. Alone it allows no call.
	PayloadRead

	// AllPermissions are all of them.
	AllPermissions = Admin | Write | Worker | Read | PayloadRead
)

// permissionNames are the words for permissions: in keys' scopes, in the claims of tokens and on pages.
var permissionNames = []struct {
	bit  Permission
	name string
}{{Admin, "admin"}, {Write, "write"}, {Worker, "worker"}, {Read, "read"}, {PayloadRead, "payload:read"}}

// ParsePermission reads one permission's word. Errors: InvalidArgument.
func ParsePermission(word string) (Permission, error) {
	for _, p := range permissionNames {
		if p.name == word {
			return p.bit, nil
		}
	}
	return 0, orchestration.Errorf(orchestration.InvalidArgument, "Permission %q: it is admin, write, worker, read or payload:read.", word)
}

// String lists the words of the set, for example "write,read".
func (p Permission) String() string {
	var words []string
	for _, n := range permissionNames {
		if p&n.bit != 0 {
			words = append(words, n.name)
		}
	}
	return strings.Join(words, ",")
}

// closed is p with what its members include.
func (p Permission) closed() Permission {
	if p&Admin != 0 {
		p |= Write | Worker | Read
	}
	return p
}

// Role is what somebody is in a tenant. The values are stored.
type Role uint8

// The roles. What a role may do in the tenant's namespaces is in its comment; beside that, whoever has one knows that the tenant's things exist.
const (
	NoRole        Role = 0
	Member        Role = 1 // nothing but what grants on namespaces add
	Auditor       Role = 2 // Read everywhere; reads members, keys and the audit log
	Developer     Role = 3 // Write, Worker, Read and PayloadRead everywhere
	Administrator Role = 4 // everything everywhere; founds namespaces; manages members, groups, accounts and keys, but no owners
	Owner         Role = 5 // all that; manages owners too, and deletes the tenant
	Operator      Role = 6 // of the installation, in InstallationTenant only: everything in every tenant; founds and suspends tenants, and sets quotas
)

var roleNames = map[Role]string{Member: "member", Auditor: "auditor", Developer: "developer", Administrator: "admin", Owner: "owner", Operator: "operator"}

// String is the word for the role.
func (r Role) String() string { return roleNames[r] }

// ParseRole reads the word for a role. Errors: InvalidArgument.
func ParseRole(word string) (Role, error) {
	for r, name := range roleNames {
		if name == word {
			return r, nil
		}
	}
	return NoRole, orchestration.Errorf(orchestration.InvalidArgument, "Role %q: it is owner, admin, developer, auditor or member.", word)
}

// Permissions are what the role may do in every namespace of its tenant.
func (r Role) Permissions() Permission {
	switch r {
	case Auditor:
		return Read
	case Developer:
		return Write | Worker | Read | PayloadRead
	case Administrator, Owner, Operator:
		return AllPermissions
	}
	return 0
}
