package view

import (
	"net/url"
	"strings"
)

// The lists of a tenant, each also the path of what is in it and of its forms.

// MembersURL is the list of a tenant's members.
func MembersURL(tenant string) string { return TenantURL(tenant) + "/members" }

// GroupsURL is the list of a tenant's groups.
func GroupsURL(tenant string) string { return TenantURL(tenant) + "/groups" }

// AccountsURL is the list of a tenant's service accounts.
func AccountsURL(tenant string) string { return TenantURL(tenant) + "/accounts" }

// KeysURL is the list of a tenant's API keys.
func KeysURL(tenant string) string { return TenantURL(tenant) + "/keys" }

// AuthoritiesURL is the list of the certificate authorities of a tenant's namespaces.
func AuthoritiesURL(tenant string) string { return TenantURL(tenant) + "/authorities" }

// AuditURL is a tenant's audit log.
func AuditURL(tenant string) string { return TenantURL(tenant) + "/audit" }

// TenantSettingsURL is what a tenant can be set to.
func TenantSettingsURL(tenant string) string { return TenantURL(tenant) + "/settings" }

// RemovalURL is how the removal of a deleted namespace gets on.
func RemovalURL(tenant, namespace string) string {
	return TenantURL(tenant) + "/removals/" + escapeSegment(namespace)
}

// SettingsURL is what a namespace can be set to.
func SettingsURL(p Place) string { return p.path() + "/settings" }

// UsageURL is what a namespace has used.
func UsageURL(p Place) string { return p.path() + "/usage" }

// OperatorURL is the page of the installation.
const OperatorURL = "/operator"

// under is one thing of a list, or of a form of it.
func under(list string, names ...string) string {
	for _, n := range names {
		list += "/" + escapeSegment(n)
	}
	return list
}

// DoneURL is a page that says what was done.
func DoneURL(page string, d Done) string {
	said := url.Values{"done": {string(d)}}
	if strings.Contains(page, "?") {
		return page + "&" + said.Encode()
	}
	return withQuery(page, said)
}

// Under is one thing of a list, for redirects.
func Under(list, name string) string { return under(list, name) }

// NewKeyURL is the list of keys with the form for a new one, for a holder.
func NewKeyURL(tenant, holder string) string {
	return withQuery(KeysURL(tenant), url.Values{"holder": {holder}}) + "#new"
}
