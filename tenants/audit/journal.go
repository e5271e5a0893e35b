package audit

import (
	"context"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
)

// Reader reads what a driver keeps of events.
type Reader interface {
	// Records reads up to limit records of a tenant that match, from after the given sequence on, in the chain's order; Filter.Newest: from before it, backwards
	// (0: from the end). It looks at Window records at most: next is the sequence to go on with, done tells that there is nothing behind it.
	Records(ctx context.Context, t tenants.TenantID, f Filter, from int64, limit int) (found []Record, next int64, done bool, err error)
	// Chain is a tenant's chain; ok is false when it has never had a record.
	Chain(ctx context.Context, t tenants.TenantID) (c Chain, ok bool, err error)
}

// Journal is what a driver keeps of events. What it writes is flushed before it returns; with an error nothing was written, unless the connection was lost.
type Journal interface {
	Reader
	// Append links events, of any tenants, to their chains, in order, in one transaction.
	Append(ctx context.Context, events []Event) error
	// Chains reads up to limit chains that have records, in the order of their tenants, from the given one on.
	Chains(ctx context.Context, from tenants.TenantID, limit int) ([]Chain, error)
	// Trim removes the oldest records of a chain that are from before a time, up to the first that is not, and limit at most; the anchor moves along in the same
	// transaction. removed tells how many.
	Trim(ctx context.Context, t tenants.TenantID, before time.Time, limit int) (removed int, err error)
}

// Window is how many records one call of Records looks at.
const Window = 10_000

// Filter chooses records; each of its fields that is set must match, and is compared byte for byte.
type Filter struct {
	Plane     Plane
	Namespace string
	Action    string
	Resource  string
	Run       string
	Principal string
	Code      string
	Refused   bool      // only what did not succeed
	Since     time.Time // not before
	Until     time.Time // before
	Newest    bool      // the newest first
}
