package view

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Queue is a task queue of one kind, as operators see it.
type Queue struct {
	Name         string
	Activities   bool // it holds activity tasks; else workflow tasks
	Backlog      int64
	Oldest       time.Duration // age of the task that waits longest
	AddRate      float64       // tasks per second over the last 30 seconds
	DispatchRate float64
	AtOnce       *float64  // part of the tasks that met a waiting poller at once, 0 to 1; nil: no task came
	LastPoll     time.Time // zero: not known
	Pollers      []Poller
	Limit        *float64 // tasks per second in force; nil: none
	LimitSet     bool     // by operators, and not wished by workers
	Limited      bool     // tasks had to wait for it lately
	Setting      QueueSetting
	Priorities   []PriorityRow // that are in use
}

// Poller is who polls a queue, or did so in the last five minutes.
type Poller struct {
	Identity string
	Last     time.Time
	Wish     float64 // tasks per second; 0: none
}

// QueueSetting is what operators last did to the rate limit of a queue. The zero setting: nothing.
type QueueSetting struct {
	By, Reason string
	At         time.Time
}

// PriorityRow is what goes through a queue at one priority.
type PriorityRow struct {
	Priority              int32
	Backlog               int64
	Oldest                time.Duration
	AddRate, DispatchRate float64
}

// unpolled is how long after its last poll a queue counts as polled by nobody: a poll that waits comes again after a minute.
const unpolled = 90 * time.Second

// Unpolled tells whether nobody polls the queue.
func (q Queue) Unpolled(now time.Time) bool { return now.Sub(q.LastPoll) > unpolled }

// Trouble says in one sentence why tasks wait in the queue. "": nothing keeps them.
func (q Queue) Trouble(now time.Time) string {
	switch {
	case q.Limit != nil && *q.Limit == 0:
		return "Paused: its rate limit is 0 tasks a second."
	case q.Backlog > 0 && q.LastPoll.IsZero():
		return "No worker has polled it since the server started."
	case q.Backlog > 0 && q.Unpolled(now):
		return "No worker has polled it since " + stamp(q.LastPoll.UTC()) + " UTC."
	case q.Limited && q.Limit != nil:
		return "Tasks wait for its rate limit of " + decimal(*q.Limit) + " a second."
	}
	return ""
}

func (q Queue) kind() string {
	if q.Activities {
		return "Activity"
	}
	return "Workflow"
}

// limit says which rate limit is in force, and whose it is.
func (q Queue) limit() string {
	switch {
	case q.Limit == nil:
		return "none"
	case q.LimitSet:
		return perSecond(*q.Limit)
	}
	return perSecond(*q.Limit) + ", wished by workers"
}

// age is how long the oldest task has waited; "" when none waits.
func age(backlog int64, oldest time.Duration) string {
	if backlog == 0 {
		return ""
	}
	return span(oldest)
}

func (q Queue) atOnce() string {
	if q.AtOnce == nil {
		return ""
	}
	return percent(*q.AtOnce)
}

// QueueList is the page of a namespace's queues.
type QueueList struct {
	Frame
	Queues    []Queue
	After     string // name of the last queue of the page before
	FirstPage bool
	Next      string // name of the last queue of this page; "": this is the last
	Server    string // address that SDKs connect to
}

// QueuePage is the page of one queue.
type QueuePage struct {
	Frame
	Name     string
	Kinds    []Queue // workflow tasks, then activity tasks
	MayWrite bool
	Form     LimitForm
}

// LimitForm is the form of a queue's rate limit.
type LimitForm struct {
	Rate, Reason string // as typed
	Refused      string // why it was refused; "": it was not
}

// QueuesURL is the list of a namespace's queues, after a name; "": from the first.
func QueuesURL(p Place, after string) string {
	q := url.Values{}
	if after != "" {
		q.Set("after", after)
	}
	return withQuery(p.path()+"/queues", q)
}

// QueueURL is the page of one queue.
func QueueURL(p Place, queue string) string { return p.path() + "/queues/" + escapeSegment(queue) }

// whole is a number with its thousands apart: 12,345.
func whole(n int64) string {
	if n < 0 {
		return "-" + whole(-n)
	}
	s := strconv.FormatInt(n, 10)
	var parts []string
	for len(s) > 3 {
		parts = append([]string{s[len(s)-3:]}, parts...)
		s = s[:len(s)-3]
	}
	return strings.Join(append([]string{s}, parts...), ",")
}

// perSecond is a rate: 0/s, 0.3/s, 42/s, 1,200/s.
func perSecond(rate float64) string { return decimal(rate) + "/s" }

// decimal is a number with one place below ten, and none from there on.
func decimal(f float64) string {
	if f >= 9.95 {
		return whole(int64(math.Round(f)))
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0")
}

// runs is the filter of the runs that are on this queue now.
func (p QueuePage) runs() string {
	return `ExecutionStatus = "Running" AND TaskQueue = ` + Quoted(p.Name)
}

// Quoted is a text as a filter takes it.
func Quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// activities is the part of the queue that can have a rate limit.
func (p QueuePage) activities() (q Queue) {
	for _, q = range p.Kinds {
		if q.Activities {
			return q
		}
	}
	return Queue{}
}

func (p QueuePage) setting() QueueSetting { return p.activities().Setting }

// limited tells whether operators have set a limit.
func (p QueuePage) limited() bool { return p.activities().LimitSet }
