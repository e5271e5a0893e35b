package config

import (
	"fmt"
	"strconv"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
)

// Audit says what is recorded of calls, and for how long. Words, as they come. What changes of tenants, people, rights, keys and namespaces is always recorded.
type Audit struct {
	// Calls is which calls are recorded in a namespace that has no level of its own: none; interventions, which are calls that were refused, and those that people make, like terminate; writes, which adds starts, signals and updates; or all. Default: interventions. Limit: none, interventions, writes or all.
	Calls string
	// RetentionDays is how long audit records stay. 0: for ever. Default: 90. Limit: a whole number, at most 36500.
	RetentionDays string
}

// mostAuditDays is the longest retention of audit records, in days.
const mostAuditDays = 36_500

// Level is the level; AuditDefault for one that Validate refuses.
func (a Audit) Level() tenants.AuditLevel {
	l, err := tenants.ParseAuditLevel(a.Calls)
	if err != nil {
		return tenants.AuditDefault
	}
	return l
}

// Retention is how long records stay; 0: for ever, also for what Validate refuses.
func (a Audit) Retention() time.Duration {
	n, err := strconv.Atoi(a.RetentionDays)
	if err != nil || n < 0 || n > mostAuditDays {
		return 0
	}
	return time.Duration(n) * 24 * time.Hour
}

// defaultAudit is what nobody has told anything.
func defaultAudit() Audit {
	return Audit{Calls: tenants.AuditInterventions.String(), RetentionDays: "90"}
}

// auditProblems are the values that are none.
func (s Server) auditProblems() (all []error) {
	if s.Audit.Level() == tenants.AuditDefault {
		all = append(all, fmt.Errorf("%s %q: it is none, interventions, writes or all", s.name(keyAuditCalls), s.Audit.Calls))
	}
	if n, err := strconv.Atoi(s.Audit.RetentionDays); err != nil || n < 0 || n > mostAuditDays {
		all = append(all, fmt.Errorf("%s %q: it is a whole number of days from 0 to %d; 0 is for ever", s.name(keyAuditRetention), s.Audit.RetentionDays, mostAuditDays))
	}
	return all
}
