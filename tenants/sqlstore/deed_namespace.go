package sqlstore

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// NamespaceDeed describes what becomes of a namespace; the zero one is none. Of the owner's own data it tells the keys alone: what an owner keeps there is
// not for everybody who reads the audit log.
func NamespaceDeed(verb string, was, is tenants.Namespace) audit.Deed {
	d := audit.Deed{Action: "namespace." + verb, Namespace: named(was.Name, is.Name), Resource: "namespace:" + was.ID.String()}
	if was.ID.IsZero() {
		d.Resource = "namespace:" + is.ID.String()
	}
	d.Changes = audit.Changed(
		audit.Change{Field: "audit", Before: level(was), After: level(is)},
		audit.Change{Field: "codec_credentials", Before: yes(was.Codec.Credentials), After: yes(is.Codec.Credentials)},
		audit.Change{Field: "codec_endpoint", Before: was.Codec.Endpoint, After: is.Codec.Endpoint},
		audit.Change{Field: "description", Before: was.Description, After: is.Description},
		audit.Change{Field: "name", Before: was.Name, After: is.Name},
		audit.Change{Field: "owner_email", Before: was.OwnerEmail, After: is.OwnerEmail},
		audit.Change{Field: "protected", Before: yes(was.Protected), After: yes(is.Protected)},
		audit.Change{Field: "quota.open_runs", Before: bound(was.Quota.OpenRuns), After: bound(is.Quota.OpenRuns)},
		audit.Change{Field: "quota.pollers", Before: bound(was.Quota.Pollers), After: bound(is.Quota.Pollers)},
		audit.Change{Field: "quota.requests", Before: bound(was.Quota.Requests), After: bound(is.Quota.Requests)},
		audit.Change{Field: "quota.retained", Before: bound(was.Quota.Retained), After: bound(is.Quota.Retained)},
		audit.Change{Field: "quota.starts", Before: bound(was.Quota.Starts), After: bound(is.Quota.Starts)},
		audit.Change{Field: "retention", Before: lasting(was.Retention), After: lasting(is.Retention)},
		audit.Change{Field: "state", Before: state(was), After: state(is)},
		audit.Change{Field: "suspended", Before: yes(was.Suspended), After: yes(is.Suspended)},
	)
	data := keysChanged("data.", was.Data, is.Data, func(string) string { return "(set)" })
	d.Changes = slices.Concat(d.Changes, data, keysChanged("search_attribute.", was.Attributes, is.Attributes, search.Type.String))
	return d
}

// keysChanged are the entries of a map that came, went, or changed; show is an entry as it is recorded.
func keysChanged[M ~map[string]V, V comparable](prefix string, was, is M, show func(V) string) (all []audit.Change) {
	both := maps.Clone(was)
	if both == nil {
		both = M{}
	}
	maps.Copy(both, is)
	for _, k := range slices.Sorted(maps.Keys(both)) {
		before, had := was[k]
		after, has := is[k]
		if had && has && before == after {
			continue
		}
		c := audit.Change{Field: prefix + k}
		if had {
			c.Before = show(before)
		}
		if has {
			c.After = show(after)
		}
		all = append(all, c)
	}
	return all
}

// level is the audit level of a namespace that is there.
func level(n tenants.Namespace) string {
	if n.ID.IsZero() {
		return ""
	}
	return n.Audit.String()
}

func state(n tenants.Namespace) string {
	switch n.State {
	case tenants.Registered:
		return "registered"
	case tenants.Deprecated:
		return "deprecated"
	case tenants.Deleted:
		return "deleted"
	}
	return ""
}

// bound is a bound of a quota; none of its own is absent.
func bound(n int64) string {
	switch n {
	case 0:
		return ""
	case tenants.Unbounded:
		return "unbounded"
	}
	return strconv.FormatInt(n, 10)
}

func lasting(r tenants.Retention) string {
	if r == 0 {
		return ""
	}
	return time.Duration(r).String()
}
