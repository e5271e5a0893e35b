package sqlstore

import (
	"context"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// beginDeed describes a session that begins. Nobody has a principal yet who signs in, so it is the person's deed. The session is told by the name that
// records of what is done in it have, too; its hash is nothing to a reader.
func beginDeed(v tenants.Session) audit.Deed {
	d := memberDeed("session.begin", v.Person)
	d.By = d.Resource
	d.Changes = audit.Changed(
		audit.Change{Field: "address", After: v.Address}, audit.Change{Field: "provider", After: v.Provider}, audit.Change{Field: "session", After: v.Ref()},
	)
	return d
}

// endDeed describes a session that ends, and why. Whoever signs out, or in again, need not have shown who it is before: it has the session.
func endDeed(v tenants.Session, why tenants.Ending) audit.Deed {
	d := memberDeed("session.end", v.Person)
	switch why {
	case tenants.SignedOut, tenants.Replaced:
		d.By = d.Resource
	case tenants.Unvouched, tenants.ProviderLeft:
		d.By = "provider:" + v.Provider
	}
	d.Changes = audit.Changed(audit.Change{Field: "because", After: string(why)}, audit.Change{Field: "session", Before: v.Ref()})
	return d
}

// recordEnds records that sessions end.
func recordEnds(ctx context.Context, s Session, all []tenants.Session, why tenants.Ending) error {
	if len(all) == 0 {
		return nil
	}
	events := make([]audit.Event, len(all))
	for i, v := range all {
		events[i] = audit.Of(ctx, tenants.InstallationTenant, endDeed(v, why))
	}
	return link(ctx, s, tenants.InstallationTenant, events)
}
