package edge

import (
	"math"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// reservedQueues begins the names that belong to the server.
const reservedQueues = "/_sys/"

// queue reads the name of a task queue.
func (c *checks) queue(field string, q *taskqueuepb.TaskQueue) string {
	c.required(field, q.GetName())
	if strings.HasPrefix(q.GetName(), reservedQueues) {
		c.fail("%s must not begin with %s, which is reserved.", field, reservedQueues)
	}
	return q.GetName()
}

// memo demands a memo under its limit.
func (c *checks) memo(m *commonpb.Memo) {
	if n := proto.Size(m); n > orchestration.MaxMemoSize {
		c.fail("Memo size exceeds limit: it has %d bytes, at most %d are allowed.", n, orchestration.MaxMemoSize)
	}
}

// searchAttributes demands few and small attributes. What they are called and of which type is checked once the namespace is known (orchestration/engine/attributes.go).
func (c *checks) searchAttributes(a *commonpb.SearchAttributes) {
	fields := a.GetIndexedFields()
	if len(fields) > MaxSearchAttributes {
		c.fail("Number of search attributes exceeds limit: %d are given, at most %d are allowed.", len(fields), MaxSearchAttributes)
	}
	for name, value := range fields {
		c.required("Search attribute name", name)
		if n := len(value.GetData()); n > orchestration.MaxSearchAttributeValue {
			c.fail("Search attribute %s size exceeds limit: its value has %d bytes, at most %d are allowed.", name, n, orchestration.MaxSearchAttributeValue)
		}
	}
	if n := proto.Size(a); n > orchestration.MaxSearchAttributeSize {
		c.fail("Total size of search attributes exceeds limit: they have %d bytes, at most %d are allowed.", n, orchestration.MaxSearchAttributeSize)
	}
}

// priority demands a key of 1 to 5 (0: the default), a short fairness key and a weight that is a number.
func (c *checks) priority(p *commonpb.Priority) {
	if k := p.GetPriorityKey(); k < 0 || k > 5 {
		c.fail("Priority key %d is not valid: it must be between 1 and 5.", k)
	}
	if n := len(p.GetFairnessKey()); n > MaxFairnessKeyLength {
		c.fail("Fairness key length exceeds limit: it has %d bytes, at most %d are allowed.", n, MaxFairnessKeyLength)
	}
	if w := float64(p.GetFairnessWeight()); w < 0 || math.IsNaN(w) || math.IsInf(w, 0) {
		c.fail("Fairness weight %v is not valid: it must not be negative.", w)
	}
}

// metadata demands a summary and details that user interfaces can show.
func (c *checks) metadata(m *sdkpb.UserMetadata) {
	if n := proto.Size(m.GetSummary()); n > MaxSummarySize {
		c.fail("Summary size exceeds limit: it has %d bytes, at most %d are allowed.", n, MaxSummarySize)
	}
	if n := proto.Size(m.GetDetails()); n > MaxDetailsSize {
		c.fail("Details size exceeds limit: they have %d bytes, at most %d are allowed.", n, MaxDetailsSize)
	}
}

// links demands few and small links.
func (c *checks) links(links []*commonpb.Link) {
	if len(links) > MaxLinks {
		c.fail("Number of links exceeds limit: %d are given, at most %d are allowed.", len(links), MaxLinks)
	}
	for _, l := range links {
		if n := proto.Size(l); n > MaxLinkSize {
			c.fail("Link size exceeds limit: it has %d bytes, at most %d are allowed.", n, MaxLinkSize)
		}
	}
}

// retryPolicy demands a policy whose arithmetic makes sense; unset is fine. The same rules hold for activities, which the engine checks.
func (c *checks) retryPolicy(p *commonpb.RetryPolicy) {
	if p == nil {
		return
	}
	initial := c.duration("RetryPolicy.InitialInterval", p.GetInitialInterval())
	most := c.duration("RetryPolicy.MaximumInterval", p.GetMaximumInterval())
	if most > 0 && most < initial {
		c.fail("RetryPolicy.MaximumInterval must not be less than RetryPolicy.InitialInterval.")
	}
	if k := p.GetBackoffCoefficient(); k != 0 && !(k >= 1) || math.IsInf(p.GetBackoffCoefficient(), 0) {
		c.fail("RetryPolicy.BackoffCoefficient must be at least 1.")
	}
	if p.GetMaximumAttempts() < 0 {
		c.fail("RetryPolicy.MaximumAttempts must not be negative.")
	}
}

// cron demands a schedule that has a moment to come; unset is fine.
func (c *checks) cron(schedule string, delay *durationpb.Duration) {
	if schedule == "" {
		return
	}
	c.id("CronSchedule", schedule)
	if delay.AsDuration() != 0 {
		c.fail("CronSchedule and WorkflowStartDelay may not be used together.")
	}
	switch s, err := history.ParseCron(schedule); {
	case err != nil:
		c.fail("CronSchedule %q is not valid: %v.", schedule, err)
	case s.Next(time.Now()).IsZero():
		c.fail("CronSchedule %q is not valid: it names no moment of the next years.", schedule)
	}
}

// known demands a value that the protocol's enumeration has.
func (c *checks) known(field string, value int32, names map[int32]string) {
	if _, ok := names[value]; !ok {
		c.fail("%s has the unknown value %d.", field, value)
	}
}

// unversioned refuses workers that ask to be routed by version, which this release does not do.
func (c *checks) unversioned(mode enumspb.WorkerVersioningMode, buildIDs bool) {
	if c.err == nil && (mode == enumspb.WORKER_VERSIONING_MODE_VERSIONED || buildIDs) {
		c.err = notBuilt("Worker versioning")
	}
}
