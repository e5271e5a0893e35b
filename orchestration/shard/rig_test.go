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
	"github.com/tenuto-io/tenuto/orchestration/store"
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
	other  *Owner // a second owner of the same store, which serves what it adopts; nil: there is none
	paired bool
	t      tester
	path   string
	db     *database.SQLite
	sqlite *sqlite.Store
	faulty *storetest.Faulty
	hooks  *hooked
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

// newPair is a rig with two owners, of which the first serves every shard to begin with. Each has a number of lanes.
func newPair(t tester, dir string, c Config) *rig {
	t.Helper()
	r := &rig{t: t, config: c, paired: true, path: filepath.Join(dir, "shard.db"), clock: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	r.open()
	return r
}

// owners are the owners that there are.
func (r *rig) owners() []*Owner {
	if r.other == nil {
		return []*Owner{r.Owner}
	}
	return []*Owner{r.Owner, r.other}
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
	r.hooks = &hooked{Faulty: r.faulty}
	c.Store, c.Reader, c.Now = r.hooks, r.sqlite, r.time
	if c.Logger == nil {
		c.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if r.paired {
		r.other = r.openNode(c, 2)
		c.Lanes = r.lanesOf(1)
	}
	if r.Owner, err = Open(context.Background(), c); err != nil {
		r.t.Fatalf("open: %v", err)
	}
	if r.paired {
		r.adopt(r.Owner, everyShard())
	}
}

// openNode opens an owner that serves nothing yet.
func (r *rig) openNode(c Config, n orchestration.NodeID) *Owner {
	r.t.Helper()
	c.Lanes = r.lanesOf(n)
	o, err := Open(context.Background(), c)
	if err != nil {
		r.t.Fatalf("open: %v", err)
	}
	return o
}

// lanesOf acquires two lanes of a node.
func (r *rig) lanesOf(n orchestration.NodeID) (fences []store.Fence) {
	r.t.Helper()
	for i := range 2 {
		f, err := r.sqlite.AcquireLane(context.Background(), n.Lane(i))
		if err != nil {
			r.t.Fatalf("acquire: %v", err)
		}
		fences = append(fences, f)
	}
	return fences
}

func (r *rig) adopt(o *Owner, shards []orchestration.ShardID) {
	r.t.Helper()
	if err := o.Adopt(context.Background(), shards); err != nil {
		r.t.Fatalf("adopt: %v", err)
	}
}

// surrender has an owner give shards up, and checks that nothing of them is left with it.
func (r *rig) surrender(o *Owner, shards []orchestration.ShardID) {
	r.t.Helper()
	if err := o.Surrender(context.Background(), shards); err != nil {
		r.t.Fatalf("surrender: %v", err)
	}
	set := setOf(shards)
	for _, wf := range o.cache.of(set) {
		r.t.Fatalf("%s is still in memory", wf.key.WorkflowID)
	}
	for _, l := range o.lanes {
		l.timers.mu.Lock()
		for _, e := range l.timers.byRun {
			if set[e.key.Shard()] {
				r.t.Fatalf("%s is still noted", e.key.WorkflowID)
			}
		}
		l.timers.mu.Unlock()
	}
}

func (r *rig) close() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for _, o := range r.owners() {
		if err := o.Close(ctx); err != nil {
			r.t.Fatalf("close: %v", err)
		}
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
	for _, o := range r.owners() {
		if err := o.recover(context.Background(), o.served.view(), time.Time{}, now.Add(horizon)); err != nil {
			r.t.Fatalf("recover: %v", err)
		}
		for _, l := range o.lanes {
			for due, _ := l.timers.takeDue(now, loadPage); len(due) > 0; due, _ = l.timers.takeDue(now, loadPage) {
				o.fireAll(l, due)
				o.flush()
			}
		}
	}
}

// forward moves the clock, and leaves it to the timer loops to fire what is due.
func (r *rig) forward(d time.Duration) {
	r.mu.Lock()
	r.clock = r.clock.Add(d)
	r.mu.Unlock()
	for _, o := range r.owners() {
		for _, l := range o.lanes {
			select {
			case l.timers.nudged <- struct{}{}:
			default:
			}
		}
	}
}

// delayAll runs the pass that moves wake rows later, and waits for it.
func (r *rig) delayAll() {
	for _, o := range r.owners() {
		for _, l := range o.lanes {
			done := make(chan struct{})
			l.between(func() {
				defer close(done)
				o.delay(l)
			})
			<-done
		}
	}
}

// flush waits until no owner has anything under way.
func (r *rig) flush() {
	for _, o := range r.owners() {
		o.flush()
	}
}

// forgetMemory evicts every workflow that is idle.
func (r *rig) forgetMemory() {
	r.flush()
	for _, o := range r.owners() {
		for _, wf := range o.cache.all() {
			wf.mu.Lock()
			o.evict(wf)
			wf.mu.Unlock()
		}
	}
}

// route calls the owners until one does not refuse with Moved.
func (r *rig) route(call func(*Owner) error) (err error) {
	for _, o := range r.owners() {
		if err = call(o); orchestration.CodeOf(err) != orchestration.Moved {
			return err
		}
	}
	return err
}

// Update is that of the owner who serves the workflow.
func (r *rig) Update(ctx context.Context, key orchestration.WorkflowKey, fn func(*Tx) error) error {
	return r.route(func(o *Owner) error { return o.Update(ctx, key, fn) })
}

// UpdateLazily is that of the owner who serves the workflow.
func (r *rig) UpdateLazily(ctx context.Context, key orchestration.WorkflowKey, fn func(*Tx) error) error {
	return r.route(func(o *Owner) error { return o.UpdateLazily(ctx, key, fn) })
}

// Unstart is that of the owner who serves the workflow.
func (r *rig) Unstart(ctx context.Context, d Delivery) error {
	return r.route(func(o *Owner) error { return o.Unstart(ctx, d) })
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
	_ = r.turnOf(key.Run(orchestration.RunID{}), verb)
}

// turnOf applies a verb to a run.
func (r *rig) turnOf(key orchestration.RunKey, verb func(*Tx, *Run) (history.Transition, error)) error {
	return r.Update(context.Background(), key.WorkflowKey, func(tx *Tx) error {
		run, err := tx.Run(key.RunID)
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
	for _, o := range r.owners() {
		for o.queues.Describe(key).Backlog > 0 {
			offer, err := o.queues.Poll(context.Background(), key, matching.Worker{Identity: "worker"})
			if err != nil {
				r.t.Fatalf("poll: %v", err)
			}
			if offer.Delivered {
				return offer.Task, true
			}
			if d, err := o.take(offer); orchestration.CodeOf(err) != orchestration.NotFound {
				return d, err == nil
			}
		}
	}
	return d, false
}

// take starts the task of a reference as an engine does: one of a shard that has moved is the new owner's, who has a reference of its own.
func (o *Owner) take(offer matching.Offer[Delivery]) (Delivery, error) {
	d, err := o.StartTask(context.Background(), *offer.Ref, history.Poller{Identity: "worker", RequestID: offer.RequestID})
	switch orchestration.CodeOf(err) {
	case 0:
		o.queues.Taken(*offer.Ref, true)
	case orchestration.NotFound, orchestration.Moved:
		o.queues.Taken(*offer.Ref, false)
	default:
		o.queues.Return(*offer.Ref)
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
