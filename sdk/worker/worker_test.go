package worker

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/activity"
)

type account struct{ balance int }

func (a *account) Debit(_ context.Context, amount int) (int, error) {
	a.balance -= amount
	return a.balance, nil
}

func (a *account) Credit(_ context.Context, amount int) (int, error) {
	a.balance += amount
	return a.balance, nil
}

func (a *account) Balance() int { return a.balance }

func Audit(context.Context) error { return nil }

func TestRegistrationByName(t *testing.T) {
	bank := &account{}
	for name, activities := range map[string][]any{
		"struct":        {bank, Audit},
		"method values": {bank.Debit, bank.Credit, Audit},
	} {
		r := registry{}
		for _, a := range activities {
			if err := r.add(a); err != nil {
				t.Fatal(err)
			}
		}
		if len(r) != 3 || r["Debit"] == nil || r["Credit"] == nil || r["Audit"] == nil {
			t.Errorf("%s: got %v", name, r)
		}
	}
}

func TestRegistrationFindsMistakes(t *testing.T) {
	w := New(newFakeServer().dial(t), "q", Options{})
	w.RegisterActivityAs("Taken", Audit)
	for name, test := range map[string]struct {
		register func()
		want     string
	}{
		"nil":               {func() { w.RegisterActivity(nil) }, "nil"},
		"literal":           {func() { w.RegisterActivity(func() error { return nil }) }, "stable name"},
		"not a function":    {func() { w.RegisterActivityAs("x", 5) }, "int is not a function"},
		"no error":          {func() { w.RegisterActivityAs("x", func() int { return 0 }) }, "does not return"},
		"three results":     {func() { w.RegisterActivityAs("x", func() (int, int, error) { return 0, 0, nil }) }, "does not return"},
		"variadic":          {func() { w.RegisterActivityAs("x", func(...int) error { return nil }) }, "variadic"},
		"misplaced context": {func() { w.RegisterActivityAs("x", func(int, context.Context) error { return nil }) }, "first"},
		"no name":           {func() { w.RegisterActivityAs("", Audit) }, "needs a name"},
		"twice":             {func() { w.RegisterActivityAs("Taken", Audit) }, "twice"},
		"no activities":     {func() { w.RegisterActivity(&struct{ n int }{}) }, "no method"},
		"workflow literal":  {func() { w.RegisterWorkflow(func() {}) }, "stable name"},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if got, _ := recover().(string); !strings.Contains(got, test.want) {
					t.Errorf("got %q, want %q in it", got, test.want)
				}
			}()
			test.register()
		})
	}
}

func TestPollsNameTheWorker(t *testing.T) {
	s := newFakeServer()
	activityWorker(t, s, func() error { return nil })
	s.activities <- taskOf(t, "Act")
	report[completedReport](t, s)
	s.mu.Lock()
	defer s.mu.Unlock()
	poll := s.polls[0].(*workflowservice.PollActivityTaskQueueRequest)
	if poll.GetNamespace() != "bank" || poll.GetTaskQueue().GetName() != "q" || poll.GetIdentity() != "tester" || poll.GetWorkerInstanceKey() == "" {
		t.Errorf("poll %v", poll)
	}
}

func TestPollingGoesOnAfterErrors(t *testing.T) {
	s := newFakeServer()
	s.pollError = func(call int) error {
		switch call {
		case 0:
			return serviceerror.NewUnavailable("restarting")
		case 1:
			return serviceerror.NewDeadlineExceeded("slow")
		}
		return nil
	}
	activityWorker(t, s, func() error { return nil })
	s.activities <- taskOf(t, "Act")
	report[completedReport](t, s)
}

func TestAWorkerWithoutItsNamespaceStops(t *testing.T) {
	s := newFakeServer()
	s.pollError = func(int) error { return serviceerror.NewNamespaceNotFound("bank") }
	fatal := make(chan error, 8)
	w := New(s.dial(t), "q", Options{DisableWorkflows: true, OnFatalError: func(err error) { fatal <- err }})
	w.RegisterActivity(Audit)
	var missing *serviceerror.NamespaceNotFound
	if err := w.Run(t.Context()); !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
	if len(fatal) != 1 {
		t.Errorf("told %d times", len(fatal))
	}
}

func TestSlotsBoundWhatRuns(t *testing.T) {
	s := newFakeServer()
	entered, leave := make(chan struct{}), make(chan struct{})
	w := New(s.dial(t), "q", Options{DisableWorkflows: true, MaxConcurrentActivities: 2, ActivityPollers: 4})
	w.RegisterActivityAs("Act", func() error {
		entered <- struct{}{}
		<-leave
		return nil
	})
	start(t, w)
	for range 3 {
		s.activities <- taskOf(t, "Act")
	}
	await(t, entered)
	await(t, entered)
	if len(s.activities) != 1 {
		t.Errorf("%d tasks left with the server", len(s.activities))
	}
	close(leave)
	await(t, entered)
	for range 3 {
		report[completedReport](t, s)
	}
}

func TestStopWaitsForWhatRuns(t *testing.T) {
	s := newFakeServer()
	entered, leave := make(chan struct{}), make(chan struct{})
	w := activityWorker(t, s, func(ctx context.Context) error {
		close(entered)
		<-leave
		return ctx.Err()
	})
	s.activities <- taskOf(t, "Act")
	await(t, entered)
	stopped := make(chan struct{})
	go func() {
		w.Stop()
		close(stopped)
	}()
	<-w.polling.Done() // it is stopping
	close(leave)
	await(t, stopped)
	report[completedReport](t, s)
	if s.signOff.GetTaskQueue() != "q" || s.signOff.GetWorkerInstanceKey() != w.instance ||
		len(s.signOff.GetTaskQueueTypes()) != 1 || s.signOff.GetTaskQueueTypes()[0] != enumspb.TASK_QUEUE_TYPE_ACTIVITY {
		t.Errorf("sign-off %v", s.signOff)
	}
	w.Stop() // does nothing
}

func TestStopCancelsWhatTakesTooLong(t *testing.T) {
	s := newFakeServer()
	entered := make(chan struct{})
	w := New(s.dial(t), "q", Options{DisableWorkflows: true, GracefulStopTimeout: -1})
	w.RegisterActivityAs("Act", func(ctx context.Context) error {
		close(entered)
		<-ctx.Done()
		return context.Cause(ctx)
	})
	start(t, w)
	s.activities <- taskOf(t, "Act")
	await(t, entered)
	w.Stop()
	if failure := report[failedReport](t, s).GetFailure(); failure.GetMessage() != activity.ErrWorkerStopped.Error() {
		t.Errorf("failure %v", failure)
	}
}

// TestStopLetsTheServerAnswerPolls: a poll that is broken off could lose the task that is on its way to it.
func TestStopLetsTheServerAnswerPolls(t *testing.T) {
	s := newFakeServer()
	s.capabilities = &namespacepb.NamespaceInfo_Capabilities{WorkerPollCompleteOnShutdown: true}
	w := activityWorker(t, s, func() error { return nil })
	s.activities <- taskOf(t, "Act")
	report[completedReport](t, s)
	began := time.Now()
	w.Stop()
	if took := time.Since(began); took >= pollsReturn {
		t.Errorf("the answered polls were waited for: %s", took)
	}
}

func TestStartFailures(t *testing.T) {
	s := newFakeServer()
	w := New(s.dial(t), "q", Options{})
	start(t, w)
	if err := w.Start(t.Context()); !errors.Is(err, errStarted) {
		t.Errorf("a second start: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := New(s.dial(t), "q", Options{}).Run(ended); err != nil {
		t.Errorf("a run that ended before it began: %v", err)
	}
	never := New(s.dial(t), "q", Options{})
	never.Stop()
}

func TestRunEndsWithItsContext(t *testing.T) {
	s := newFakeServer()
	w := New(s.dial(t), "q", Options{DisableWorkflows: true})
	w.RegisterActivity(Audit)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	s.activities <- taskOf(t, "Audit")
	report[completedReport](t, s)
	cancel()
	if err := await(t, done); err != nil {
		t.Errorf("got %v", err)
	}
}
