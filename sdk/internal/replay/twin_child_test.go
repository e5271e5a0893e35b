package replay_test

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/sdk/temporal"
	official "go.temporal.io/sdk/workflow"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// Kid and OfficialKid are the same child; only its name is used.
func Kid(_ workflow.Context, n int) (int, error) { return n, nil }

func firstChild(act func(*rehearsal.Server, *rehearsal.Child)) func(*rehearsal.Server) {
	return func(s *rehearsal.Server) { act(s, s.Children()[0]) }
}

var (
	startFirst    = firstChild((*rehearsal.Server).StartChild)
	completeChild = firstChild(func(s *rehearsal.Server, c *rehearsal.Child) { s.CompleteChild(c, rehearsal.Payloads(7)) })
	cancelChild   = firstChild(func(s *rehearsal.Server, c *rehearsal.Child) { s.CancelChild(c, nil) })
)

func deliver(s *rehearsal.Server) { s.Deliver(s.Requests()[0]) }
func reject(s *rehearsal.Server)  { s.Reject(s.Requests()[0]) }

func both(acts ...func(*rehearsal.Server)) func(*rehearsal.Server) {
	return func(s *rehearsal.Server) {
		for _, act := range acts {
			act(s)
		}
	}
}

// childResult runs one child to whatever end and then an activity with what came of it.
var childResult = scene{
	ours: func(ctx workflow.Context) (int, error) {
		n, err := workflow.ExecuteChildWorkflow(ctx, Kid, 1).Get(ctx)
		if err != nil {
			n = len(err.(*sdk.ChildWorkflowError).WorkflowType)
		}
		return workflow.ExecuteActivity(ours(ctx), Work, n).Get(ctx)
	},
	theirs: func(ctx official.Context) (n int, err error) {
		if err := official.ExecuteChildWorkflow(ctx, "Kid", 1).Get(ctx, &n); err != nil {
			n = len(err.(*temporal.ChildWorkflowExecutionError).WorkflowType())
		}
		err = official.ExecuteActivity(theirs(ctx), Work, n).Get(ctx, &n)
		return n, err
	},
}

func childThat(name string, events ...func(*rehearsal.Server)) scene {
	return scene{name: name, ours: childResult.ours, theirs: childResult.theirs, events: append(events, completeFirst)}
}

// childScenes are about other workflows.
var childScenes = []scene{
	childThat("child that completes", startFirst, completeChild),
	childThat("child that starts and completes at once", both(startFirst, completeChild)),
	childThat("child that fails", startFirst, firstChild(func(s *rehearsal.Server, c *rehearsal.Child) { s.FailChild(c, &failurepb.Failure{Message: "no"}) })),
	childThat("child that times out", startFirst, firstChild((*rehearsal.Server).TimeOutChild)),
	childThat("child that is terminated", startFirst, firstChild((*rehearsal.Server).TerminateChild)),
	childThat("child that is there already", firstChild(func(s *rehearsal.Server, c *rehearsal.Child) {
		s.RefuseChild(c, enumspb.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS)
	})),
	{
		name: "child with options",
		ours: func(ctx workflow.Context) error {
			ctx = workflow.WithChildOptions(ctx, workflow.ChildOptions{
				WorkflowID: "kid", TaskQueue: "elsewhere", ExecutionTimeout: time.Hour, RunTimeout: time.Minute, TaskTimeout: time.Second,
				ParentClosePolicy: enumspb.PARENT_CLOSE_POLICY_ABANDON, ReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
				RetryPolicy:  &sdk.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 3, MaximumInterval: time.Minute, MaximumAttempts: 4, NonRetryableErrorTypes: []string{"X"}},
				CronSchedule: "@hourly", Memo: map[string]any{"m": 1}, SearchAttributes: sdk.SearchAttributes{"S": sdk.Keyword("s")}, Summary: "line", Details: "text",
			})
			child := workflow.ExecuteChildWorkflow(ctx, Kid, 1)
			if _, err := child.Started().Get(ctx); err != nil {
				return err
			}
			return workflow.Sleep(ctx, time.Minute)
		},
		theirs: func(ctx official.Context) error {
			ctx = official.WithChildOptions(ctx, official.ChildWorkflowOptions{
				WorkflowID: "kid", TaskQueue: "elsewhere", WorkflowExecutionTimeout: time.Hour, WorkflowRunTimeout: time.Minute, WorkflowTaskTimeout: time.Second,
				ParentClosePolicy: enumspb.PARENT_CLOSE_POLICY_ABANDON, WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
				RetryPolicy:  &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 3, MaximumInterval: time.Minute, MaximumAttempts: 4, NonRetryableErrorTypes: []string{"X"}},
				CronSchedule: "@hourly", Memo: map[string]any{"m": 1}, TypedSearchAttributes: temporal.NewSearchAttributes(temporal.NewSearchAttributeKeyKeyword("S").ValueSet("s")),
				StaticSummary: "line", StaticDetails: "text",
			})
			child := official.ExecuteChildWorkflow(ctx, "Kid", 1)
			if err := child.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
				return err
			}
			return official.Sleep(ctx, time.Minute)
		},
		events: []func(*rehearsal.Server){startFirst, advance(time.Minute)},
	},
	{
		name: "two children of the same id",
		ours: func(ctx workflow.Context) error {
			ctx = workflow.WithChildOptions(ctx, workflow.ChildOptions{WorkflowID: "kid"})
			a, b := workflow.ExecuteChildWorkflow(ctx, Kid, 1), workflow.ExecuteChildWorkflow(ctx, Kid, 2)
			_, err := b.Started().Get(ctx)
			if err == nil {
				workflow.NewTimer(ctx, time.Hour)
			}
			_, err = a.Get(ctx)
			return err
		},
		theirs: func(ctx official.Context) error {
			ctx = official.WithChildOptions(ctx, official.ChildWorkflowOptions{WorkflowID: "kid"})
			a, b := official.ExecuteChildWorkflow(ctx, "Kid", 1), official.ExecuteChildWorkflow(ctx, "Kid", 2)
			if err := b.GetChildWorkflowExecution().Get(ctx, nil); err == nil {
				official.NewTimer(ctx, time.Hour)
			}
			return a.Get(ctx, nil)
		},
		events: []func(*rehearsal.Server){startFirst, completeChild},
	},
	{
		name: "children cancelled at every point",
		ours: func(ctx workflow.Context) error {
			scope, cancel := workflow.WithCancel(ctx)
			workflow.NewTimer(scope, time.Hour)
			child := workflow.ExecuteChildWorkflow(scope, Kid, 1)
			workflow.NewTimer(scope, 2*time.Hour)
			workflow.Sleep(ctx, time.Minute)
			cancel()
			workflow.ExecuteChildWorkflow(scope, Kid, 2)
			workflow.NewTimer(ctx, time.Hour)
			_, err := child.Get(ctx)
			return err
		},
		theirs: func(ctx official.Context) error {
			scope, cancel := official.WithCancel(ctx)
			official.NewTimer(scope, time.Hour)
			child := official.ExecuteChildWorkflow(scope, "Kid", 1)
			official.NewTimer(scope, 2*time.Hour)
			official.Sleep(ctx, time.Minute)
			cancel()
			official.ExecuteChildWorkflow(scope, "Kid", 2)
			official.NewTimer(ctx, time.Hour)
			return child.Get(ctx, nil)
		},
		events: []func(*rehearsal.Server){startFirst, advance(time.Minute), both(deliver, cancelChild)},
	},
	{
		name: "child cancelled with its workflow before it starts",
		ours: func(ctx workflow.Context) error {
			_, err := workflow.ExecuteChildWorkflow(ctx, Kid, 1).Get(ctx)
			return err
		},
		theirs: func(ctx official.Context) error { return official.ExecuteChildWorkflow(ctx, "Kid", 1).Get(ctx, nil) },
		events: []func(*rehearsal.Server){both((*rehearsal.Server).Cancel, startFirst), both(deliver, cancelChild)},
	},
	{
		name: "child that ends while it is cancelled",
		ours: func(ctx workflow.Context) error {
			workflow.ExecuteChildWorkflow(ctx, Kid, 1).Get(ctx)
			scope, _ := workflow.NewDisconnectedContext(ctx)
			return workflow.Sleep(scope, time.Minute)
		},
		theirs: func(ctx official.Context) error {
			official.ExecuteChildWorkflow(ctx, "Kid", 1).Get(ctx, nil)
			scope, _ := official.NewDisconnectedContext(ctx)
			return official.Sleep(scope, time.Minute)
		},
		events: []func(*rehearsal.Server){startFirst, both((*rehearsal.Server).Cancel, completeChild), advance(time.Minute)},
	},
	{
		name: "signals to others",
		ours: func(ctx workflow.Context) error {
			child := workflow.ExecuteChildWorkflow(ctx, Kid, 1)
			if _, err := child.Signal(ctx, "hello", "you").Get(ctx); err != nil {
				return err
			}
			_, err := workflow.SignalExternal(ctx, workflow.Execution{WorkflowID: "w", RunID: "r"}, "hello", 5).Get(ctx)
			if err == nil {
				return nil
			}
			return workflow.Sleep(ctx, time.Minute)
		},
		theirs: func(ctx official.Context) error {
			child := official.ExecuteChildWorkflow(ctx, "Kid", 1)
			if err := child.SignalChildWorkflow(ctx, "hello", "you").Get(ctx, nil); err != nil {
				return err
			}
			err := official.SignalExternalWorkflow(ctx, "w", "r", "hello", 5).Get(ctx, nil)
			if err == nil {
				return nil
			}
			return official.Sleep(ctx, time.Minute)
		},
		events: []func(*rehearsal.Server){startFirst, deliver, reject, advance(time.Minute)},
	},
	{
		name: "cancelling others",
		ours: func(ctx workflow.Context) error {
			a := workflow.CancelExternal(ctx, workflow.Execution{WorkflowID: "a"})
			b := workflow.CancelExternal(ctx, workflow.Execution{WorkflowID: "b", RunID: "r"})
			if _, err := a.Get(ctx); err != nil {
				return err
			}
			if _, err := b.Get(ctx); err == nil {
				return nil
			}
			return workflow.Sleep(ctx, time.Minute)
		},
		theirs: func(ctx official.Context) error {
			a := official.RequestCancelExternalWorkflow(ctx, "a", "")
			b := official.RequestCancelExternalWorkflow(ctx, "b", "r")
			if err := a.Get(ctx, nil); err != nil {
				return err
			}
			if err := b.Get(ctx, nil); err == nil {
				return nil
			}
			return official.Sleep(ctx, time.Minute)
		},
		events: []func(*rehearsal.Server){deliver, reject, advance(time.Minute)},
	},
	{
		name: "continued as new",
		ours: func(ctx workflow.Context) error {
			if err := workflow.UpsertMemo(ctx, map[string]any{"m": 1}); err != nil {
				return err
			}
			attributes := sdk.SearchAttributes{"A": sdk.Int(1), "B": sdk.Unset()}
			if err := workflow.UpsertSearchAttributes(ctx, attributes); err != nil {
				return err
			}
			return workflow.ContinueAsNew(ctx, Kid, 2)
		},
		theirs: func(ctx official.Context) error {
			if err := official.UpsertMemo(ctx, map[string]any{"m": 1}); err != nil {
				return err
			}
			if err := official.UpsertTypedSearchAttributes(ctx, temporal.NewSearchAttributeKeyInt64("A").ValueSet(1), temporal.NewSearchAttributeKeyInt64("B").ValueUnset()); err != nil {
				return err
			}
			return official.NewContinueAsNewError(ctx, "Kid", 2)
		},
	},
	{
		name: "continued as new with options",
		ours: func(ctx workflow.Context) error {
			ctx = workflow.WithContinueAsNewOptions(ctx, workflow.ContinueAsNewOptions{
				TaskQueue: "elsewhere", RunTimeout: time.Hour, TaskTimeout: time.Minute, StartDelay: time.Second,
				RetryPolicy: &sdk.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 3, MaximumInterval: time.Minute},
			})
			return workflow.ContinueAsNew(ctx, Kid, 2)
		},
		theirs: func(ctx official.Context) error {
			ctx = official.WithWorkflowTaskQueue(ctx, "elsewhere")
			ctx = official.WithWorkflowRunTimeout(ctx, time.Hour)
			ctx = official.WithWorkflowTaskTimeout(ctx, time.Minute)
			return official.NewContinueAsNewErrorWithOptions(ctx, official.ContinueAsNewErrorOptions{
				BackoffStartInterval: time.Second, RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 3, MaximumInterval: time.Minute},
			}, "Kid", 2)
		},
	},
}
