package signin

import (
	"context"
	"errors"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
	"github.com/tenuto-io/tenuto/tenants/oidc"
)

// Auditor takes note of who was not let in. It never makes anybody wait.
type Auditor interface {
	Note(audit.Event)
}

// The actions that are recorded when they are refused. What succeeds is recorded with what it changes.
const (
	signIn = "session.begin"
	useOf  = "setup-link.use"
	logOut = "session.end"
)

// verdicts are the errors by which somebody is refused, and their codes. Others say that nobody could decide just now, which is no refusal.
var verdicts = []struct {
	err  error
	code string
}{
	{ErrNoAttempt, "Unauthenticated"}, {ErrNoLink, "Unauthenticated"}, {ErrReplayed, "Unauthenticated"},
	{oidc.ErrDenied, "Unauthenticated"}, {oidc.ErrUntrusted, "Unauthenticated"},
	{tenants.ErrDisabled, "PermissionDenied"},
}

// refused records that somebody was refused, and why. None of these errors quotes what was sent. who is whom the provider has vouched for; zero: nobody.
func (d *Desk) refused(ctx context.Context, action, provider string, who tenants.HolderID, why error) {
	if d.auditor == nil {
		return
	}
	for _, v := range verdicts {
		if !errors.Is(why, v.err) {
			continue
		}
		e := audit.Event{
			At: d.now(), Plane: audit.Data, Tenant: tenants.InstallationTenant, Action: action, Resource: "installation", Principal: audit.Nobody, Code: v.code,
			Changes: audit.Changed(audit.Change{Field: "because", After: why.Error()}),
		}
		if _, err := d.provider(provider); err == nil { // else it is only what the address says
			e.Resource = "provider:" + provider
		}
		if who != (tenants.HolderID{}) {
			e.Resource = tenants.Holder{Kind: tenants.HolderPerson, ID: who}.String()
		}
		o := audit.OriginOf(ctx)
		e.Address, e.Request = o.Address, o.Request
		d.auditor.Note(e)
		return
	}
}
