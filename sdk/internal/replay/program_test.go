package replay_test

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	official "go.temporal.io/sdk/workflow"
	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// op is one step of a random workflow. A program is data, so that two runtimes can run the same.
type op struct {
	// Kind is what to do: see programOurs.
	Kind string
	// N is the operation's number.
	N    int
	Body []op
}

// leaves do one thing, branches have a body.
var (
	leaves   = []string{"activity", "fire", "sleep", "timer", "effect", "signal", "poll", "select", "send", "receive", "await", "awaitfor", "patient", "flag", "cancel", "version", "mutable", "child", "spawn", "tell", "stop"}
	branches = []string{"go", "scope", "disconnected", "twice"}
)

// drawProgram draws a list of ops, at most depth levels deep.
func drawProgram(depth int) *rapid.Generator[[]op] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) op {
		o := op{N: rapid.IntRange(1, 3).Draw(t, "n")}
		kinds := leaves
		if depth > 0 && rapid.IntRange(0, 3).Draw(t, "branch") == 0 {
			kinds = branches
		}
		o.Kind = rapid.SampledFrom(kinds).Draw(t, "kind")
		if depth > 0 && len(kinds) == len(branches) {
			o.Body = drawProgram(depth-1).Draw(t, "body")
		}
		return o
	}), 0, 6)
}

// changeID names one of two: of more, the official SDK indexes the versions in any order.
func changeID(n int) string { return []string{"even", "odd"}[n%2] }

// world is what the ops of one run share.
type world struct {
	trace []string
	flags int
}

func (w *world) saw(format string, values ...any) {
	w.trace = append(w.trace, fmt.Sprintf(format, values...))
}

// programOurs runs a program in our runtime and returns what it saw.
func programOurs(ctx workflow.Context, program []op) ([]string, error) {
	w := &world{}
	workflow.SetQueryHandler(ctx, "trace", func() ([]string, error) { return w.trace, nil })
	workflow.SetUpdateHandlerWithOptions(ctx, "u", func(ctx workflow.Context, n int) (int, error) {
		w.flags++
		err := workflow.Sleep(ctx, time.Duration(n)*time.Minute)
		w.saw("updated %d %v", n, err != nil)
		return w.flags, err
	}, workflow.UpdateHandlerOptions[int]{MayBeLeft: true, Validator: func(_ workflow.Context, n int) error {
		if n == w.flags {
			return errors.New("refused")
		}
		return nil
	}})
	jobs := workflow.NewBufferedChannel[int](ctx, 1)
	w.ours(ours(ctx), program, jobs, func() {})
	return w.trace, nil
}

func (w *world) ours(ctx workflow.Context, program []op, jobs *workflow.Channel[int], cancel func()) {
	for _, o := range program {
		switch o.Kind {
		case "activity":
			n, err := workflow.ExecuteActivity(ctx, Work, o.N).Get(ctx)
			w.saw("activity %d %v", n, err != nil)
		case "fire":
			workflow.ExecuteActivity(ctx, Work, o.N)
		case "sleep":
			w.saw("slept %v", workflow.Sleep(ctx, time.Duration(o.N)*time.Minute) != nil)
		case "timer":
			workflow.NewTimer(ctx, time.Duration(o.N)*time.Hour)
		case "effect":
			w.saw("effect %d", workflow.SideEffect(ctx, func() int { return o.N }))
		case "child":
			child := workflow.ExecuteChildWorkflow(ctx, Kid, o.N)
			_, err := child.Started().Get(ctx)
			n, failed := child.Get(ctx)
			w.saw("child %v %d %v", err != nil, n, failed != nil)
		case "spawn":
			workflow.ExecuteChildWorkflow(ctx, Kid, o.N)
		case "tell":
			_, err := workflow.SignalExternal(ctx, workflow.Execution{WorkflowID: "other"}, "s", o.N).Get(ctx)
			w.saw("told %v", err != nil)
		case "stop":
			workflow.CancelExternal(ctx, workflow.Execution{WorkflowID: "other"})
		case "version":
			w.saw("version %d", workflow.GetVersion(ctx, changeID(o.N), workflow.DefaultVersion, o.N%2+1))
		case "mutable":
			w.saw("mutable %d", workflow.MutableSideEffect(ctx, changeID(o.N), func() int { return w.flags }))
		case "signal":
			n, _ := workflow.SignalChannel[int](ctx, "s").Receive(ctx)
			w.saw("signal %d", n)
		case "poll":
			n, ok := workflow.SignalChannel[int](ctx, "s").ReceiveAsync()
			w.saw("poll %d %v", n, ok)
		case "select":
			s := workflow.NewSelector(ctx)
			workflow.AddFuture(s, workflow.NewTimer(ctx, time.Duration(o.N)*time.Minute), func(_ struct{}, err error) { w.saw("select timer %v", err != nil) })
			workflow.AddReceive(s, workflow.SignalChannel[int](ctx, "s"), func(n int, _ bool) { w.saw("select signal %d", n) })
			workflow.AddFuture(s, workflow.ExecuteActivity(ctx, Work, o.N), func(n int, err error) { w.saw("select activity %d %v", n, err != nil) })
			s.Select(ctx)
		case "send":
			jobs.Send(ctx, o.N)
		case "receive":
			n, _ := jobs.Receive(ctx)
			w.saw("job %d", n)
		case "await":
			target := w.flags + o.N - 1
			w.saw("await %v", workflow.Await(ctx, func() bool { return w.flags >= target }) != nil)
		case "awaitfor":
			target := w.flags + o.N - 1
			held, err := workflow.AwaitWithTimeout(ctx, time.Minute, func() bool { return w.flags >= target })
			w.saw("awaitfor %v %v", held, err != nil)
		case "patient":
			options := workflow.GetActivityOptions(ctx)
			options.WaitForCancellation = true
			n, err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), Work, o.N).Get(ctx)
			w.saw("patient %d %v", n, sdk.IsCanceled(err))
		case "flag":
			w.flags++
		case "cancel":
			cancel()
		case "go":
			workflow.Go(ctx, func(ctx workflow.Context) { w.ours(ctx, o.Body, jobs, cancel) })
		case "scope":
			inner, stop := workflow.WithCancel(ctx)
			w.ours(inner, o.Body, jobs, stop)
		case "disconnected":
			inner, stop := workflow.NewDisconnectedContext(ctx)
			w.ours(inner, o.Body, jobs, stop)
		case "twice":
			w.ours(ctx, o.Body, jobs, cancel)
			w.ours(ctx, o.Body, jobs, cancel)
		}
	}
}

// programTheirs runs a program in the official runtime.
func programTheirs(ctx official.Context, program []op) ([]string, error) {
	w := &world{}
	official.SetUpdateHandlerWithOptions(ctx, "u", func(ctx official.Context, n int) (int, error) {
		w.flags++
		err := official.Sleep(ctx, time.Duration(n)*time.Minute)
		w.saw("updated %d %v", n, err != nil)
		return w.flags, err
	}, official.UpdateHandlerOptions{Validator: func(_ official.Context, n int) error {
		if n == w.flags {
			return errors.New("refused")
		}
		return nil
	}})
	jobs := official.NewBufferedChannel(ctx, 1)
	w.theirs(theirs(ctx), program, jobs, func() {})
	return w.trace, nil
}

func (w *world) theirs(ctx official.Context, program []op, jobs official.Channel, cancel func()) {
	for _, o := range program {
		var n int
		switch o.Kind {
		case "activity":
			err := official.ExecuteActivity(ctx, Work, o.N).Get(ctx, &n)
			w.saw("activity %d %v", n, err != nil)
		case "fire":
			official.ExecuteActivity(ctx, Work, o.N)
		case "sleep":
			w.saw("slept %v", official.Sleep(ctx, time.Duration(o.N)*time.Minute) != nil)
		case "timer":
			official.NewTimer(ctx, time.Duration(o.N)*time.Hour)
		case "effect":
			official.SideEffect(ctx, func(official.Context) any { return o.N }).Get(&n)
			w.saw("effect %d", n)
		case "child":
			child := official.ExecuteChildWorkflow(ctx, "Kid", o.N)
			err := child.GetChildWorkflowExecution().Get(ctx, nil)
			failed := child.Get(ctx, &n)
			w.saw("child %v %d %v", err != nil, n, failed != nil)
		case "spawn":
			official.ExecuteChildWorkflow(ctx, "Kid", o.N)
		case "tell":
			err := official.SignalExternalWorkflow(ctx, "other", "", "s", o.N).Get(ctx, nil)
			w.saw("told %v", err != nil)
		case "stop":
			official.RequestCancelExternalWorkflow(ctx, "other", "")
		case "version":
			w.saw("version %d", official.GetVersion(ctx, changeID(o.N), official.DefaultVersion, official.Version(o.N%2+1)))
		case "mutable":
			official.MutableSideEffect(ctx, changeID(o.N), func(official.Context) any { return w.flags }, func(a, b any) bool { return a == b }).Get(&n)
			w.saw("mutable %d", n)
		case "signal":
			official.GetSignalChannel(ctx, "s").Receive(ctx, &n)
			w.saw("signal %d", n)
		case "poll":
			ok := official.GetSignalChannel(ctx, "s").ReceiveAsync(&n)
			w.saw("poll %d %v", n, ok)
		case "select":
			s := official.NewSelector(ctx)
			s.AddFuture(official.NewTimer(ctx, time.Duration(o.N)*time.Minute), func(f official.Future) { w.saw("select timer %v", f.Get(ctx, nil) != nil) })
			s.AddReceive(official.GetSignalChannel(ctx, "s"), func(c official.ReceiveChannel, _ bool) {
				c.Receive(ctx, &n)
				w.saw("select signal %d", n)
			})
			s.AddFuture(official.ExecuteActivity(ctx, Work, o.N), func(f official.Future) {
				err := f.Get(ctx, &n)
				w.saw("select activity %d %v", n, err != nil)
			})
			s.Select(ctx)
		case "send":
			jobs.Send(ctx, o.N)
		case "receive":
			jobs.Receive(ctx, &n)
			w.saw("job %d", n)
		case "await":
			target := w.flags + o.N - 1
			w.saw("await %v", official.Await(ctx, func() bool { return w.flags >= target }) != nil)
		case "awaitfor":
			target := w.flags + o.N - 1
			held, err := official.AwaitWithTimeout(ctx, time.Minute, func() bool { return w.flags >= target })
			w.saw("awaitfor %v %v", held, err != nil)
		case "patient":
			options := official.GetActivityOptions(ctx)
			options.WaitForCancellation = true
			err := official.ExecuteActivity(official.WithActivityOptions(ctx, options), Work, o.N).Get(ctx, &n)
			w.saw("patient %d %v", n, temporal.IsCanceledError(err))
		case "flag":
			w.flags++
		case "cancel":
			cancel()
		case "go":
			official.Go(ctx, func(ctx official.Context) { w.theirs(ctx, o.Body, jobs, cancel) })
		case "scope":
			inner, stop := official.WithCancel(ctx)
			w.theirs(inner, o.Body, jobs, stop)
		case "disconnected":
			inner, stop := official.NewDisconnectedContext(ctx)
			w.theirs(inner, o.Body, jobs, stop)
		case "twice":
			w.theirs(ctx, o.Body, jobs, cancel)
			w.theirs(ctx, o.Body, jobs, cancel)
		}
	}
}
