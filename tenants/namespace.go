package tenants

import (
	"regexp"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
)

// State is where a namespace is in its life. The values are stored, and equal those of enumspb.NamespaceState.
type State int32

// The states of a namespace.
const (
	Registered State = 1 // in use
	Deprecated State = 2 // what runs goes on; nothing new should start
	Deleted    State = 3 // on its way out
)

// Retention is how long a closed run is kept: history, visibility and all.
type Retention time.Duration

// The limits of a retention, inclusive. The minimum is that of the public documentation of this API.
const (
	MinRetention = Retention(24 * time.Hour)
	MaxRetention = Retention(36_500 * 24 * time.Hour)
)

// Limits of what a namespace may carry.
const (
	MaxNameLength = 255       // bytes of a name
	MaxTextLength = 64 * 1024 // bytes of description, owner and data together
)

// namePattern keeps names usable in addresses, file names, metric labels and shells without quoting.
var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// Namespace is a separate world of workflow ids, task queues and runs.
type Namespace struct {
	ID          orchestration.NamespaceID // for ever; never given again
	Name        string                    // unique; case matters
	State       State
	Description string
	OwnerEmail  string
	Data        map[string]string // the owner's own; nil when empty
	Retention   Retention
	Attributes  search.Attributes // search attributes that it has defined; nil when there are none
	Created     time.Time         // microseconds, UTC
	Updated     time.Time         // microseconds, UTC
	Version     int64             // grows with every change, from 1
	Protected   bool              // it cannot be deleted
	Quota       Quota             // what it may do
	Tenant      TenantID          // whose it is, for ever
	Suspended   bool              // by an operator: it accepts no calls that change anything
	Audit       AuditLevel        // which calls in it are recorded
	Codec       Codec             // what browsers decode its payloads with
	// TenantSuspended tells that its whole tenant is suspended. It is read, never written.
	TenantSuspended bool
	// Former is the name that a Deleted one had until it was last updated; RemoveAfter is until when its record stays at least.
	Former      string
	RemoveAfter time.Time // microseconds, UTC; zero unless Deleted
}

// Registration is what its founder says about a namespace.
type Registration struct {
	Name        string
	Description string
	OwnerEmail  string
	Data        map[string]string
	Retention   Retention
	Protected   bool     // it cannot be deleted
	Tenant      TenantID // zero: DefaultTenant
	Audit       AuditLevel
	Codec       Codec
}

// validate returns InvalidArgument for what can never be registered.
func (r Registration) validate(shortest Retention) error {
	if err := ValidateName(r.Name); err != nil {
		return err
	}
	n := Namespace{Name: r.Name, Description: r.Description, OwnerEmail: r.OwnerEmail, Data: r.Data, Retention: r.Retention, Codec: r.Codec}
	return n.validate(shortest)
}

// validate returns InvalidArgument for what a namespace cannot carry.
func (n Namespace) validate(shortest Retention) error {
	size := len(n.Description) + len(n.OwnerEmail)
	for k, v := range n.Data {
		size += len(k) + len(v)
	}
	if size > MaxTextLength {
		return orchestration.Errorf(orchestration.InvalidArgument,
			"Description, owner email and data of namespace %s have %d bytes together, the limit is %d.", n.Name, size, MaxTextLength)
	}
	if err := n.Quota.validate(); err != nil {
		return err
	}
	if err := n.Codec.validate(); err != nil {
		return err
	}
	switch {
	case n.Retention <= 0:
		return orchestration.Errorf(orchestration.InvalidArgument, "A valid retention period is not set on request.")
	case n.Retention < shortest:
		return orchestration.Errorf(orchestration.InvalidArgument,
			"The retention period of %v is too short, the minimum is %v.", time.Duration(n.Retention), time.Duration(shortest))
	case n.Retention > MaxRetention:
		return orchestration.Errorf(orchestration.InvalidArgument,
			"The retention period of %v is too long, the maximum is %v.", time.Duration(n.Retention), time.Duration(MaxRetention))
	}
	return nil
}

// ValidateName returns InvalidArgument unless name is 1 to MaxNameLength letters, digits, dots, underscores and hyphens, the first of
// them a letter or digit.
func ValidateName(name string) error {
	switch {
	case name == "":
		return orchestration.Errorf(orchestration.InvalidArgument, "Namespace is not set on request.")
	case len(name) > MaxNameLength:
		return orchestration.Errorf(orchestration.InvalidArgument, "Namespace has %d bytes, the limit is %d.", len(name), MaxNameLength)
	case !namePattern.MatchString(name):
		return orchestration.Errorf(orchestration.InvalidArgument,
			"Namespace %q may hold letters, digits, dots, underscores and hyphens, and begins with a letter or digit.", name)
	}
	return nil
}
