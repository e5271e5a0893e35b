package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/tenants"
)

func described(backlog int64) engine.QueueDescription {
	return engine.QueueDescription{
		Stats:      &taskqueuepb.TaskQueueStats{ApproximateBacklogCount: backlog, ApproximateBacklogAge: durationpb.New(90 * time.Second), TasksAddRate: 4, TasksDispatchRate: 2},
		ByPriority: map[int32]*taskqueuepb.TaskQueueStats{5: {ApproximateBacklogCount: 1}, 1: {ApproximateBacklogCount: backlog - 1}},
		Pollers:    []*taskqueuepb.PollerInfo{{Identity: "7@host<b>", LastAccessTime: timestamppb.New(noon.Add(-10 * time.Minute)), RatePerSecond: 3}},
		SyncRatio:  new(0.5), LastPoll: noon.Add(-10 * time.Minute),
	}
}

func TestQueuesAreListedPageByPage(t *testing.T) {
	b := newBench(t).signIn()
	b.engine.queues = engine.QueuesPage{More: true, Queues: []engine.Queue{
		{Name: "a/<b>", Kind: enumspb.TASK_QUEUE_TYPE_WORKFLOW, QueueDescription: described(12_345)},
		{Name: "ledger", Kind: enumspb.TASK_QUEUE_TYPE_ACTIVITY, QueueDescription: engine.QueueDescription{Limit: new(0.0), LimitSet: true}},
	}}
	answered(t, b.get(view.QueuesURL(in("default"), "")), http.StatusOK,
		"a/&lt;b&gt;", `href="/t/default/ns/default/queues/a%2F%3Cb%3E"`, "12,345", "1 m 30 s", "4/s", "50 %", "No worker has polled it since 2026-03-01 11:50:00 UTC.",
		"Paused: its rate limit is 0 tasks a second.", "queues?after=ledger", `data-stream="/t/default/ns/default/pulse/live"`)
	if b.engine.after != (engine.QueuesRequest{Namespace: defaultNamespace.ID, Limit: listPageSize}) {
		t.Errorf("asked %+v", b.engine.after)
	}
	b.engine.queues = engine.QueuesPage{}
	answered(t, b.get(view.QueuesURL(in("default"), "ledger")), http.StatusOK, "First page")
	if b.engine.after.After != "ledger" {
		t.Errorf("asked %+v", b.engine.after)
	}
	answered(t, b.get(view.QueuesURL(in("default"), "")), http.StatusOK, "A queue exists as soon as", "127.0.0.1:7233")
	b.engine.fleetErr = orchestration.Errorf(orchestration.Unavailable, "not now")
	answered(t, b.get(view.QueuesURL(in("default"), "")), http.StatusServiceUnavailable, "not now")
}

func TestOneQueue(t *testing.T) {
	b := newBench(t).signIn()
	b.engine.queue = described(7)
	b.engine.queue.Limit, b.engine.queue.LimitSet = new(2.5), true
	b.engine.queue.Config = &taskqueuepb.TaskQueueConfig{QueueRateLimit: &taskqueuepb.RateLimitConfig{Metadata: &taskqueuepb.ConfigMetadata{
		Reason: "the ledger is slow", UpdateIdentity: "person:ada", UpdateTime: timestamppb.New(noon.Add(-time.Hour)),
	}}}
	answered(t, b.get(view.QueueURL(in("default"), "transfers")), http.StatusOK,
		"Workflow tasks", "Activity tasks", "7@host&lt;b&gt;", "the ledger is slow", "person:ada", "1 h ago", `value="2.5"`, "2.5/s", "Priority")
	for _, name := range []string{strings.Repeat("q", orchestration.MaxIDLength+1), "\x00"} {
		answered(t, b.get(view.QueueURL(in("default"), name)), http.StatusNotFound)
	}
}

// Each button of the form does one thing, with the reason, in the name of who pressed it.
func TestRateLimitForm(t *testing.T) {
	b := newBench(t).signIn()
	address := view.QueueURL(in("default"), "trans/fers")
	for do, want := range map[string]struct {
		rate *float32
		done string
	}{"set": {new(float32(2.5)), "queue-limited"}, "pause": {new(float32(0)), "queue-paused"}, "remove": {nil, "queue-freed"}} {
		w := b.post(address+"/limit", url.Values{"do": {do}, "rate": {" 2.5 "}, "reason": {"slow"}})
		if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != address+"?done="+want.done {
			t.Fatalf("%s: %d to %q", do, w.Code, to)
		}
		got := b.engine.limit
		if b.engine.limited != (engine.QueueRequest{Namespace: defaultNamespace.ID, Queue: "trans/fers", Kind: enumspb.TASK_QUEUE_TYPE_ACTIVITY}) || got.Reason != "slow" || got.Identity == "" {
			t.Errorf("%s: %+v, %+v", do, b.engine.limited, got)
		}
		if (got.PerSecond == nil) != (want.rate == nil) || got.PerSecond != nil && *got.PerSecond != *want.rate {
			t.Errorf("%s: %v", do, got.PerSecond)
		}
		answered(t, b.get(w.Header().Get("Location")), http.StatusOK, `class="done"`)
	}
	answered(t, b.post(address+"/limit", url.Values{"do": {"explode"}}), http.StatusBadRequest)
}

// What was typed wrongly is shown again, with why, and changes nothing; what the engine refuses likewise.
func TestRateLimitFormRefused(t *testing.T) {
	b := newBench(t).signIn()
	c := &clerk{}
	b.console.auditor = c
	address := view.QueueURL(in("default"), "transfers") + "/limit"
	answered(t, b.post(address, url.Values{"do": {"set"}, "rate": {"a <few>"}, "reason": {"because"}}), http.StatusBadRequest,
		"This is not a number", "a &lt;few&gt;", "because", `aria-invalid="true"`)
	if b.engine.limit != nil {
		t.Error("a limit was set")
	}
	b.engine.fleetErr = orchestration.Errorf(orchestration.InvalidArgument, "RequestsPerSecond -1 is not valid")
	b.engine.describeAnyway = true
	answered(t, b.post(address, url.Values{"do": {"set"}, "rate": {"-1"}}), http.StatusBadRequest, "RequestsPerSecond -1 is not valid", `value="-1"`)
	b.engine.fleetErr = errors.New("broken")
	answered(t, b.post(address, url.Values{"do": {"pause"}}), http.StatusInternalServerError)
	var codes []string
	for _, e := range c.take() {
		codes = append(codes, e.Resource+" "+e.Code)
	}
	if got := strings.Join(codes, ", "); got != "queue:transfers InvalidArgument, queue:transfers InvalidArgument, queue:transfers Internal" {
		t.Errorf("recorded %s", got)
	}
}

// Who may only look sees the form disabled, and why.
func TestRateLimitFormOfAReader(t *testing.T) {
	l := newLobby(t)
	must(t, role(tenants.Auditor)(l, l.person("ada")))
	w := l.guest().enter("ada").get("/t/acme/ns/bank.acme/queues/transfers")
	answered(t, w, http.StatusOK, "<fieldset disabled>", "takes the permission write")
}
