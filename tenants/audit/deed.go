package audit

import (
	"context"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
)

// Deed is a change of the control plane, as who stores it describes it. The zero Deed is none: nothing has changed.
type Deed struct {
	Action    string // "key.create"
	Resource  string // "key:<id>"
	Namespace string // its name; "": the deed is not about one
	Changes   []Change
	By        string // who did it, when the context has no principal; "": System
}

// Changed keeps the changes that are some.
func Changed(all ...Change) []Change {
	var some []Change
	for _, c := range all {
		if c.Before != c.After {
			some = append(some, c)
		}
	}
	return some
}

// Of is the event of a deed that whoever the context knows does now.
func Of(ctx context.Context, t tenants.TenantID, d Deed) Event {
	e := Event{
		At: time.Now(), Plane: Control, Tenant: t, Namespace: d.Namespace, Action: d.Action, Resource: d.Resource, Code: "OK", Changes: d.Changes, Principal: System,
	}
	if d.By != "" {
		e.Principal = d.By
	}
	e.By(tenants.PrincipalOf(ctx))
	o := OriginOf(ctx)
	e.Address, e.Request = o.Address, o.Request
	return e.Bounded()
}

// By notes who did it; nil: nothing is changed.
func (e *Event) By(p *tenants.Principal) {
	if p != nil {
		e.Principal, e.PrincipalName, e.Credential, e.CredentialID = p.ID, p.Name, string(p.Credential.Kind), p.Credential.ID
	}
}

// Origin is where a call came from.
type Origin struct {
	Address string // without port
	Request string // the call's request id
}

type originKey struct{}

// WithOrigin leaves an origin in a context.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginOf is the origin in a context; zero: from within.
func OriginOf(ctx context.Context) Origin {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o
}
