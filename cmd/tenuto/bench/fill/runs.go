package fill

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// maker makes the rows of runs.
type maker struct {
	config     Config
	namespaces []orchestration.NamespaceID
	prefix     string // of the workflow ids: no other fill has it
}

// make makes batches of the next runs until all are made.
func (m *maker) make(ctx context.Context, next *atomic.Int64, batches chan<- []store.Write) error {
	for {
		last := int(next.Add(batchRuns))
		first := last - batchRuns
		if first >= m.config.Runs {
			return nil
		}
		var batch []store.Write
		for n := first; n < min(last, m.config.Runs); n++ {
			w, err := m.run(n)
			if err != nil {
				return fmt.Errorf("run %d: %w", n, err)
			}
			batch = append(batch, w)
		}
		select {
		case batches <- batch:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// run makes the n-th run. Open ones are spread among the others.
func (m *maker) run(n int) (store.Write, error) {
	at := m.config.Now.Add(-span + time.Duration(float64(span)*float64(n)/float64(m.config.Runs)))
	key := orchestration.WorkflowKey{Namespace: m.namespaces[n%len(m.namespaces)], WorkflowID: fmt.Sprintf("%s-%d", m.prefix, n)}
	l := &life{queue: fmt.Sprintf("fill-%d", 1+n/len(m.namespaces)%m.config.QueueCount), now: at}
	if m.config.Attributes {
		l.attributes = attributesOf(n)
	}
	l.start(key.Run(orchestration.NewRunID(at)))
	if open := n*m.config.Open/m.config.Runs < (n+1)*m.config.Open/m.config.Runs; open {
		l.sleep(30*24*time.Hour + time.Duration(n%1000)*30*24*time.Hour/1000)
	} else {
		l.work()
	}
	return l.write()
}

// life leads a run through what happens to it: the transitions that the engine makes when a poller always waits.
type life struct {
	queue      string
	attributes *commonpb.SearchAttributes
	now        time.Time
	run        *history.Run
	request    string
	undone     []*historypb.HistoryEvent // of the commit that is being made
	batches    []store.Batch
	err        error // the first
}

// step is how far apart the commits of a run are.
const step = 2 * time.Millisecond

// note takes a transition over into the commit that is being made.
func (l *life) note(t history.Transition, err error) {
	if l.err == nil {
		l.err = err
	}
	l.undone = append(l.undone, t.Events...)
}

// commit ends a commit.
func (l *life) commit() {
	l.now = l.now.Add(step)
	if l.err != nil {
		return
	}
	var b store.Batch
	b, l.err = store.EncodeEvents(l.undone)
	l.batches, l.undone = append(l.batches, b), nil
}

const identity = "fill"

// payload is the input and result of everything, 32 bytes of JSON.
var payload = &commonpb.Payloads{Payloads: []*commonpb.Payload{{
	Metadata: map[string][]byte{"encoding": []byte("json/plain")},
	Data:     []byte(`"0123456789abcdef0123456789abcd"`),
}}}

// start starts the run and, in the same commit, its first workflow task.
func (l *life) start(key orchestration.RunKey) {
	var t history.Transition
	l.request = key.WorkflowID
	l.run, t = history.Start(history.StartRun{
		Key: key, Type: "fill", TaskQueue: l.queue, Input: payload, RequestID: l.request, Identity: identity, SearchAttributes: l.attributes,
	}, l.now)
	l.note(t, nil)
	l.startWorkflowTask()
	l.commit()
}

func (l *life) startWorkflowTask() {
	if l.err != nil {
		return
	}
	t, _, err := l.run.StartWorkflowTask(l.run.Ready(l.now)[0], l.poller(), l.now)
	l.note(t, err)
}

func (l *life) poller() history.Poller {
	return history.Poller{Identity: identity, RequestID: orchestration.NewRunID(l.now).String()}
}

// complete answers the workflow task in flight.
func (l *life) complete(command *commandpb.Command) {
	if l.err != nil {
		return
	}
	task := l.run.Header.Task
	out, err := l.run.CompleteWorkflowTask(history.CompleteWorkflowTask{
		WorkflowTaskRef: history.WorkflowTaskRef{ScheduledEventID: task.ScheduledEventID, StartedEventID: task.StartedEventID, Attempt: task.Attempt},
		Commands:        []*commandpb.Command{command}, Identity: identity,
		Sticky: &taskqueuepb.StickyExecutionAttributes{
			WorkerTaskQueue:        &taskqueuepb.TaskQueue{Name: l.queue + "-sticky", Kind: enumspb.TASK_QUEUE_KIND_STICKY, NormalName: l.queue},
			ScheduleToStartTimeout: durationpb.New(5 * time.Second),
		},
	}, l.now)
	if err == nil && out.Failed != nil {
		err = out.Failed
	}
	l.note(out.Transition, err)
}

// work has the run do its one activity and end.
func (l *life) work() {
	l.complete(scheduleActivity(l.queue))
	var task history.Task
	if l.err == nil {
		task = l.run.Ready(l.now)[0]
		t, _, err := l.run.StartActivity(task, l.poller(), l.now)
		l.note(t, err)
	}
	l.commit()
	if l.err == nil {
		l.note(l.run.CompleteActivity(history.ActivityRef{ScheduledEventID: task.ScheduledEventID, Attempt: task.Attempt}, payload, identity, l.now))
	}
	l.startWorkflowTask()
	l.commit()
	l.complete(completeWorkflow())
	l.commit()
}

// sleep has the run start a timer, and leaves it there.
func (l *life) sleep(d time.Duration) {
	l.complete(startTimer(d))
	l.commit()
}

func scheduleActivity(queue string) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
		Attributes: &commandpb.Command_ScheduleActivityTaskCommandAttributes{
			ScheduleActivityTaskCommandAttributes: &commandpb.ScheduleActivityTaskCommandAttributes{
				ActivityId: "1", ActivityType: &commonpb.ActivityType{Name: "fill"}, TaskQueue: &taskqueuepb.TaskQueue{Name: queue},
				Input: payload, StartToCloseTimeout: durationpb.New(time.Minute),
			},
		},
	}
}

func startTimer(d time.Duration) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_START_TIMER,
		Attributes: &commandpb.Command_StartTimerCommandAttributes{
			StartTimerCommandAttributes: &commandpb.StartTimerCommandAttributes{TimerId: "1", StartToFireTimeout: durationpb.New(d)},
		},
	}
}

func completeWorkflow() *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_CompleteWorkflowExecutionCommandAttributes{
			CompleteWorkflowExecutionCommandAttributes: &commandpb.CompleteWorkflowExecutionCommandAttributes{Result: payload},
		},
	}
}
