package batch

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	batchpb "go.temporal.io/api/batch/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

const (
	completed = enumspb.BATCH_OPERATION_STATE_COMPLETED
	failed    = enumspb.BATCH_OPERATION_STATE_FAILED
)

func TestJobByQuery(t *testing.T) {
	e := newRuns(205) // pages of 100: two whole ones and a short one
	r := openRoom(t, openJobs(t), e)
	r.mustStart(t, request("job"))
	s := r.ended(t, "job")
	wantCounts(t, s, completed, 205, 205, 0)
	e.wantEachOnce(t)
	if !proto.Equal(s.Operation, request("job").Operation) || s.Reason != "a test" || s.Query != "all" {
		t.Errorf("status %+v", s)
	}
}

// TestJobIsOfWhoBeganIt: what it does is by whoever began it, and whoever repeats the request begins no other.
func TestJobIsOfWhoBeganIt(t *testing.T) {
	e := newRuns(3)
	r := openRoom(t, openJobs(t), e)
	in := request("job")
	in.By = &commonpb.Principal{Type: "session", Name: "person:ada"}
	r.mustStart(t, in)
	in.By = &commonpb.Principal{Type: "key", Name: "person:ada"}
	r.mustStart(t, in)
	r.ended(t, "job")
	if e.by.GetType() != "session" || e.by.GetName() != "person:ada" {
		t.Errorf("done by %v", e.by)
	}
}

func TestJobByList(t *testing.T) {
	e := newRuns(150)
	r := openRoom(t, openJobs(t), e)
	in := request("job")
	in.Query, in.Runs = "", e.list
	r.mustStart(t, in)
	s := r.ended(t, "job")
	wantCounts(t, s, completed, 150, 150, 0)
	e.wantEachOnce(t)
	if len(s.Runs) != 150 || s.Runs[149] != e.list[149] {
		t.Errorf("%d runs are shown", len(s.Runs))
	}
}

func TestJobWithoutRuns(t *testing.T) {
	r := openRoom(t, openJobs(t), newRuns(0))
	r.mustStart(t, request("job"))
	wantCounts(t, r.ended(t, "job"), completed, 0, 0, 0)
}

// TestOutcomesAreCounted: what is closed or gone counts as done, what is unavailable is tried again, the rest has failed.
func TestOutcomesAreCounted(t *testing.T) {
	e := newRuns(10)
	tries := map[orchestration.RunKey]int{}
	e.hook = func(key orchestration.RunKey) error {
		tries[key]++
		switch {
		case key == runOf(1):
			return orchestration.Errorf(orchestration.NotFound, "closed")
		case key == runOf(2) && tries[key] < 3:
			return orchestration.Errorf(orchestration.Unavailable, "moving")
		case key == runOf(3):
			return orchestration.Errorf(orchestration.InvalidArgument, "too many signals")
		case key == runOf(4):
			return orchestration.Errorf(orchestration.Unavailable, "never there")
		}
		return nil
	}
	r := openRoom(t, openJobs(t), e)
	r.mustStart(t, request("job"))
	wantCounts(t, r.ended(t, "job"), completed, 10, 8, 2)
	if tries[runOf(0)] != 1 || tries[runOf(2)] != 3 || tries[runOf(3)] != 1 || tries[runOf(4)] != attempts {
		t.Errorf("tries: %v", tries)
	}
}

// TestFailuresAreKept: which runs an operation was refused for, and why, is kept of the first hundred; also when the job is stopped then.
func TestFailuresAreKept(t *testing.T) {
	e := newRuns(orchestration.MaxBatchFailures + 20)
	e.hook = func(key orchestration.RunKey) error {
		return orchestration.Errorf(orchestration.InvalidArgument, "%s", key.WorkflowID+strings.Repeat("ä", longestWhy))
	}
	r := openRoom(t, openJobs(t), e)
	r.mustStart(t, request("job"))
	s := r.ended(t, "job")
	if s.Failed != orchestration.MaxBatchFailures+20 || len(s.Failures) != orchestration.MaxBatchFailures {
		t.Fatalf("%d failed, %d are kept", s.Failed, len(s.Failures))
	}
	for i, f := range s.Failures {
		if f.Run != runOf(i) || !strings.HasPrefix(f.Why, f.Run.WorkflowID+"ää") || len(f.Why) > longestWhy || !utf8.ValidString(f.Why) {
			t.Errorf("failure %d is of %s: %q", i, f.Run.WorkflowID, f.Why)
		}
	}
}

func TestOneBatchAtATime(t *testing.T) {
	e := newRuns(3)
	block := make(chan struct{})
	e.hook = func(orchestration.RunKey) error { <-block; return nil }
	r := openRoom(t, openJobs(t), e)
	r.mustStart(t, request("first"))
	err := r.Start(t.Context(), request("second"))
	var refused *orchestration.Error
	if !errors.As(err, &refused) || refused.Code != orchestration.ResourceExhausted || refused.Cause != enumspb.RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT {
		t.Errorf("a second job: %v", err)
	}
	elsewhere := request("second")
	elsewhere.Namespace = orchestration.NamespaceID{2}
	r.mustStart(t, elsewhere)
	close(block)
	r.ended(t, "first")
	r.mustStart(t, request("second"))
	r.ended(t, "second")
}

// TestRepeatedStart: the same request is the same job, while it goes on and after; another one with its id is refused.
func TestRepeatedStart(t *testing.T) {
	e := newRuns(3)
	r := openRoom(t, openJobs(t), e)
	r.mustStart(t, request("job"))
	r.mustStart(t, request("job"))
	r.ended(t, "job")
	r.mustStart(t, request("job"))
	e.wantEachOnce(t)
	for name, change := range map[string]func(*Request){
		"query":     func(in *Request) { in.Query = "others" },
		"operation": func(in *Request) { in.Operation = &batchpb.BatchOperationSignal{Signal: "t"} },
		"reason":    func(in *Request) { in.Reason = "another" },
	} {
		in := request("job")
		change(&in)
		if err := r.Start(t.Context(), in); orchestration.CodeOf(err) != orchestration.AlreadyStarted {
			t.Errorf("another %s: %v", name, err)
		}
	}
}

func TestBatchRateIsCapped(t *testing.T) {
	for wish, want := range map[float64]float64{0: orchestration.MaxBatchRate, -1: orchestration.MaxBatchRate, 1e9: orchestration.MaxBatchRate, 0.5: 0.5, 20: 20} {
		in := request("job")
		in.Rate = wish
		s, err := specOf(in)
		if err != nil || s.Rate != want {
			t.Errorf("a wish for %v: %v, %v", wish, s.Rate, err)
		}
	}
}

// TestPagesFollowTheRate: no page has more runs than a second allows.
func TestPagesFollowTheRate(t *testing.T) {
	e := newRuns(4)
	r := openRoom(t, openJobs(t), e)
	in := request("job")
	in.Rate = 2
	r.mustStart(t, in)
	s := r.ended(t, "job")
	if len(e.calls) < 2 || e.calls[0] != 2 || e.calls[1] != 2 {
		t.Errorf("pages of %v", e.calls)
	}
	if took := s.Closed.Sub(s.Started).Seconds(); took < 0.9 {
		t.Errorf("four runs at two in a second took %.1f s", took)
	}
}

func TestBadStarts(t *testing.T) {
	e := newRuns(1)
	r := openRoom(t, openJobs(t), e)
	many := request("job")
	many.Runs = make([]orchestration.RunKey, orchestration.MaxBatchRuns+1)
	options := request("job")
	options.Operation = &batchpb.BatchOperationUpdateWorkflowExecutionOptions{}
	for name, c := range map[string]struct {
		in   Request
		want orchestration.Code
		says string
	}{
		"many runs":   {many, orchestration.InvalidArgument, "1000"},
		"blank query": {Request{Namespace: namespace, ID: "job", Operation: many.Operation, Query: " "}, orchestration.InvalidArgument, "neither"},
		"no runs":     {Request{Namespace: namespace, ID: "job", Operation: many.Operation, Runs: []orchestration.RunKey{}}, orchestration.InvalidArgument, "neither"},
		"unbuilt":     {options, orchestration.Unimplemented, "BatchOperationUpdateWorkflowExecutionOptions"},
	} {
		if err := r.Start(t.Context(), c.in); orchestration.CodeOf(err) != c.want || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	e.bad = orchestration.Errorf(orchestration.InvalidArgument, "no such attribute")
	if err := r.Start(t.Context(), request("job")); orchestration.CodeOf(err) != orchestration.InvalidArgument {
		t.Errorf("a bad query: %v", err)
	}
}

func TestUnknownJob(t *testing.T) {
	r := openRoom(t, openJobs(t), newRuns(0))
	if _, err := r.Describe(t.Context(), namespace, "job"); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("describe: %v", err)
	}
	for _, reason := range []string{"", strings.Repeat("r", orchestration.MaxReasonSize+1)} {
		if err := r.Stop(t.Context(), namespace, "job", reason); orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("a stop for no reason, or a long one: %v", err)
		}
	}
	if err := r.Stop(t.Context(), namespace, "job", "enough"); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("stop: %v", err)
	}
}

func TestListOfJobs(t *testing.T) {
	r := openRoom(t, openJobs(t), newRuns(1))
	for _, id := range []string{"a", "b", "c"} {
		r.mustStart(t, request(id))
		r.ended(t, id)
	}
	var got []string
	var p Page
	for p.Limit = 2; ; {
		page, err := r.List(t.Context(), namespace, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page {
			got = append(got, s.ID)
			p.Before, p.BeforeID = s.Started, s.ID
		}
		if len(page) < p.Limit {
			break
		}
	}
	if strings.Join(got, " ") != "c b a" {
		t.Errorf("listed %v", got)
	}
}
