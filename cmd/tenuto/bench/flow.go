package bench

import (
	"strconv"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// flow is what the workflows of a scenario do, as data: rounds of activities or of children, those of one round at once; then a timer; then a wait for
// signals. The zero flow ends with its first workflow task, and so do children.
type flow struct {
	rounds   int           // one after the other
	width    int           // activities or children of a round
	children bool          // else activities
	sleep    time.Duration // 0: no timer
	signals  int           // how many have to come before the end
}

// steps are the activities or children.
func (f flow) steps() int { return f.rounds * f.width }

func (f flow) activities() int {
	if f.children {
		return 0
	}
	return f.steps()
}

// progress is what the history of a run has shown so far.
type progress struct {
	scheduled, completed int // activities, or children
	timers, fired        int
	signals              int
}

func (p *progress) see(events []*historypb.HistoryEvent) {
	for _, e := range events {
		switch e.GetEventType() {
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
			p.scheduled++
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
			p.completed++
		case enumspb.EVENT_TYPE_TIMER_STARTED:
			p.timers++
		case enumspb.EVENT_TYPE_TIMER_FIRED:
			p.fired++
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
			p.signals++
		}
	}
}

// next are the commands of the workflow with that id that has come so far; ended tells that they end it. Without any it waits for more to happen.
func (f flow) next(p progress, id string, queue *taskqueuepb.TaskQueue) (commands []*commandpb.Command, ended bool) {
	switch {
	case p.completed < p.scheduled, p.fired < p.timers:
		return nil, false
	case p.scheduled < f.steps():
		for i := range f.width {
			n := p.scheduled + i + 1
			if f.children {
				commands = append(commands, startChild(id+"-"+strconv.Itoa(n), queue))
			} else {
				commands = append(commands, scheduleActivity(n, queue))
			}
		}
		return commands, false
	case f.sleep > 0 && p.timers == 0:
		return []*commandpb.Command{startTimer(f.sleep)}, false
	case p.signals < f.signals:
		return nil, false
	}
	return []*commandpb.Command{completeWorkflow()}, true
}

func scheduleActivity(n int, queue *taskqueuepb.TaskQueue) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
		Attributes: &commandpb.Command_ScheduleActivityTaskCommandAttributes{
			ScheduleActivityTaskCommandAttributes: &commandpb.ScheduleActivityTaskCommandAttributes{
				ActivityId: strconv.Itoa(n), ActivityType: &commonpb.ActivityType{Name: "bench"},
				TaskQueue: queue, Input: payload, StartToCloseTimeout: durationpb.New(time.Minute),
			},
		},
	}
}

func startChild(id string, queue *taskqueuepb.TaskQueue) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_StartChildWorkflowExecutionCommandAttributes{
			StartChildWorkflowExecutionCommandAttributes: &commandpb.StartChildWorkflowExecutionCommandAttributes{
				WorkflowId: id, WorkflowType: &commonpb.WorkflowType{Name: childName}, TaskQueue: queue, Input: payload,
			},
		},
	}
}

func startTimer(after time.Duration) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_START_TIMER,
		Attributes: &commandpb.Command_StartTimerCommandAttributes{
			StartTimerCommandAttributes: &commandpb.StartTimerCommandAttributes{TimerId: "1", StartToFireTimeout: durationpb.New(after)},
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

// text is the input and result of everything, payload its form on the wire: 32 bytes of JSON.
const text = "0123456789abcdef0123456789abcd"

var payload = &commonpb.Payloads{Payloads: []*commonpb.Payload{{
	Metadata: map[string][]byte{"encoding": []byte("json/plain")},
	Data:     []byte(`"` + text + `"`),
}}}
