package replay_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	officialworker "go.temporal.io/sdk/worker"
	official "go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/replayer"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// record makes TestRecordedHistories write the histories that are not there yet. Existing ones are never overwritten: they stand for
// workflows that are open somewhere.
var record = flag.Bool("record", false, "write missing histories to testdata")

// recording is a workflow, its twin, and what happened when its history was made.
type recording struct {
	ours, theirs any
	args         []any
	happens      func(*rehearsal.Stage)
}

// order uses most of what the runtime has: a side effect, concurrent activities of which one fails, a signal with a timeout, a
// cancelled timer and a disconnected cleanup.
func order(ctx workflow.Context, items int) (string, error) {
	number := workflow.SideEffect(ctx, func() int { return 1234 })
	var reserved []workflow.Future[int]
	for i := range items {
		reserved = append(reserved, workflow.ExecuteActivity(ours(ctx), Work, i))
	}
	failed := 0
	for _, future := range reserved {
		if _, err := future.Get(ctx); err != nil {
			failed++
		}
	}
	scope, cancel := workflow.WithCancel(ctx)
	approved := ""
	s := workflow.NewSelector(ctx)
	workflow.AddReceive(s, workflow.SignalChannel[string](ctx, "approve"), func(by string, _ bool) { approved = by })
	workflow.AddFuture(s, workflow.NewTimer(scope, 24*time.Hour), func(struct{}, error) { approved = "nobody" })
	s.Select(ctx)
	cancel()
	if err := workflow.Sleep(ctx, time.Hour); err != nil {
		cleanup, _ := workflow.NewDisconnectedContext(ours(ctx))
		if _, err := workflow.ExecuteActivity(cleanup, Other, number).Get(cleanup); err != nil {
			return "", err
		}
		return "", err
	}
	return fmt.Sprintf("order %d, %d failed, approved by %s", number, failed, approved), nil
}

func orderTheirs(ctx official.Context, items int) (string, error) {
	var number int
	official.SideEffect(ctx, func(official.Context) any { return 1234 }).Get(&number)
	var reserved []official.Future
	for i := range items {
		reserved = append(reserved, official.ExecuteActivity(theirs(ctx), Work, i))
	}
	failed := 0
	for _, future := range reserved {
		if err := future.Get(ctx, nil); err != nil {
			failed++
		}
	}
	scope, cancel := official.WithCancel(ctx)
	approved := ""
	s := official.NewSelector(ctx)
	s.AddReceive(official.GetSignalChannel(ctx, "approve"), func(c official.ReceiveChannel, _ bool) { c.Receive(ctx, &approved) })
	s.AddFuture(official.NewTimer(scope, 24*time.Hour), func(official.Future) { approved = "nobody" })
	s.Select(ctx)
	cancel()
	if err := official.Sleep(ctx, time.Hour); err != nil {
		cleanup, _ := official.NewDisconnectedContext(theirs(ctx))
		if err := official.ExecuteActivity(cleanup, Other, number).Get(cleanup, nil); err != nil {
			return "", err
		}
		return "", err
	}
	return fmt.Sprintf("order %d, %d failed, approved by %s", number, failed, approved), nil
}

var recordings = map[string]recording{
	"order_approved": {order, orderTheirs, []any{3}, func(s *rehearsal.Stage) {
		s.Step()
		completeLast(s.Server)
		s.Step()
		failLast(s.Server)
		s.Server.Signal("approve", rehearsal.Payloads("Ann"))
		s.Step()
		s.Activity(Work)
		s.Play()
	}},
	"order_expired": {order, orderTheirs, []any{1}, func(s *rehearsal.Stage) {
		s.Activity(Work)
		s.Play()
	}},
	"order_canceled": {order, orderTheirs, []any{2}, func(s *rehearsal.Stage) {
		s.Activity(Work)
		s.Activity(Other)
		s.Server.Signal("approve", rehearsal.Payloads("Bob"))
		for s.Server.HasTask() {
			s.Step()
			for _, a := range s.Server.Activities() {
				s.Server.CompleteActivity(a, rehearsal.Payloads(1))
			}
		}
		s.Server.Cancel()
		s.Play()
	}},
	"order_task_timed_out": {order, orderTheirs, []any{1}, func(s *rehearsal.Stage) {
		s.Server.Task()
		s.Server.Signal("approve", rehearsal.Payloads("Eve"))
		s.Server.TimeOut()
		s.Activity(Work)
		s.Play()
	}},
}

// recordingOf makes a recording of the scene of a name.
func recordingOf(list []scene, name string) recording {
	sc := list[slices.IndexFunc(list, func(sc scene) bool { return sc.name == name })]
	return recording{sc.ours, sc.theirs, nil, func(s *rehearsal.Stage) {
		if sc.before != nil {
			sc.before(s.Server)
		}
		s.Activity(Fail)
		s.Step()
		for _, happens := range sc.events {
			happens(s.Server)
			s.Step()
		}
	}}
}

func init() {
	for name, r := range map[string]recording{
		"versions":             recordingOf(markerScenes, "versions"),
		"mutable_side_effects": recordingOf(markerScenes, "mutable side effects"),
		"local_activities":     recordingOf(localScenes, "local activities among other things"),
		"local_activity_timer": recordingOf(localScenes, "local activity that is tried again after a timer"),
		"children_cancelled":   recordingOf(childScenes, "children cancelled at every point"),
		"signals_to_others":    recordingOf(childScenes, "signals to others"),
		"continued_as_new":     recordingOf(childScenes, "continued as new"),
		"updates":              recordingOf(updateScenes, "updates of a running workflow"),
		"updates_at_first":     recordingOf(updateScenes, "updates before the first task"),
	} {
		recordings[name] = r
	}
}

func failLast(s *rehearsal.Server) {
	open := s.Activities()
	s.TimeOutActivity(open[len(open)-1])
}

// TestRecordedHistories replays every recorded history by today's code, and by the official Go SDK.
func TestRecordedHistories(t *testing.T) {
	for name, r := range recordings {
		path := filepath.Join("testdata", name+".json")
		if _, err := os.Stat(path); *record && os.IsNotExist(err) {
			write(t, path, r)
		}
	}
	paths, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(paths) < len(recordings) {
		t.Fatalf("%d histories for %d recordings, %v", len(paths), len(recordings), err)
	}
	for _, path := range paths {
		name := filepath.Base(path[:len(path)-len(".json")])
		t.Run(name, func(t *testing.T) { replayRecorded(t, path, recordings[name]) })
	}
}

func replayRecorded(t *testing.T, path string, r recording) {
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	mine := replayer.New(replayer.Options{})
	mine.RegisterWorkflowAs(rehearsal.WorkflowType, r.ours)
	if err := mine.ReplayJSON(file); err != nil {
		t.Error(err)
	}
	yours := officialworker.NewWorkflowReplayer()
	yours.RegisterWorkflowWithOptions(r.theirs, official.RegisterOptions{Name: rehearsal.WorkflowType})
	if err := yours.ReplayWorkflowHistory(silent{}, load(t, path)); err != nil {
		t.Errorf("official SDK: %v", err)
	}
}

func load(t *testing.T, path string) *historypb.History {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var history historypb.History
	if err := (temporalproto.CustomJSONUnmarshalOptions{}).Unmarshal(text, &history); err != nil {
		t.Fatal(err)
	}
	return &history
}

func write(t *testing.T, path string, r recording) {
	stage := newStage(t, rehearsal.Sticky(), r.ours, r.args...)
	r.happens(stage)
	if !stage.Server.Closed() {
		t.Fatalf("%s: the workflow is open: %v", path, stage.Script())
	}
	text, err := protojson.MarshalOptions{Multiline: true, Indent: " "}.Marshal(stage.Server.History())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
