package bench

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// testLoad is a load of count workflows on the fake server, by the raw driver.
func testLoad(t *testing.T, s *fakeServer, sc scenario, count, inFlight int) *load {
	t.Helper()
	if sc.drive == nil {
		sc.drive, sc.unit = driveWorkflows, "workflow"
	}
	l, err := newLoad(t.Context(), sc, config{namespace: "default", pollers: 2, addresses: []string{s.serve(t)}}, rawDriver, count, inFlight)
	must(t, err)
	t.Cleanup(func() { must(t, l.close()) })
	return l
}

// named is a scenario that there is.
func named(t *testing.T, name string) scenario {
	t.Helper()
	s, ok := scenarioNamed(name)
	if !ok {
		t.Fatalf("no scenario %s", name)
	}
	return s
}

// A one-activity workflow is eight calls, as the package says; a chain is three per activity and five more.
func TestCallsPerWorkflow(t *testing.T) {
	for _, c := range []struct {
		name        string
		sc          scenario
		count       int
		tasks, acts int
	}{
		{"one-activity", named(t, "one-activity"), 20, 40, 20},
		{"chain", scenario{flow: flow{rounds: 5, width: 1}}, 4, 24, 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newFakeServer()
			l := testLoad(t, s, c.sc, c.count, 3)
			if _, err := l.run(t.Context(), time.Minute); err != nil {
				t.Fatal(err)
			}
			want := map[string]int{
				"StartWorkflowExecution": c.count, "GetWorkflowExecutionHistory": c.count,
				"PollWorkflowTaskQueue": c.tasks, "RespondWorkflowTaskCompleted": c.tasks,
				"PollActivityTaskQueue": c.acts, "RespondActivityTaskCompleted": c.acts,
			}
			if got := s.answered(); !maps.Equal(got, want) {
				t.Errorf("calls %v, want %v", got, want)
			}
			if n := len(l.latencies.all); n != c.count || int(l.done.Load()) != c.count {
				t.Errorf("%d latencies of %d workflows", n, c.count)
			}
			if of := l.driver.(*raw).cache.of; len(of) != 0 {
				t.Errorf("the worker remembers closed runs: %v", of)
			}
			if n := len(l.waits.all); n != c.tasks+c.acts {
				t.Errorf("%d waits of %d tasks", n, c.tasks+c.acts)
			}
			if err := l.cleanUp(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestStartsAreTerminatedAfterwards(t *testing.T) {
	s := newFakeServer()
	l := testLoad(t, s, named(t, "starts"), 10, 4)
	if _, err := l.run(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	if got, want := s.answered(), (map[string]int{"StartWorkflowExecution": 10}); !maps.Equal(got, want) {
		t.Errorf("calls %v, want %v", got, want)
	}
	s.mu.Lock()
	delete(s.runs, l.workflowID(3)) // somebody else has cleaned up
	s.mu.Unlock()
	if err := l.cleanUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for id, r := range s.runs {
		select {
		case <-r.closed:
		default:
			t.Errorf("%s is still open", id)
		}
	}
}

func TestPassingErrorsAreRetriedAndCounted(t *testing.T) {
	s := newFakeServer()
	l := testLoad(t, s, named(t, "one-activity"), 5, 1)
	s.fault = func(method string, call int) error {
		if method == "StartWorkflowExecution" && call%2 == 1 {
			return status.Error(codes.ResourceExhausted, "later")
		}
		return nil
	}
	if _, err := l.run(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	if n := l.retries.Load(); n != 5 {
		t.Errorf("%d retries", n)
	}
}

func TestLastingErrorsEndTheLoad(t *testing.T) {
	for _, method := range []string{
		"StartWorkflowExecution", "PollWorkflowTaskQueue", "RespondWorkflowTaskCompleted", "RespondActivityTaskCompleted", "GetWorkflowExecutionHistory",
	} {
		t.Run(method, func(t *testing.T) {
			s := newFakeServer()
			l := testLoad(t, s, named(t, "one-activity"), 5, 2)
			s.fault = func(m string, _ int) error {
				if m == method {
					return status.Error(codes.PermissionDenied, "not you")
				}
				return nil
			}
			_, err := l.run(t.Context(), time.Minute)
			if err == nil || !strings.Contains(err.Error(), "not you") || !strings.Contains(err.Error(), "0 of at most 5 workflows done") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestLoadEndsAtItsTimeout(t *testing.T) {
	s := newFakeServer()
	l := testLoad(t, s, scenario{unpolled: true, left: true}, 5, 1)
	s.fault = func(string, int) error { return status.Error(codes.Unavailable, "for ever") }
	if _, err := l.run(t.Context(), 50*time.Millisecond); err == nil || !strings.Contains(err.Error(), "not done after 50ms") {
		t.Errorf("got %v", err)
	}
}

func TestLoadEndsWithItsContext(t *testing.T) {
	s := newFakeServer()
	l := testLoad(t, s, named(t, "one-activity"), 5, 1)
	ctx, cancel := context.WithCancel(t.Context())
	s.fault = func(method string, _ int) error {
		if method == "PollActivityTaskQueue" {
			cancel()
		}
		return nil
	}
	if _, err := l.run(ctx, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAWorkflowThatFailsEndsTheLoad(t *testing.T) {
	s := newFakeServer()
	l := testLoad(t, s, scenario{}, 1, 1)
	must(t, l.start(t.Context(), "w"))
	r := s.run("w")
	r.add(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT)
	close(r.closed)
	if err := l.await(t.Context(), "w"); err == nil || !strings.Contains(err.Error(), "TimedOut") {
		t.Errorf("got %v", err)
	}
}

func TestStepsOfAPartialAndAPagedHistory(t *testing.T) {
	s := newFakeServer()
	l := testLoad(t, s, named(t, "chain"), 1, 1)
	r := l.driver.(*raw)
	r.cache.of["known"] = progress{scheduled: 8, completed: 7}
	seen := func(task *workflowservice.PollWorkflowTaskQueueResponse) (int, error) {
		p, err := r.seen(t.Context(), r.caller(), r.home, task)
		return p.completed, err
	}
	history := func(first int64, kinds ...enumspb.EventType) *historypb.History {
		h := &historypb.History{}
		for i, k := range kinds {
			h.Events = append(h.Events, &historypb.HistoryEvent{EventId: first + int64(i), EventType: k})
		}
		return h
	}
	task := func(run string, h *historypb.History, token string) *workflowservice.PollWorkflowTaskQueueResponse {
		return &workflowservice.PollWorkflowTaskQueueResponse{
			WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: run, RunId: run}, History: h, NextPageToken: []byte(token),
		}
	}
	const completed = enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
	if n, err := seen(task("known", history(30, completed), "")); n != 8 || err != nil {
		t.Errorf("partial history: %d, %v", n, err)
	}
	if n, err := seen(task("known", history(1, completed, completed), "")); n != 2 || err != nil {
		t.Errorf("full history, after the worker was forgotten: %d, %v", n, err)
	}
	if _, err := seen(task("unknown", history(30, completed), "")); err == nil {
		t.Error("a partial history of an unknown run was counted")
	}
	run := &fakeRun{id: "paged", closed: make(chan struct{})}
	run.add(completed, completed, completed)
	s.runs["paged"] = run
	if n, err := seen(task("paged", history(1, completed), "more")); n != 4 || err != nil {
		t.Errorf("two pages: %d, %v", n, err)
	}
}

// A load takes nothing more when its time is over, and what it has begun is finished.
func TestLoadEndsAfterItsDuration(t *testing.T) {
	s := newFakeServer()
	l := testLoad(t, s, named(t, "one-activity"), 1_000_000, 2)
	l.duration = 50 * time.Millisecond
	_, err := l.run(t.Context(), time.Minute)
	must(t, err)
	if n := l.done.Load(); n < 1 || int(n) != s.answered()["GetWorkflowExecutionHistory"] {
		t.Errorf("%d done, calls %v", n, s.answered())
	}
}

// Several addresses get their shares: all of them of everything, or the first the calls and the others the polls.
func TestSpread(t *testing.T) {
	for spread, polled := range map[string]bool{spreadEven: true, spreadApart: false} {
		one, two := newFakeServer(), newFakeServer()
		two.runs, two.queues = one.runs, one.queues
		c := config{namespace: "default", pollers: 4, addresses: []string{one.serve(t), two.serve(t)}, spread: spread}
		l, err := newLoad(t.Context(), named(t, "one-activity"), c, rawDriver, 40, 1) // one at a time: the two share a map
		must(t, err)
		_, err = l.run(t.Context(), time.Minute)
		must(t, err)
		must(t, l.close())
		for i, s := range []*fakeServer{one, two} {
			calls := s.answered()
			if calls["PollWorkflowTaskQueue"] > 0 != (polled || i == 1) || calls["StartWorkflowExecution"] > 0 != (polled || i == 0) {
				t.Errorf("%s: server %d answered %v", spread, i+1, calls)
			}
		}
	}
}

func TestEnds(t *testing.T) {
	var e ends
	e.note("nobody waits for it")
	end := e.expect("w")
	select {
	case <-end:
		t.Error("ended before its end")
	default:
	}
	e.note("w")
	e.note("w")
	must(t, until(t.Context(), end))
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("stop"))
	if err := until(ctx, e.expect("x")); err == nil || err.Error() != "stop" {
		t.Errorf("got %v", err)
	}
}
