package recent

import (
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

const (
	// Minutes is how many are kept, the one that goes on included.
	Minutes = 60
	// maxTypes bounds how many workflow types a namespace has counts of their own for, in one minute. Others are counted together, as Others.
	maxTypes = 100
)

// Others is the name under which types are counted that are too many. No workflow type is empty.
const Others = ""

// statuses is one more than the highest status of a run.
const statuses = int(enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT) + 1

// Counter is what one node has counted. It is safe for concurrent use.
type Counter struct {
	now   func() time.Time
	since time.Time

	mu    sync.Mutex
	of    map[orchestration.NamespaceID]*hour
	swept int64 // minute
}

// NewCounter makes one that has counted nothing. now is the clock.
func NewCounter(now func() time.Time) *Counter {
	return &Counter{now: now, since: now(), of: make(map[orchestration.NamespaceID]*hour)}
}

// hour is the last hour of a namespace: a ring, in which each minute has its place.
type hour struct {
	minutes [Minutes]minute
	last    int64 // the latest minute in which something was counted
}

// minute counts what began and ended in it.
type minute struct {
	number  int64 // minutes since 1970; the place belongs to another minute if it is not the one that is asked for
	started int64
	closed  [statuses]int64
	types   map[string]*outcome
	waits   Waits
}

// outcome is how runs of a type ended.
type outcome struct{ closed, failed int64 }

// Failed tells whether a run that ended so did not do what it was started for: it failed, or ran out of time.
func Failed(s enumspb.WorkflowExecutionStatus) bool {
	return s == enumspb.WORKFLOW_EXECUTION_STATUS_FAILED || s == enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT
}

// Started counts a run that was started.
func (c *Counter) Started(ns orchestration.NamespaceID) {
	c.count(ns, func(m *minute) { m.started++ })
}

// Closed counts a run of a type that ended with a status.
func (c *Counter) Closed(ns orchestration.NamespaceID, workflowType string, status enumspb.WorkflowExecutionStatus) {
	if int(status) >= statuses || status <= enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return
	}
	c.count(ns, func(m *minute) {
		m.closed[status]++
		o := m.typed(workflowType)
		o.closed++
		if Failed(status) {
			o.failed++
		}
	})
}

// typed is the count of a type.
func (m *minute) typed(name string) *outcome {
	if m.types[name] == nil && len(m.types) >= maxTypes {
		name = Others
	}
	o := m.types[name]
	if o == nil {
		o = new(outcome)
		if m.types == nil {
			m.types = make(map[string]*outcome)
		}
		m.types[name] = o
	}
	return o
}

func (c *Counter) count(ns orchestration.NamespaceID, add func(*minute)) {
	number := minuteOf(c.now())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweep(number)
	h := c.of[ns]
	if h == nil {
		h = new(hour)
		c.of[ns] = h
	}
	m := &h.minutes[number%Minutes]
	if m.number != number {
		*m = minute{number: number}
	}
	h.last = number
	add(m)
}

// sweep forgets, once a minute, the namespaces in which nothing was counted for an hour.
func (c *Counter) sweep(number int64) {
	if number == c.swept {
		return
	}
	c.swept = number
	for ns, h := range c.of {
		if number-h.last >= Minutes {
			delete(c.of, ns)
		}
	}
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }
