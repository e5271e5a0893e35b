package view

import (
	"time"

	"github.com/a-h/templ"
)

// TenantSection is an entry of a tenant's menu. The zero TenantSection is a page that belongs to none.
type TenantSection int

// The sections, in the order of the menu.
const (
	InNamespaces TenantSection = iota + 1
	InMembers
	InGroups
	InAccounts
	InKeys
	InAuthorities
	InAudit
	InTenant
	InInstallation
)

// Standing is what the reader may do in a tenant: each includes those before it.
type Standing int

// The standings that pages tell apart.
const (
	Outside  Standing = iota // something in a namespace, but no role
	Belongs                  // keys of one's own
	Audits                   // sees members, keys and the audit log
	Manages                  // changes whoever is no owner
	Owns                     // changes owners, deletes the tenant
	Operates                 // everything, in every tenant
)

// tenantSections is the menu: one line for each, and who has use for it.
var tenantSections = []struct {
	section TenantSection
	title   string
	least   Standing
	url     func(tenant string) string
}{
	{InNamespaces, "Namespaces", Outside, TenantURL},
	{InMembers, "Members", Audits, MembersURL},
	{InGroups, "Groups", Audits, GroupsURL},
	{InAccounts, "Service accounts", Audits, AccountsURL},
	{InKeys, "API keys", Belongs, KeysURL},
	{InAuthorities, "Certificates", Audits, AuthoritiesURL},
	{InAudit, "Audit", Audits, AuditURL},
	{InTenant, "Settings", Outside, TenantSettingsURL},
	{InInstallation, "Installation", Operates, func(string) string { return OperatorURL }},
}

// TenantStreamURL is where the events are that end when a reader may not see the pages of a section any more.
func TenantStreamURL(tenant string, in TenantSection) string {
	for _, s := range tenantSections {
		if s.section == in && s.least >= Audits {
			return AuditURL(tenant) + "/live"
		}
	}
	return TenantURL(tenant) + "/live"
}

// TenantFrame is what the pages of a tenant show around their content.
type TenantFrame struct {
	Bar     Bar
	Tenant  string
	Title   string
	Role    string // word for what the reader is in it
	May     Standing
	Section TenantSection // that the menu marks
	Done    Done          // by the form that led here
	Filled  Filled        // by the reader, and refused
	Now     time.Time
}

// link is an address that our own functions made.
func link(url string) templ.SafeURL { return templ.SafeURL(url) }
