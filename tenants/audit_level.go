package tenants

import "github.com/tenuto-io/tenuto/orchestration"

// AuditLevel says which calls in a namespace are recorded. Changes of the namespace itself, and of who may do what in it, always are. The values are stored.
type AuditLevel int8

// The levels, each with what those before it record.
const (
	AuditDefault       AuditLevel = 0 // that of the installation
	AuditNone          AuditLevel = 1 // no call
	AuditInterventions AuditLevel = 3 // calls that were refused, and those that people make: cancel, terminate, reset, delete, pause, batch operations, settings
	AuditWrites        AuditLevel = 4 // also those that programs make by the thousand: starts, signals and updates
	AuditAll           AuditLevel = 2 // also those that read, and those of workers, who get payloads with their tasks
)

// auditLevels are the levels and their words, the least first.
var auditLevels = []struct {
	level AuditLevel
	word  string
}{{AuditDefault, "default"}, {AuditNone, "none"}, {AuditInterventions, "interventions"}, {AuditWrites, "writes"}, {AuditAll, "all"}}

// rank is a level's place among the others.
func (l AuditLevel) rank() int {
	for i, of := range auditLevels {
		if of.level == l {
			return i
		}
	}
	return 0
}

// Covers tells whether a namespace of level l has calls recorded that are recorded from the level least on. l is not AuditDefault.
func (l AuditLevel) Covers(least AuditLevel) bool { return l.rank() >= least.rank() }

// Or is l, or the given level for AuditDefault.
func (l AuditLevel) Or(otherwise AuditLevel) AuditLevel {
	if l == AuditDefault {
		return otherwise
	}
	return l
}

// String is the level as ParseAuditLevel reads it.
func (l AuditLevel) String() string { return auditLevels[l.rank()].word }

// ParseAuditLevel reads a level. Errors: InvalidArgument.
func ParseAuditLevel(word string) (AuditLevel, error) {
	for _, of := range auditLevels {
		if of.word == word {
			return of.level, nil
		}
	}
	return 0, orchestration.Errorf(orchestration.InvalidArgument, "Audit level %q: it is none, interventions, writes, all, or default for that of the installation.", word)
}
