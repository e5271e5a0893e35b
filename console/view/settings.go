package view

import (
	"strconv"

	"google.golang.org/protobuf/types/known/durationpb"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// Attribute is a search attribute that a namespace has defined.
type Attribute struct{ Name, Type string }

// SettingsPage is what a namespace is set to.
type SettingsPage struct {
	Frame
	Filled     Filled
	Namespace  *adminv1.Namespace
	Quota      *adminv1.Quota
	Attributes []Attribute
	Changes    bool // the reader may change the namespace
	Operates   bool // the reader may set quotas
}

// RemovalPage is how the removal of a deleted namespace gets on.
type RemovalPage struct {
	TenantFrame
	Name      string
	Namespace *adminv1.Namespace // nil: nothing is left
}

// TenantSettingsPage is what a tenant is set to.
type TenantSettingsPage struct {
	TenantFrame
	Of *adminv1.Tenant
}

// days is a duration in days, as people write it.
func days(d *durationpb.Duration) string {
	return strconv.FormatFloat(d.AsDuration().Hours()/24, 'f', -1, 64)
}

// yesOrNo are the choices of what is or is not.
var yesOrNo = []Choice{{"true", "yes"}, {"false", "no"}}

// auditChoices are the levels of which calls are recorded.
var auditChoices = []Choice{
	{"default", "as the installation says"},
	{"none", "none"},
	{"interventions", "interventions – refused calls, and what people do: cancel, terminate, reset, settings"},
	{"writes", "writes – also starts, signals and updates"},
	{"all", "all – also what reads, and workers"},
}

// attributeTypes are the types of search attributes.
var attributeTypes = choices("Keyword", "Text", "Int", "Double", "Bool", "Datetime", "KeywordList")

// stateOf is a word for where a namespace is in its life.
func stateOf(n *adminv1.Namespace) (word, class string) {
	switch {
	case n.GetState() == adminv1.NamespaceState_NAMESPACE_STATE_DELETED:
		return "being deleted", "bad"
	case n.GetSuspended():
		return "suspended", "warn"
	case n.GetState() == adminv1.NamespaceState_NAMESPACE_STATE_DEPRECATED:
		return "deprecated", "warn"
	}
	return "active", ""
}

// cannotDelete is why a namespace cannot be deleted now; "": it can.
func (p SettingsPage) cannotDelete() string {
	if p.Namespace.GetProtected() {
		return "The namespace is protected from deletion. Take the protection away first."
	}
	return ""
}

// cannotDeprecate is why a namespace cannot be deprecated; "": it can.
func (p SettingsPage) cannotDeprecate() string {
	if p.Namespace.GetState() == adminv1.NamespaceState_NAMESPACE_STATE_DEPRECATED {
		return "The namespace is deprecated already."
	}
	return ""
}

// notMine is why a reader cannot change a field of a tenant; "": the reader can.
func (p TenantSettingsPage) notMine(least Standing) string {
	switch {
	case p.May >= least:
		return ""
	case least == Operates:
		return "Only operators of the installation change this."
	case least == Owns:
		return "Only owners change this."
	}
	return onlyAdmins
}

// cannotDelete is why a tenant cannot be deleted now; "": it can be tried.
func (p TenantSettingsPage) cannotDelete() string {
	if p.Of.GetProtected() {
		return "The tenant is protected from deletion. Take the protection away first."
	}
	return ""
}
