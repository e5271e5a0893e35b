package tenants

import "strings"

// The entries of a namespace's data that say which namespaces belong together, as names with commas between them. Whoever may change the namespace may change them.
const (
	// ReachesEntry lists the namespaces that workflows of this one may start children in, and whose workflows they may signal and cancel.
	ReachesEntry = "tenuto.reaches"
	// ReachedByEntry lists the namespaces whose workflows may do that here.
	ReachedByEntry = "tenuto.reached-by"
)

// Reaches tells whether workflows of n may start, signal and cancel workflows of o: both have to say so, whether they are of one tenant or not.
func (n Namespace) Reaches(o Namespace) bool {
	return n.ID == o.ID || lists(n.Data[ReachesEntry], o.Name) && lists(o.Data[ReachedByEntry], n.Name)
}

// lists tells whether a name is among those of an entry.
func lists(entry, name string) bool {
	for s := range strings.SplitSeq(entry, ",") {
		if strings.TrimSpace(s) == name {
			return true
		}
	}
	return false
}
