package view

import (
	"strings"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// MembersPage lists the people of a tenant.
type MembersPage struct {
	TenantFrame
	Members []*adminv1.Member
	Issuers []string // of identity providers that people sign in by
	Next    string   // token of the next page; "": this is the last
}

// MemberPage is one person of a tenant.
type MemberPage struct {
	TenantFrame
	Member     *adminv1.Member
	Namespaces []string           // of the tenant
	Sessions   []*adminv1.Session // for operators
}

// GroupsPage lists the groups of a tenant.
type GroupsPage struct {
	TenantFrame
	Groups  []*adminv1.Group
	Issuers []string
	Next    string
}

// GroupPage is one group.
type GroupPage struct {
	TenantFrame
	Group      *adminv1.Group
	Members    []*adminv1.Member // those of the group
	More       int               // who are in it and not among Members
	Others     []*adminv1.Member // those who could be added, unless there are Many
	Many       bool
	Namespaces []string
}

// AccountsPage lists the service accounts of a tenant.
type AccountsPage struct {
	TenantFrame
	Accounts []*adminv1.Account
	Next     string
}

// AccountPage is one service account.
type AccountPage struct {
	TenantFrame
	Account    *adminv1.Account
	Namespaces []string
}

// HolderURL is the page of who holds rights, named as grants and keys name it.
func HolderURL(tenant, holder string) string {
	kind, name, _ := strings.Cut(holder, ":")
	switch kind {
	case "person":
		return under(MembersURL(tenant), name)
	case "group":
		return under(GroupsURL(tenant), name)
	case "account":
		return under(AccountsURL(tenant), name)
	}
	return TenantURL(tenant)
}

// Named is what people call a member.
func Named(m *adminv1.Member) string {
	for _, text := range []string{m.GetName(), m.GetEmail(), m.GetSubject()} {
		if text != "" {
			return text
		}
	}
	return m.GetId()
}

// held is in short what somebody holds.
func held(rights []*adminv1.Right) string {
	var words []string
	for _, r := range rights {
		word := r.GetRole()
		if word == "" {
			word = strings.Join(r.GetPermissions(), ", ") + " in " + Visible(r.GetNamespace())
		}
		if r.GetVia() != "" {
			word += " (group " + Visible(r.GetVia()) + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, "; ")
}

// source tells where a right comes from.
func source(r *adminv1.Right) string {
	if r.GetVia() == "" {
		return "given by hand"
	}
	return "group " + Visible(r.GetVia())
}

// roleChoices are the roles that somebody may give.
func roleChoices(may Standing) []Choice {
	all := choices("member", "auditor", "developer", "admin")
	if may >= Owns {
		all = append(all, Choice{"owner", "owner"})
	}
	return all
}

// permissionChoices are the permissions in a namespace.
var permissionChoices = []Choice{
	{"read", "read – see runs, queues and workers, payloads hidden"},
	{"write", "write – start, signal, update, cancel, terminate, reset"},
	{"worker", "worker – run workers"},
	{"payload:read", "payload:read – see payloads too"},
	{"admin", "admin – settings, and all of the above but payloads"},
}

// memberChoices are people to choose from.
func memberChoices(all []*adminv1.Member) []Choice {
	var out []Choice
	for _, m := range all {
		out = append(out, Choice{m.GetId(), Named(m)})
	}
	return out
}

// onlyAdmins is why somebody who only looks cannot change.
const onlyAdmins = "Only owners and admins of the tenant change this."
