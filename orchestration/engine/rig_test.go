package engine_test

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/storetest"
)

var namespace = orchestration.NamespaceID{1}

// rig is an engine on a real database that can be made to fail, and can die and come back.
type rig struct {
	*engine.Engine
	t       *testing.T
	storage storage
	store   driver
	faulty  *storetest.Faulty

	attributes engine.Attributes      // of the namespaces, from the next opening on
	reading    atomic.Pointer[func()] // called before history is read
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, storage: newStorage(t)}
	r.open()
	t.Cleanup(r.close)
	return r
}

func (r *rig) open() {
	r.t.Helper()
	var err error
	r.store = r.storage.open(r.t)
	r.faulty = storetest.NewFaulty(r.store)
	r.Engine, err = engine.Open(r.t.Context(), engine.Config{Store: r.faulty, Reader: hookedReader{r.store, &r.reading}, Queues: r.store, Logger: quiet(), Attributes: r.attributes})
	if err != nil {
		r.t.Fatal(err)
	}
}

// hookedReader calls a test back before it reads history.
type hookedReader struct {
	store.Reader
	hook *atomic.Pointer[func()]
}

// History implements store.Reader.
func (h hookedReader) History(ctx context.Context, in store.HistoryRange) ([]store.Batch, error) {
	if f := h.hook.Swap(nil); f != nil {
		(*f)()
	}
	return h.Reader.History(ctx, in)
}

func (r *rig) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := r.Engine.Close(ctx); err != nil {
		r.t.Errorf("close engine: %v", err)
	}
	if err := r.store.Close(); err != nil {
		r.t.Errorf("close store: %v", err)
	}
	if err := r.storage.close(); err != nil {
		r.t.Errorf("close database: %v", err)
	}
}

// reopen is a new process on the same database: nothing of the old one's memory is left.
func (r *rig) reopen() {
	r.t.Helper()
	r.close()
	r.open()
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func key(id string) orchestration.RunKey {
	return orchestration.WorkflowKey{Namespace: namespace, WorkflowID: id}.Run(orchestration.RunID{})
}

func (r *rig) ctx() context.Context {
	ctx, cancel := context.WithTimeout(r.t.Context(), 30*time.Second)
	r.t.Cleanup(cancel)
	return ctx
}

func startOf(id string) engine.StartRequest {
	return engine.StartRequest{Run: history.StartRun{
		Key: key(id), Type: "Steps", TaskQueue: "steps", TaskTimeout: 120 * time.Second, Input: text("input of " + id), Identity: "client",
	}}
}

func text(s string) *commonpb.Payloads {
	return &commonpb.Payloads{Payloads: []*commonpb.Payload{{
		Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(`"` + s + `"`),
	}}}
}

func (r *rig) start(id string) orchestration.RunKey {
	r.t.Helper()
	reply, err := r.Start(r.ctx(), startOf(id))
	if err != nil {
		r.t.Fatalf("start %s: %v", id, err)
	}
	k := key(id)
	k.RunID = reply.RunID
	return k
}

// pollWorkflow gets the next workflow task of the queue.
func (r *rig) pollWorkflow() *engine.WorkflowTask {
	r.t.Helper()
	task, err := r.PollWorkflowTask(r.ctx(), engine.Poll{Namespace: namespace, Queue: "steps", Identity: "worker"})
	if err != nil || task == nil {
		r.t.Fatalf("poll workflow task: %v, %v", task, err)
	}
	return task
}

func (r *rig) pollActivity() *engine.ActivityTask {
	r.t.Helper()
	task, err := r.PollActivityTask(r.ctx(), engine.Poll{Namespace: namespace, Queue: "steps", Identity: "worker"})
	if err != nil || task == nil {
		r.t.Fatalf("poll activity task: %v, %v", task, err)
	}
	return task
}

func (r *rig) complete(task *engine.WorkflowTask, commands ...*commandpb.Command) engine.WorkflowTaskAccepted {
	r.t.Helper()
	reply, err := r.CompleteWorkflowTask(r.ctx(), answerOf(r.t, task, commands...))
	if err != nil {
		r.t.Fatalf("complete workflow task: %v", err)
	}
	return reply
}

func answerOf(t testing.TB, task *engine.WorkflowTask, commands ...*commandpb.Command) engine.WorkflowTaskAnswer {
	t.Helper()
	token, err := orchestration.DecodeTaskToken(task.Token, orchestration.WorkflowTask)
	if err != nil {
		t.Fatal(err)
	}
	return engine.WorkflowTaskAnswer{Token: token, Answer: history.CompleteWorkflowTask{Commands: commands, Identity: "worker"}}
}

func sticky(a engine.WorkflowTaskAnswer, queue string) engine.WorkflowTaskAnswer {
	a.Answer.Sticky = &taskqueuepb.StickyExecutionAttributes{
		WorkerTaskQueue:        &taskqueuepb.TaskQueue{Name: queue, Kind: enumspb.TASK_QUEUE_KIND_STICKY, NormalName: "steps"},
		ScheduleToStartTimeout: durationpb.New(5 * time.Second),
	}
	return a
}

func target(t testing.TB, task *engine.ActivityTask) engine.ActivityTarget {
	t.Helper()
	token, err := orchestration.DecodeTaskToken(task.Token, orchestration.ActivityTask)
	if err != nil {
		t.Fatal(err)
	}
	return engine.ActivityTarget{Run: token.Run(), ScheduledEventID: token.ScheduledEventID, Attempt: token.Attempt, Identity: "worker"}
}

func scheduleActivity(id string) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
		Attributes: &commandpb.Command_ScheduleActivityTaskCommandAttributes{ScheduleActivityTaskCommandAttributes: &commandpb.ScheduleActivityTaskCommandAttributes{
			ActivityId: id, ActivityType: &commonpb.ActivityType{Name: "Step"}, TaskQueue: &taskqueuepb.TaskQueue{Name: "steps"},
			Input: text("input of " + id), StartToCloseTimeout: durationpb.New(10 * time.Second),
		}},
	}
}

func startTimer(id string, d time.Duration) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_START_TIMER,
		Attributes: &commandpb.Command_StartTimerCommandAttributes{StartTimerCommandAttributes: &commandpb.StartTimerCommandAttributes{
			TimerId: id, StartToFireTimeout: durationpb.New(d),
		}},
	}
}

func completeWorkflow() *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_CompleteWorkflowExecutionCommandAttributes{CompleteWorkflowExecutionCommandAttributes: &commandpb.CompleteWorkflowExecutionCommandAttributes{
			Result: text("done"),
		}},
	}
}

// events reads the whole history of a run and checks that it is contiguous.
func (r *rig) events(k orchestration.RunKey) []*historypb.HistoryEvent {
	r.t.Helper()
	var out []*historypb.HistoryEvent
	in := engine.HistoryRequest{Run: k}
	for {
		page, err := r.History(r.ctx(), in)
		if err != nil {
			r.t.Fatalf("history: %v", err)
		}
		out = append(out, page.Events...)
		if in.PageToken = page.PageToken; len(in.PageToken) == 0 {
			break
		}
	}
	for i, ev := range out {
		if ev.EventId != int64(i+1) {
			r.t.Fatalf("event %d has id %d", i+1, ev.EventId)
		}
	}
	return out
}

func kinds(events []*historypb.HistoryEvent) (out []string) {
	for _, ev := range events {
		out = append(out, ev.EventType.String())
	}
	return out
}

// oneStep is a worker for workflows of one activity, until ctx ends. It answers like an SDK: an error is followed by the next poll.
func (r *rig) oneStep(ctx context.Context, pollers int) *sync.WaitGroup {
	var wg sync.WaitGroup
	for range pollers {
		wg.Go(func() { r.workflowPoller(ctx) })
		wg.Go(func() { r.activityPoller(ctx) })
	}
	return &wg
}

func (r *rig) workflowPoller(ctx context.Context) {
	for ctx.Err() == nil {
		task, err := r.PollWorkflowTask(ctx, engine.Poll{Namespace: namespace, Queue: "steps", Identity: "worker"})
		if err != nil || task == nil {
			continue
		}
		command := scheduleActivity("1")
		for _, ev := range task.History {
			if ev.EventType == enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED {
				command = completeWorkflow()
			}
		}
		stubbornly(ctx, func() error {
			_, err := r.CompleteWorkflowTask(ctx, answerOf(r.t, task, command))
			return err
		})
	}
}

func (r *rig) activityPoller(ctx context.Context) {
	for ctx.Err() == nil {
		task, err := r.PollActivityTask(ctx, engine.Poll{Namespace: namespace, Queue: "steps", Identity: "worker"})
		if err != nil || task == nil {
			continue
		}
		stubbornly(ctx, func() error { return r.CompleteActivity(ctx, target(r.t, task), task.Input) })
	}
}

// stubbornly repeats a call while the server is unavailable, as SDKs do.
func stubbornly(ctx context.Context, call func() error) {
	for ctx.Err() == nil && orchestration.CodeOf(call()) == orchestration.Unavailable {
	}
}

// result waits for the run to close and returns its closing event.
func (r *rig) result(k orchestration.RunKey) *historypb.HistoryEvent {
	r.t.Helper()
	in := engine.HistoryRequest{Run: k, Wait: true, CloseOnly: true}
	for {
		page, err := r.History(r.ctx(), in)
		if err != nil {
			r.t.Fatalf("result of %s: %v", k.WorkflowID, err)
		}
		if len(page.Events) > 0 {
			return page.Events[0]
		}
		in.PageToken = page.PageToken
	}
}

var _ store.Store = (*storetest.Faulty)(nil)
