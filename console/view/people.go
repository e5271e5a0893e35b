package view

import (
	"time"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// Provider is a way in, for a person to choose.
type Provider struct {
	Name  string // in addresses
	Title string
}

// WelcomeReason says why somebody is asked to sign in.
type WelcomeReason int

// The reasons.
const (
	Welcome   WelcomeReason = iota // nobody is signed in, or the session is over
	SetUp                          // a set-up link makes who signs in an administrator
	SignedOut                      // the session has just ended
)

// WelcomePage is where somebody signs in by an identity provider.
type WelcomePage struct {
	Reason    WelcomeReason
	Providers []Provider
	Return    string // path to go on to
	Link      string // token of a set-up link
}

// NamespaceRow is a namespace in the list of a tenant's.
type NamespaceRow struct {
	Name        string
	Description string
	Permissions string // that the reader has
	Readable    bool
	Retention   time.Duration // of closed workflows
	Suspended   bool
	Deleted     bool                      // its removal goes on
	Report      *adminv1.GetUsageResponse // of the last day; nil: not told
	MostOpen    int64                     // its own bound of open runs; 0 or less: none
}

// TenantPage is the page of a tenant.
type TenantPage struct {
	TenantFrame
	Namespaces []NamespaceRow
	More       string                 // address of the next page; "": this is the last
	Latest     []*adminv1.AuditRecord // changes of settings and rights, for those who may see the log
}

// TenantRow is a tenant in the list of those that a reader knows.
type TenantRow struct{ Name, Title, Role string }

// SessionRow is a session of the reader's.
type SessionRow struct {
	Ref                    string
	Current                bool
	Agent, Address         string
	Provider               string
	Created, Seen, Expires time.Time
}

// RightRow is something that the reader may do, and where that comes from.
type RightRow struct {
	Tenant    string
	Namespace string // "": a role in the tenant
	What      string // role or permissions
	Source    string
}

// ProfilePage is what a reader is and may do.
type ProfilePage struct {
	Bar             Bar
	Name, Email     string
	Issuer, Subject string
	Sessions        []SessionRow
	Rights          []RightRow
	Now             time.Time
}

// suffix tells what is added to the name of a namespace.
func (p TenantPage) suffix() string {
	if p.Tenant == "default" {
		return ""
	}
	return "Programs call it <name>." + p.Tenant + "."
}
