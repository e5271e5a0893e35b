package replayer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/converter"
	"github.com/tenuto-io/tenuto/sdk/internal/funcname"
	"github.com/tenuto-io/tenuto/sdk/internal/machine"
	"github.com/tenuto-io/tenuto/sdk/internal/replay"
)

// NondeterminismError says that the code does not do what it did when the history was made. EventID is the event at which they
// differ, Expected describes it (empty if the history has nothing there), Actual what the code asks for now (empty if nothing), and
// Place is the line of workflow code.
type NondeterminismError = machine.NondeterminismError

// Options configure a [Replayer].
type Options struct {
	// Namespace is what the workflow sees as its own. Default: "default".
	Namespace string
	// DataConverter decodes the history's payloads. Default: [converter.Default].
	DataConverter converter.DataConverter
	// FailureConverter decodes the history's failures. Default: one with DataConverter.
	FailureConverter converter.FailureConverter
	// DeadlockTimeout is how long workflow code may take before it blocks. Default: 1 s; negative: no limit, for debuggers.
	DeadlockTimeout time.Duration
}

// Replayer replays histories of the workflows that are registered with it.
type Replayer struct {
	processor *replay.Processor
}

// New returns a replayer that knows no workflow.
func New(options Options) *Replayer {
	if options.Namespace == "" {
		options.Namespace = "default"
	}
	return &Replayer{processor: replay.NewProcessor(replay.Options{
		Namespace:        options.Namespace,
		DataConverter:    options.DataConverter,
		FailureConverter: options.FailureConverter,
		DeadlockTimeout:  options.DeadlockTimeout,
		Logger:           slog.New(slog.DiscardHandler),
	})}
}

// RegisterWorkflow makes a workflow function known under its own name. It panics if it is not a workflow or the name is taken.
func (r *Replayer) RegisterWorkflow(workflow any) {
	name, err := funcname.Of(workflow)
	if err != nil {
		panic("replayer: " + err.Error())
	}
	r.RegisterWorkflowAs(name, workflow)
}

// RegisterWorkflowAs is RegisterWorkflow under another name.
func (r *Replayer) RegisterWorkflowAs(name string, workflow any) {
	if err := r.processor.Register(replay.Registration{Name: name, Fn: workflow}); err != nil {
		panic("replayer: " + err.Error())
	}
}

// ReplayHistory replays a history from its first event to its last completed workflow task. It returns a [*NondeterminismError] if
// the code does something else, and an error for a panic, a deadlock or a history that makes no sense.
func (r *Replayer) ReplayHistory(history *historypb.History) error {
	if len(history.GetEvents()) == 0 {
		return errors.New("replayer: the history is empty")
	}
	start := history.GetEvents()[0].GetWorkflowExecutionStartedEventAttributes()
	if start == nil {
		return fmt.Errorf("replayer: the history begins with %s, not with the start of a workflow", history.GetEvents()[0].GetEventType())
	}
	err := r.processor.Replay(context.Background(), &workflowservice.PollWorkflowTaskQueueResponse{
		WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: workflowID(start), RunId: start.GetOriginalExecutionRunId()},
		WorkflowType:      start.GetWorkflowType(),
		History:           history,
	})
	if err != nil {
		return fmt.Errorf("replayer: %w", err)
	}
	return nil
}

// workflowID names the workflow also for histories of servers that did not write the id.
func workflowID(start *historypb.WorkflowExecutionStartedEventAttributes) string {
	if id := start.GetWorkflowId(); id != "" {
		return id
	}
	return "replayed"
}

// ReplayJSON is [Replayer.ReplayHistory] for a history in JSON, as the command line tools and consoles of this protocol write it. Enum
// values may be of either form, EVENT_TYPE_TIMER_STARTED or TimerStarted.
func (r *Replayer) ReplayJSON(source io.Reader) error {
	text, err := io.ReadAll(source)
	if err != nil {
		return fmt.Errorf("replayer: %w", err)
	}
	var history historypb.History
	if err := (temporalproto.CustomJSONUnmarshalOptions{DiscardUnknown: true}).Unmarshal(text, &history); err != nil {
		return fmt.Errorf("replayer: the history is not in the JSON form of its protocol: %w", err)
	}
	return r.ReplayHistory(&history)
}
