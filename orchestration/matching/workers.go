package matching

import (
	"slices"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
)

// maxWorkers bounds how many identities a queue remembers. Polls of others are served but not shown.
const maxWorkers = 1000

// workers remembers who polled a queue in the last five minutes, by identity.
type workers struct{ byIdentity map[string]*pollerRecord }

type pollerRecord struct {
	worker Worker
	last   time.Time
}

func (ws *workers) seen(w Worker, now time.Time) {
	if r := ws.byIdentity[w.Identity]; r != nil {
		r.worker, r.last = w, now
		return
	}
	if ws.byIdentity == nil {
		ws.byIdentity = make(map[string]*pollerRecord, 1)
	}
	if len(ws.byIdentity) < maxWorkers {
		ws.byIdentity[w.Identity] = &pollerRecord{worker: w, last: now}
	}
}

func (ws *workers) prune(now time.Time) {
	for id, r := range ws.byIdentity {
		if now.Sub(r.last) >= idleAfter {
			delete(ws.byIdentity, id)
		}
	}
}

// gone forgets the workers of a process (all with the empty key). It returns when one of the others was last seen; zero: none was.
func (ws *workers) gone(instanceKey string) (last time.Time) {
	for id, r := range ws.byIdentity {
		switch {
		case instanceKey == "" || r.worker.InstanceKey == instanceKey:
			delete(ws.byIdentity, id)
		case r.last.After(last):
			last = r.last
		}
	}
	return last
}

// Poller is a worker that polls, or polled in the last five minutes.
type Poller struct {
	Identity          string
	Stamp             *commonpb.WorkerVersionStamp
	LastAccess        time.Time // when its latest poll came
	MaxTasksPerSecond float64
}

// list is who polled, latest first.
func (ws *workers) list(now time.Time) []Poller {
	ws.prune(now)
	ps := make([]Poller, 0, len(ws.byIdentity))
	for _, r := range ws.byIdentity {
		ps = append(ps, Poller{Identity: r.worker.Identity, Stamp: r.worker.Stamp, LastAccess: r.last, MaxTasksPerSecond: r.worker.MaxTasksPerSecond})
	}
	slices.SortFunc(ps, func(a, b Poller) int {
		if c := b.LastAccess.Compare(a.LastAccess); c != 0 {
			return c
		}
		return strings.Compare(a.Identity, b.Identity)
	})
	return ps
}
