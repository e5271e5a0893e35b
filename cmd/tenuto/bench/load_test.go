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
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func dial(t *testing.T, address string) *grpc.ClientConn {
	t.Helper()
	conn, err := connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// testLoad is a load of count workflows on the fake server.
func testLoad(t *testing.T, s *fakeServer, sc scenario, count, inFlight int) *load {
	t.Helper()
	return newLoad(sc, config{namespace: "default", pollers: 2}, dial(t, s.serve(t)), count, inFlight)
}

// A one-activity workflow is eight calls, as the package says; a chain is three per activity and five more.
func TestCallsPerWorkflow(t *testing.T) {
	for _, c := range []struct {
		name        string
		sc          scenario
		count       int
		tasks, acts int
	}{
		{"one-activity", scenarios["one-activity"], 20, 40, 20},
		{"chain", scenario{activities: 5, workers: true}, 4, 24, 20},
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
			if len(l.steps.of) != 0 {
				t.Errorf("the worker remembers closed runs: %v", l.steps.of)
			}
			if err := l.cleanUp(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestStartsAreTerminatedAfterwards(t *testing.T) {
	s := newFakeServer()
	l := testLoad(t, s, scenarios["starts"], 10, 4)
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
	l := testLoad(t, s, scenarios["one-activity"], 5, 1)
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
			l := testLoad(t, s, scenarios["one-activity"], 5, 2)
			s.fault = func(m string, _ int) error {
				if m == method {
					return status.Error(codes.PermissionDenied, "not you")
				}
				return nil
			}
			_, err := l.run(t.Context(), time.Minute)
			if err == nil || !strings.Contains(err.Error(), "not you") || !strings.Contains(err.Error(), "0 of 5 workflows done") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestLoadEndsAtItsTimeout(t *testing.T) {
	s := newFakeServer()
	l := testLoad(t, s, scenario{workers: false}, 5, 1)
	s.fault = func(string, int) error { return status.Error(codes.Unavailable, "for ever") }
	if _, err := l.run(t.Context(), 50*time.Millisecond); err == nil || !strings.Contains(err.Error(), "not done after 50ms") {
		t.Errorf("got %v", err)
	}
}

func TestLoadEndsWithItsContext(t *testing.T) {
	s := newFakeServer()
	l := testLoad(t, s, scenarios["one-activity"], 5, 1)
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
	l := testLoad(t, s, scenario{workers: true}, 1, 1)
	if _, err := l.service.StartWorkflowExecution(t.Context(), &workflowservice.StartWorkflowExecutionRequest{WorkflowId: "w"}); err != nil {
		t.Fatal(err)
	}
	r := s.run("w")
	r.add(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT)
	close(r.closed)
	if err := l.await(t.Context(), "w"); err == nil || !strings.Contains(err.Error(), "TimedOut") {
		t.Errorf("got %v", err)
	}
}

func TestStepsOfAPartialAndAPagedHistory(t *testing.T) {
	s := newFakeServer()
	l := testLoad(t, s, scenarios["chain"], 1, 1)
	l.steps.of = map[string]int{"known": 7}
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
	if n, err := l.completed(t.Context(), task("known", history(30, completed), "")); n != 8 || err != nil {
		t.Errorf("partial history: %d, %v", n, err)
	}
	if n, err := l.completed(t.Context(), task("known", history(1, completed, completed), "")); n != 2 || err != nil {
		t.Errorf("full history, after the worker was forgotten: %d, %v", n, err)
	}
	if _, err := l.completed(t.Context(), task("unknown", history(30, completed), "")); err == nil {
		t.Error("a partial history of an unknown run was counted")
	}
	r := &fakeRun{id: "paged", closed: make(chan struct{})}
	r.add(completed, completed, completed)
	s.runs["paged"] = r
	if n, err := l.completed(t.Context(), task("paged", history(1, completed), "more")); n != 4 || err != nil {
		t.Errorf("two pages: %d, %v", n, err)
	}
}
