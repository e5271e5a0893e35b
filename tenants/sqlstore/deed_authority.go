package sqlstore

import (
	"encoding/hex"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// authorityDeed describes what becomes of a namespace's certificate authority.
func authorityDeed(verb string, was, is tenants.Authority) audit.Deed {
	id := was.ID
	if id == (tenants.AuthorityID{}) {
		id = is.ID
	}
	return audit.Deed{Action: "authority." + verb, Resource: "authority:" + uuid.UUID(id).String(), Changes: audit.Changed(
		audit.Change{Field: "certificate", Before: certificateText(was), After: certificateText(is)},
		audit.Change{Field: "filters", Before: filtersText(was.Filters), After: filtersText(is.Filters)},
		audit.Change{Field: "name", Before: was.Name, After: is.Name},
		audit.Change{Field: "namespace", Before: authorityPlace(was), After: authorityPlace(is)},
		audit.Change{Field: "permissions", Before: was.Permissions.String(), After: is.Permissions.String()},
	)}
}

// certificateText is the SHA-256 of an authority's certificate.
func certificateText(a tenants.Authority) string {
	if len(a.Certificate) == 0 {
		return ""
	}
	sum := a.Fingerprint()
	return hex.EncodeToString(sum[:])
}

func authorityPlace(a tenants.Authority) string {
	if a.Namespace.IsZero() {
		return ""
	}
	return a.Namespace.String()
}
