package sqlstore

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// tenantDeed describes what becomes of a tenant; the zero one is none.
func tenantDeed(verb string, was, is tenants.Tenant) audit.Deed {
	return audit.Deed{Action: "tenant." + verb, Resource: "tenant:" + named(was.Name, is.Name), Changes: audit.Changed(
		audit.Change{Field: "audit_days", Before: bound(int64(was.AuditDays)), After: bound(int64(is.AuditDays))},
		audit.Change{Field: "protected", Before: yes(was.Protected), After: yes(is.Protected)},
		audit.Change{Field: "suspended", Before: yes(was.Suspended), After: yes(is.Suspended)},
		audit.Change{Field: "title", Before: was.Title, After: is.Title},
	)}
}

func accountDeed(verb string, was, is tenants.Account) audit.Deed {
	id := was.ID
	if id == (tenants.HolderID{}) {
		id = is.ID
	}
	return audit.Deed{Action: "account." + verb, Resource: tenants.Holder{Kind: tenants.HolderAccount, ID: id}.String(), Changes: audit.Changed(
		audit.Change{Field: "disabled", Before: yes(was.Disabled), After: yes(is.Disabled)},
		audit.Change{Field: "name", Before: was.Name, After: is.Name},
	)}
}

func groupDeed(verb string, was, is tenants.Group) audit.Deed {
	id := was.ID
	if id == (tenants.HolderID{}) {
		id = is.ID
	}
	return audit.Deed{Action: "group." + verb, Resource: tenants.Holder{Kind: tenants.HolderGroup, ID: id}.String(), Changes: audit.Changed(
		audit.Change{Field: "claim", Before: was.Claim, After: is.Claim},
		audit.Change{Field: "issuer", Before: was.Issuer, After: is.Issuer},
		audit.Change{Field: "name", Before: was.Name, After: is.Name},
	)}
}

func grantDeed(verb string, was, is tenants.Grant) audit.Deed {
	h := was.Holder
	if was.ID == (tenants.GrantID{}) {
		h = is.Holder
	}
	return audit.Deed{Action: "grant." + verb, Resource: h.String(), Changes: audit.Changed(
		audit.Change{Field: "namespace", Before: namespaceText(was), After: namespaceText(is)},
		audit.Change{Field: "permissions", Before: was.Permissions.String(), After: is.Permissions.String()},
		audit.Change{Field: "role", Before: was.Role.String(), After: is.Role.String()},
	)}
}

func namespaceText(g tenants.Grant) string {
	if g.Namespace.IsZero() {
		return ""
	}
	return g.Namespace.String()
}

func personDeed(verb string, was, is tenants.Person) audit.Deed {
	return audit.Deed{Action: "person." + verb, Resource: tenants.Holder{Kind: tenants.HolderPerson, ID: is.ID}.String(), Changes: audit.Changed(
		audit.Change{Field: "disabled", Before: yes(was.Disabled), After: yes(is.Disabled)},
		audit.Change{Field: "email", Before: was.Email, After: is.Email},
		audit.Change{Field: "issuer", Before: was.Issuer, After: is.Issuer},
		audit.Change{Field: "name", Before: was.Name, After: is.Name},
		audit.Change{Field: "subject", Before: was.Subject, After: is.Subject},
	)}
}

// memberDeed describes what concerns a person as a whole.
func memberDeed(action string, person tenants.HolderID) audit.Deed {
	return audit.Deed{Action: action, Resource: tenants.Holder{Kind: tenants.HolderPerson, ID: person}.String()}
}

// belongDeed describes that a person comes into a group, or leaves it.
func belongDeed(action string, g tenants.Group, person tenants.HolderID) audit.Deed {
	d := memberDeed(action, person)
	c := audit.Change{Field: "group", After: g.Name}
	if action == "group.leave" {
		c.Before, c.After = c.After, ""
	}
	d.Changes = []audit.Change{c}
	return d
}

// recordMapped records which groups an identity provider has put a person in, or taken out of; each in the tenant of the group, in the order of the tenants.
func recordMapped(ctx context.Context, s Session, person tenants.HolderID, add, remove []tenants.Group) error {
	of := map[tenants.TenantID][]audit.Event{}
	note := func(action string, all []tenants.Group) {
		for _, g := range all {
			of[g.Tenant] = append(of[g.Tenant], audit.Of(ctx, g.Tenant, belongDeed(action, g, person)))
		}
	}
	note("group.join", add)
	note("group.leave", remove)
	return linkAll(ctx, s, of)
}

// keyDeed describes a key by everything but its hash.
func keyDeed(verb string, was, is tenants.Key) audit.Deed {
	return audit.Deed{Action: "key." + verb, Resource: "key:" + named(string(was.ID), string(is.ID)), Changes: audit.Changed(
		audit.Change{Field: "disabled", Before: yes(was.Disabled), After: yes(is.Disabled)},
		audit.Change{Field: "expires", Before: when(was.Expires), After: when(is.Expires)},
		audit.Change{Field: "holder", Before: holderText(was), After: holderText(is)},
		audit.Change{Field: "name", Before: was.Name, After: is.Name},
		audit.Change{Field: "replaces", Before: string(was.Replaces), After: string(is.Replaces)},
		audit.Change{Field: "revoked", Before: when(was.Revoked), After: when(is.Revoked)},
		audit.Change{Field: "scopes", Before: scopesText(was.Scopes), After: scopesText(is.Scopes)},
	)}
}

func holderText(k tenants.Key) string {
	if k.ID == "" {
		return ""
	}
	return k.Holder.String()
}

func scopesText(all []tenants.Scope) string {
	text := make([]string, len(all))
	for i, c := range all {
		text[i] = "*:" + c.Permissions.String()
		if !c.Namespace.IsZero() {
			text[i] = c.Namespace.String() + ":" + c.Permissions.String()
		}
	}
	return strings.Join(text, " ")
}

// named is the name of what was or is.
func named(was, is string) string {
	if was != "" {
		return was
	}
	return is
}

// yes is a bool as a change shows it: no is absent.
func yes(b bool) string {
	if !b {
		return ""
	}
	return strconv.FormatBool(b)
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
