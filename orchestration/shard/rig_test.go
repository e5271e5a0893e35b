package shard

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/store/sqlite"
	"github.com/tenuto-io/tenuto/orchestration/store/storetest"
	"github.com/tenuto-io/tenuto/platform/database"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tester is what tests and rapid's checks have in common.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// rig is an owner on a real SQLite file, with a clock that stands still until it is moved.
type rig struct {
	*Owner
	t      tester
	path   string
	db     *database.SQLite
	sqlite *sqlite.Store
	faulty *storetest.Faulty
	config Config // of the next open, without what the rig knows itself

	mu    sync.Mutex
	clock time.Time
}

var testNamespace = orchestration.NamespaceID{7}

func newRig(t tester, dir string) *rig { return newRigOf(t, dir, Config{}) }

func newRigOf(t tester, dir string, c Config) *rig {
	t.Helper()
	r := &rig{t: t, config: c, path: filepath.Join(dir, "shard.db"), clock: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	r.open()
	return r
}

func (r *rig) open() {
	r.t.Helper()
	var err error
	if r.db, err = database.OpenSQLite(context.Background(), r.path, database.Migrations{Room: "engine", Files: sqlite.Migrations()}); err != nil {
		r.t.Fatalf("open: %v", err)
	}
	r.sqlite = sqlite.New(r.db.Write, r.db.Read)
	r.faulty = storetest.NewFaulty(r.sqlite)
	c := r.config
	c.Store, c.Reader, c.Now = r.faulty, r.sqlite, r.time
	if c.Logger == nil {
		c.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	r.Owner, err = Open(context.Background(), c)
	if err != nil {
		r.t.Fatalf("open: %v", err)
	}
}

func (r *rig) close() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := r.Close(ctx); err != nil {
		r.t.Fatalf("close: %v", err)
	}
	if err := r.sqlite.Close(); err != nil {
		r.t.Fatalf("close store: %v", err)
	}
	if err := r.db.Close(); err != nil {
		r.t.Fatalf("close database: %v", err)
	}
}

func (r *rig) reopen() {
	r.close()
	r.open()
}

func (r *rig) time() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.clock
}

// advance moves the clock, as recovery and the timer loop would see it move, and fires what is due by then.
func (r *rig) advance(d time.Duration) {
	r.mu.Lock()
	r.clock = r.clock.Add(d)
	now := r.clock
	r.mu.Unlock()
	if err := r.recover(context.Background(), r.served.view(), time.Time{}, now.Add(horizon)); err != nil {
		r.t.Fatalf("recover: %v", err)
	}
	for {
		due, _ := r.lanes[0].timers.takeDue(now, loadPage)
		if len(due) == 0 {
			return
		}
		r.fireAll(r.lanes[0], due)
		r.flush()
	}
}

// delayAll runs the pass that moves wake rows later, and waits for it.
func (r *rig) delayAll() {
	for _, l := range r.lanes {
		done := make(chan struct{})
		l.between(func() {
			defer close(done)
			r.delay(l)
		})
		<-done
	}
}

// forgetMemory evicts every workflow that is idle.
func (r *rig) forgetMemory() {
	r.flush()
	for _, wf := range r.cache.all() {
		wf.mu.Lock()
		r.evict(wf)
		wf.mu.Unlock()
	}
}

func workflowKey(i int) orchestration.WorkflowKey {
	return orchestration.WorkflowKey{Namespace: testNamespace, WorkflowID: fmt.Sprint("workflow-", i)}
}

// start starts a run unless one is open.
func (r *rig) start(key orchestration.WorkflowKey, in history.StartRun) error {
	return r.Update(context.Background(), key, func(tx *Tx) error {
		cur, ok, err := tx.Current()
		if err != nil || ok && enumspb.WorkflowExecutionStatus(cur.Status) == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
			return err
		}
		in.Key.RunID = orchestration.NewRunID(tx.Now())
		in.Type, in.TaskQueue = "Type", "queue"
		tx.Start(in)
		return nil
	})
}

// turn applies a verb to the current run of a workflow; a refusal is as good as an answer.
func (r *rig) turn(key orchestration.WorkflowKey, verb func(*Tx, *Run) (history.Transition, error)) {
	_ = r.Update(context.Background(), key, func(tx *Tx) error {
		run, err := tx.Run(orchestration.RunID{})
		if err != nil {
			return err
		}
		t, err := verb(tx, run)
		if err == nil {
			tx.Apply(run, t)
		}
		return err
	})
}

// poll takes one waiting task of a kind, or none.
func (r *rig) poll(kind orchestration.TaskKind) (d Delivery, ok bool) { return r.pollOf("queue", kind) }

func queueKey(name string, kind orchestration.TaskKind) matching.Key {
	return matching.Key{Namespace: testNamespace, Name: name, Kind: kind}
}

func (r *rig) pollOf(queue string, kind orchestration.TaskKind) (d Delivery, ok bool) {
	key := queueKey(queue, kind)
	for {
		if r.queues.Describe(key).Backlog == 0 {
			return d, false
		}
		offer, err := r.queues.Poll(context.Background(), key, matching.Worker{Identity: "worker"})
		if err != nil {
			r.t.Fatalf("poll: %v", err)
		}
		if offer.Delivered {
			return offer.Task, true
		}
		if d, err := r.take(offer); orchestration.CodeOf(err) != orchestration.NotFound {
			return d, err == nil
		}
	}
}

// take starts the task of a reference as an engine does.
func (r *rig) take(offer matching.Offer[Delivery]) (Delivery, error) {
	d, err := r.StartTask(context.Background(), *offer.Ref, history.Poller{Identity: "worker", RequestID: offer.RequestID})
	if err == nil || orchestration.CodeOf(err) == orchestration.NotFound {
		r.queues.Taken(*offer.Ref, err == nil)
	} else {
		r.queues.Return(*offer.Ref)
	}
	return d, err
}

func activityCommand(id string) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
		Attributes: &commandpb.Command_ScheduleActivityTaskCommandAttributes{ScheduleActivityTaskCommandAttributes: &commandpb.ScheduleActivityTaskCommandAttributes{
			ActivityId: id, ActivityType: &commonpb.ActivityType{Name: "Step"}, TaskQueue: &taskqueuepb.TaskQueue{Name: "queue"},
			StartToCloseTimeout: durationpb.New(time.Minute), HeartbeatTimeout: durationpb.New(20 * time.Second),
		}},
	}
}

func timerCommand(id string, d time.Duration) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_START_TIMER,
		Attributes: &commandpb.Command_StartTimerCommandAttributes{StartTimerCommandAttributes: &commandpb.StartTimerCommandAttributes{
			TimerId: id, StartToFireTimeout: durationpb.New(d),
		}},
	}
}

func closeCommand() *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
		Attributes:  &commandpb.Command_CompleteWorkflowExecutionCommandAttributes{CompleteWorkflowExecutionCommandAttributes: &commandpb.CompleteWorkflowExecutionCommandAttributes{}},
	}
}
