package view

import (
	"math"
	"net/url"
	"strconv"

	enumspb "go.temporal.io/api/enums/v1"
	workerpb "go.temporal.io/api/worker/v1"
)

// WorkerList is the page of the workers of a namespace.
type WorkerList struct {
	Frame
	Query   string // as typed
	Refused string // why the query was refused; then Workers is empty
	Workers []*workerpb.WorkerHeartbeat
	After   string // instance key of the last worker of the page before; "": this is the first
	Next    string // instance key of the last worker of this page; "": this is the last
}

// WorkerPage is the page of one worker.
type WorkerPage struct {
	Frame
	Worker *workerpb.WorkerHeartbeat
}

// WorkersURL is the list of a namespace's workers, filtered by a query, after an instance key; both may be empty.
func WorkersURL(p Place, query, after string) string {
	q := url.Values{}
	if query != "" {
		q.Set("query", query)
	}
	if after != "" {
		q.Set("after", after)
	}
	return withQuery(p.path()+"/workers", q)
}

// WorkerURL is the page of a worker.
func WorkerURL(p Place, key string) string { return p.path() + "/workers/" + escapeSegment(key) }

// lookOfWorker is how a worker's status is told apart.
func lookOfWorker(s enumspb.WorkerStatus) look {
	switch s {
	case enumspb.WORKER_STATUS_RUNNING:
		return look{"Running", "completed", pathTick}
	case enumspb.WORKER_STATUS_SHUTTING_DOWN:
		return look{"Shutting down", "canceled", pathArrow}
	case enumspb.WORKER_STATUS_SHUTDOWN:
		return look{"Shut down", "terminated", pathSquare}
	}
	return look{"Not said", "unknown", pathClock}
}

// slots says how many of a worker's slots are in use: "3 of 100"; "3" where there is no bound; "" where it has none.
func slots(s *workerpb.WorkerSlotsInfo) string {
	if s == nil {
		return ""
	}
	used := whole(int64(s.GetCurrentUsedSlots()))
	if free := s.GetCurrentAvailableSlots(); free >= 0 {
		return used + " of " + whole(int64(free)+int64(s.GetCurrentUsedSlots()))
	}
	return used
}

// cacheHits is the part of the workflow tasks that found their workflow in the worker's cache; "" before the first.
func cacheHits(h *workerpb.WorkerHeartbeat) string {
	hits, misses := float64(h.GetTotalStickyCacheHit()), float64(h.GetTotalStickyCacheMiss())
	if hits+misses <= 0 {
		return ""
	}
	return percent(hits / (hits + misses))
}

// percent is a part of one.
func percent(part float64) string { return strconv.Itoa(int(math.Floor(part*100))) + " %" }

// sdk is what a worker is made with.
func sdk(h *workerpb.WorkerHeartbeat) string {
	if h.GetSdkName() == "" {
		return ""
	}
	return h.GetSdkName() + " " + h.GetSdkVersion()
}

// slotRow is a kind of work of a worker.
type slotRow struct {
	kind    string
	slots   *workerpb.WorkerSlotsInfo
	pollers *workerpb.WorkerPollerInfo
}

// slotRows are the kinds of work that a worker says it does.
func (p WorkerPage) slotRows() (rows []slotRow) {
	w := p.Worker
	for _, r := range []slotRow{
		{"Workflow tasks", w.GetWorkflowTaskSlotsInfo(), w.GetWorkflowPollerInfo()},
		{"Workflow tasks, of its own queue", nil, w.GetWorkflowStickyPollerInfo()},
		{"Activities", w.GetActivityTaskSlotsInfo(), w.GetActivityPollerInfo()},
		{"Local activities", w.GetLocalActivitySlotsInfo(), nil},
		{"Nexus", w.GetNexusTaskSlotsInfo(), w.GetNexusPollerInfo()},
	} {
		if r.slots != nil || r.pollers != nil {
			rows = append(rows, r)
		}
	}
	return rows
}
