package config

import (
	"fmt"
	"strconv"
)

// Quota is what namespaces may do that have no quota of their own. Words, as they come; Numbers reads them.
type Quota struct {
	// Requests is the calls per second that a namespace may make which has no quota of its own for that. What is beyond is refused, starts and lists first, and SDKs repeat it. Default: none: there is no bound. Limit: a whole number, at most 10^15.
	Requests string
	// Starts is the calls per second that may start workflows in a namespace which has no quota of its own for that. Default: none: there is no bound. Limit: a whole number, at most 10^15.
	Starts string
	// Pollers is the polls of workers that may wait at once in a namespace which has no quota of its own for that. Default: none: there is no bound. Limit: a whole number, at most 10^15.
	Pollers string
	// OpenRuns is the workflows that may be open at once in a namespace which has no quota of its own for that: nothing more is started. Default: none: there is no bound. Limit: a whole number, at most 10^15.
	OpenRuns string
	// Retained is the bytes of history that closed workflows may hold in a namespace which has no quota of its own for that: nothing more is started until some have left. Default: none: there is no bound. Limit: a whole number, at most 10^15.
	Retained string
}

// mostQuota is the largest bound.
const mostQuota = 1e15

// Number is one of the values as a number; 0 when it is empty, or is one that Validate refuses.
func (Quota) Number(value string) int64 {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 0 || n > mostQuota {
		return 0
	}
	return n
}

// quotaProblems are the values that are no numbers.
func (s Server) quotaProblems() (all []error) {
	for _, q := range []struct{ key, value string }{
		{keyQuotaRequests, s.Quota.Requests}, {keyQuotaStarts, s.Quota.Starts}, {keyQuotaPollers, s.Quota.Pollers},
		{keyQuotaOpenRuns, s.Quota.OpenRuns}, {keyQuotaRetained, s.Quota.Retained},
	} {
		if n, err := strconv.ParseInt(q.value, 10, 64); q.value != "" && (err != nil || n < 1 || n > mostQuota) {
			all = append(all, fmt.Errorf("%s %q: it is a whole number from 1 to 10^15, or not set, which is no bound", s.name(q.key), q.value))
		}
	}
	return all
}
