package tenants

import "github.com/tenuto-io/tenuto/orchestration"

// AuditLevel says which calls in a namespace are recorded. Changes of the namespace itself, and of who may do what in it, always are.
type AuditLevel int8

// The levels. Calls that are refused for lack of a permission count as those that change something.
const (
	AuditWrites AuditLevel = iota // calls that start, steer or end something
	AuditNone
	AuditAll // also those that read, and those of workers, who get payloads with their tasks
)

var auditLevels = [...]string{AuditWrites: "writes", AuditNone: "none", AuditAll: "all"}

// String is the level as ParseAuditLevel reads it.
func (l AuditLevel) String() string {
	if l < 0 || int(l) >= len(auditLevels) {
		return ""
	}
	return auditLevels[l]
}

// ParseAuditLevel reads a level. Errors: InvalidArgument.
func ParseAuditLevel(s string) (AuditLevel, error) {
	for l, name := range auditLevels {
		if s == name {
			return AuditLevel(l), nil
		}
	}
	return 0, orchestration.Errorf(orchestration.InvalidArgument, "Audit level %q: it is none, writes or all.", s)
}
