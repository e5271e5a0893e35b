package shard

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"pgregory.net/rapid"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	querypb "go.temporal.io/api/query/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// workflows is how many workflow ids there are: more than one queue may hold in memory, so that some tasks spill.
const workflows = 8

// world is the rig, and imaginary clients and workers: what they wait for and what they hold.
type world struct {
	*rig
	tokens   map[string]Delivery // activities under way
	waiting  []*waitingPoll
	queries  []*Query
	asked    []*asked
	poisoned []orchestration.RunID
	homeless []orchestration.ShardID // given up, not adopted yet
	deleted  []orchestration.RunKey  // for certain
	counter  int
	plain    bool // no run is deleted or reset, so that all actions are in the histories

	delivered map[delivered]bool
	signals   map[string]sentSignal // by name
	announced *announcements
	reached   map[string]orchestration.RunID // the first run of the chain that an effect's signal reached first, by its name
}

// delivered names a task that a worker got.
type delivered struct {
	kind               orchestration.TaskKind
	run                orchestration.RunID
	scheduled, started orchestration.EventID
	attempt            int32
	nonce              int64
}

func deliveredOf(d Delivery) delivered {
	if d.Workflow != nil {
		return delivered{orchestration.WorkflowTask, d.Workflow.Run.RunID, d.Workflow.ScheduledEventID, d.Workflow.StartedEventID, d.Workflow.Attempt, d.Workflow.Nonce}
	}
	return delivered{orchestration.ActivityTask, d.Activity.Run.RunID, d.Activity.ScheduledEventID, 0, d.Activity.Attempt, 0}
}

// once notes a delivery, which must be the first of its task.
func (w *world) once(d Delivery, ok bool) (Delivery, bool) {
	if ok {
		if w.delivered[deliveredOf(d)] {
			w.t.Fatalf("delivered twice: %+v", deliveredOf(d))
		}
		w.delivered[deliveredOf(d)] = true
	}
	return d, ok
}

func (w *world) poll(kind orchestration.TaskKind) (Delivery, bool) { return w.once(w.rig.poll(kind)) }

func (w *world) pollOf(queue string, kind orchestration.TaskKind) (Delivery, bool) {
	return w.once(w.rig.pollOf(queue, kind))
}

// takeBack undoes a delivery: its task may come again, also when the outcome is not known.
func (w *world) takeBack(d Delivery) {
	_ = w.Unstart(context.Background(), d) // refused: its timeout brings it back
	delete(w.delivered, deliveredOf(d))
}

// waitingPoll is a poll that found nothing.
type waitingPoll struct {
	owner  *Owner
	key    matching.Key
	cancel context.CancelFunc
	offer  chan matching.Offer[Delivery]
}

func (w *world) key(t *rapid.T) orchestration.WorkflowKey {
	return workflowKey(rapid.IntRange(0, workflows-1).Draw(t, "workflow"))
}

func (w *world) doStart(t *rapid.T) {
	in := history.StartRun{TaskTimeout: 10 * time.Second}
	if rapid.IntRange(0, 3).Draw(t, "delayed") == 0 {
		in.StartDelay = time.Duration(rapid.IntRange(1, 2000).Draw(t, "delay")) * time.Second
	}
	if rapid.IntRange(0, 3).Draw(t, "limited") == 0 {
		in.RunTimeout = time.Duration(rapid.IntRange(1, 5000).Draw(t, "timeout")) * time.Second
	}
	drawChain(t, &in)
	_ = w.start(w.key(t), in) // refused by a fault is as good as accepted
}

// doCrowd starts every workflow that is not open: more tasks than a queue holds in memory.
func (w *world) doCrowd(*rapid.T) {
	for i := range workflows {
		_ = w.start(workflowKey(i), history.StartRun{TaskTimeout: 10 * time.Second})
	}
}

func (w *world) doWorkflowTask(t *rapid.T) {
	if d, ok := w.poll(orchestration.WorkflowTask); ok {
		w.decide(t, d)
	}
}

func (w *world) doStickyTask(t *rapid.T) {
	if d, ok := w.pollOf("own", orchestration.WorkflowTask); ok {
		w.decide(t, d)
	}
}

// decide answers a workflow task at random, or not at all.
func (w *world) decide(t *rapid.T, d Delivery) {
	if rapid.IntRange(0, 5).Draw(t, "lost") == 0 {
		return // the worker dies with its task
	}
	w.counter++
	var commands []*commandpb.Command
	switch rapid.IntRange(0, 9).Draw(t, "decision") {
	case 8:
		commands = w.reachOut(t)
	case 9:
		commands = append(w.reachOut(t), closeCommand())
	case 0:
		commands = append(commands, closeCommand())
	case 1:
		commands = append(commands, activityCommand(fmt.Sprint("a", w.counter)))
	case 2:
		commands = append(commands, activityCommand(fmt.Sprint("b", w.counter)), activityCommand(fmt.Sprint("c", w.counter)))
	case 4:
		commands = append(commands, continueCommand(time.Duration(rapid.IntRange(0, 2000).Draw(t, "backoff"))*time.Second))
	case 5:
		commands = append(commands, failCommand())
	case 3:
		commands = append(commands, timerCommand(fmt.Sprint("t", w.counter), time.Duration(rapid.IntRange(1, 4000).Draw(t, "timer"))*time.Second))
	}
	in := history.CompleteWorkflowTask{Commands: commands, RewindsEvents: rapid.Bool().Draw(t, "rewinds")}
	w.speak(t, d, &in)
	w.completeWith(d, rapid.Bool().Draw(t, "sticky"), in)
}

// complete answers a workflow task with commands.
func (w *world) complete(d Delivery, sticky bool, commands ...*commandpb.Command) {
	w.completeWith(d, sticky, history.CompleteWorkflowTask{Commands: commands})
}

// completeWith answers a workflow task and the queries that ride on it.
func (w *world) completeWith(d Delivery, sticky bool, in history.CompleteWorkflowTask) {
	k := d.Workflow
	in.WorkflowTaskRef = history.WorkflowTaskRef{ScheduledEventID: k.ScheduledEventID, StartedEventID: k.StartedEventID, Attempt: k.Attempt, Nonce: k.Nonce}
	if sticky {
		in.Sticky = &taskqueuepb.StickyExecutionAttributes{
			WorkerTaskQueue: &taskqueuepb.TaskQueue{Name: "own", Kind: enumspb.TASK_QUEUE_KIND_STICKY, NormalName: "queue"}, ScheduleToStartTimeout: durationpb.New(5 * time.Second),
		}
	}
	answers := map[string]*querypb.WorkflowQueryResult{}
	for id := range k.Queries {
		answers[id] = &querypb.WorkflowQueryResult{ResultType: enumspb.QUERY_RESULT_TYPE_ANSWERED}
	}
	_ = w.turnOf(k.Run, func(tx *Tx, r *Run) (history.Transition, error) {
		in.NextRunID = orchestration.NewRunID(tx.Now())
		done, err := r.CompleteWorkflowTask(in, tx.Now())
		if err == nil && done.Failed == nil {
			tx.Answer(r, answers)
		}
		return done.Transition, err
	})
}

func (w *world) doActivity(t *rapid.T) {
	if d, ok := w.poll(orchestration.ActivityTask); ok {
		w.act(d, rapid.IntRange(0, 2).Draw(t, "end"))
	}
}

// act keeps an activity (0), completes it (1) or fails it (2).
func (w *world) act(d Delivery, end int) {
	a := d.Activity
	ref := history.ActivityRef{ScheduledEventID: a.ScheduledEventID, Attempt: a.Attempt}
	switch end {
	case 0:
		w.tokens[a.Run.WorkflowID] = d
	case 1:
		_ = w.turnOf(a.Run, func(tx *Tx, r *Run) (history.Transition, error) {
			return r.CompleteActivity(ref, nil, "worker", tx.Now())
		})
	case 2:
		_ = w.turnOf(a.Run, func(tx *Tx, r *Run) (history.Transition, error) {
			return r.FailActivity(ref, &failurepb.Failure{Message: "no"}, nil, "worker", tx.Now())
		})
	}
}

func (w *world) doSignal(t *rapid.T) {
	w.counter++
	key, name := w.key(t), fmt.Sprint("s", w.counter)
	err := w.turnOf(key.Run(orchestration.RunID{}), func(tx *Tx, r *Run) (history.Transition, error) {
		return r.Signal(history.Signal{Name: name}, tx.Now())
	})
	w.signals[name] = sentSignal{key, err == nil}
}

func (w *world) doCancel(t *rapid.T) {
	w.turn(w.key(t), func(tx *Tx, r *Run) (history.Transition, error) {
		return r.RequestCancel(history.Cancel{Reason: "enough"}, tx.Now())
	})
}

func (w *world) doTerminate(t *rapid.T) {
	w.turn(w.key(t), func(tx *Tx, r *Run) (history.Transition, error) {
		return r.Terminate(history.Terminate{Reason: "enough"}, tx.Now())
	})
}

func (w *world) doQuery(t *rapid.T) {
	q := NewQuery(&querypb.WorkflowQuery{QueryType: "state"})
	w.turn(w.key(t), func(tx *Tx, r *Run) (history.Transition, error) {
		if r.Header.Task == nil {
			return history.Transition{}, nil
		}
		err := tx.Ask(r, q)
		if err == nil {
			w.queries = append(w.queries, q)
		}
		return history.Transition{}, err
	})
}

func (w *world) doHeartbeat(t *rapid.T) {
	d, ok := w.tokens[w.key(t).WorkflowID]
	if !ok {
		return
	}
	_ = w.UpdateLazily(context.Background(), d.Activity.Run.WorkflowKey, func(tx *Tx) error {
		r, err := tx.Run(d.Activity.Run.RunID)
		if err != nil {
			return err
		}
		tr, _, err := r.Heartbeat(history.ActivityRef{ScheduledEventID: d.Activity.ScheduledEventID, Attempt: d.Activity.Attempt}, nil, "worker", tx.Now())
		if err == nil {
			tx.Apply(r, tr)
		}
		return err
	})
}

func kindOf(t *rapid.T) orchestration.TaskKind {
	if rapid.Bool().Draw(t, "activity") {
		return orchestration.ActivityTask
	}
	return orchestration.WorkflowTask
}

func (w *world) doUnstart(t *rapid.T) {
	if d, ok := w.poll(kindOf(t)); ok {
		w.takeBack(d)
	}
}

// doSurrender has the owners of some workflows give up their shards, and mostly one of the two adopt them at once.
func (w *world) doSurrender(t *rapid.T) {
	var shards []orchestration.ShardID
	for i := range workflows {
		if rapid.Bool().Draw(t, "moves") {
			shards = append(shards, workflowKey(i).Shard())
		}
	}
	for _, o := range w.owners() {
		w.surrender(o, shards)
	}
	w.announced.forget(func(k orchestration.RunKey) bool { return slices.Contains(shards, k.Shard()) })
	w.homeless = append(w.homeless, shards...)
	if rapid.IntRange(0, 3).Draw(t, "later") > 0 {
		w.doAdopt(t)
	}
}

func (w *world) doAdopt(t *rapid.T) {
	w.adopt(rapid.SampledFrom(w.owners()).Draw(t, "owner"), w.homeless)
	w.homeless = nil
}

// doWait begins a poll that waits until a task is fused with it or added.
func (w *world) doWait(t *rapid.T) {
	key := queueKey(rapid.SampledFrom([]string{"queue", "own"}).Draw(t, "queue"), kindOf(t))
	ctx, cancel := context.WithCancel(context.Background())
	o := rapid.SampledFrom(w.owners()).Draw(t, "owner")
	p := &waitingPoll{owner: o, key: key, cancel: cancel, offer: make(chan matching.Offer[Delivery], 1)}
	w.waiting = append(w.waiting, p)
	before := o.queues.Describe(key).Waiting
	go func() {
		offer, _ := o.queues.Poll(ctx, key, matching.Worker{Identity: "worker"})
		p.offer <- offer
	}()
	for o.queues.Describe(key).Waiting <= before && len(p.offer) == 0 {
		runtime.Gosched()
	}
}

// doCollect answers what waiting polls have got.
func (w *world) doCollect(t *rapid.T) {
	w.collect(func(d Delivery) {
		if d.Workflow != nil {
			w.decide(t, d)
		} else {
			w.act(d, rapid.IntRange(0, 2).Draw(t, "end"))
		}
	})
}

func (w *world) collect(answer func(Delivery)) {
	w.flush()
	rest := w.waiting[:0:0]
	for _, p := range w.waiting {
		select {
		case offer := <-p.offer:
			p.cancel()
			if d, ok := w.settleOffer(p.owner, offer); ok {
				answer(d)
			}
		default:
			rest = append(rest, p)
		}
	}
	w.waiting = rest
}

func (w *world) settleOffer(o *Owner, offer matching.Offer[Delivery]) (Delivery, bool) {
	switch {
	case offer.Empty():
		return Delivery{}, false
	case offer.Delivered:
		return w.once(offer.Task, true)
	}
	d, err := o.take(offer)
	return w.once(d, err == nil)
}

// doHangUp ends every poll that waits; what was delivered all the same is taken back.
func (w *world) doHangUp(*rapid.T) { w.hangUp() }

func (w *world) hangUp() {
	for _, p := range w.waiting {
		p.cancel()
		if d, ok := w.settleOffer(p.owner, <-p.offer); ok {
			w.takeBack(d)
		}
	}
	w.waiting = nil
}

func (w *world) doFault(t *rapid.T) {
	switch rapid.IntRange(0, 2).Draw(t, "fault") {
	case 0:
		w.faulty.FailBefore(1, store.ErrUnavailable)
	case 1:
		w.faulty.FailBefore(1, store.ErrUnknownOutcome)
	case 2:
		w.faulty.FailAfter(1, store.ErrUnknownOutcome)
	}
}

// doPoison makes every commit of one workflow's current run fail.
func (w *world) doPoison(t *rapid.T) {
	_ = w.Update(context.Background(), w.key(t), func(tx *Tx) error {
		cur, ok, err := tx.Current()
		if ok {
			w.faulty.Poison(cur.RunID)
			w.poisoned = append(w.poisoned, cur.RunID)
		}
		return err
	})
}

func (w *world) cure() {
	for _, id := range w.poisoned {
		w.faulty.Cure(id)
	}
	w.poisoned = nil
}

// restart closes and opens again; whoever waited has gone.
func (w *world) restart() {
	old := w.waiting
	w.waiting, w.homeless = nil, nil
	w.announced.forget(func(orchestration.RunKey) bool { return true })
	w.reopen()
	for _, p := range old {
		p.cancel()
		<-p.offer
	}
}

// end has workers answer everything until every workflow is closed.
func (w *world) end() {
	w.cure()
	w.adopt(w.Owner, w.homeless)
	w.hangUp()
	for range 60 {
		w.endChains()
		w.wakeIdle()
		w.advance(time.Hour)
		w.sendAll()
		for _, queue := range []string{"queue", "own"} {
			for d, ok := w.pollOf(queue, orchestration.WorkflowTask); ok; d, ok = w.pollOf(queue, orchestration.WorkflowTask) {
				w.complete(d, false, closeCommand())
			}
		}
		for d, ok := w.poll(orchestration.ActivityTask); ok; d, ok = w.poll(orchestration.ActivityTask) {
			w.act(d, 1)
		}
		if w.sendAll(); w.open() == "" {
			w.checkWakes()
			w.checkQueries()
			w.checkUpdates()
			w.checkQueues()
			w.checkSignals()
			w.checkUsage()
			return
		}
	}
	w.t.Fatalf("a task or timer was lost: %s", w.open())
}

// wakeIdle signals the runs that wait for nothing else.
func (w *world) wakeIdle() {
	for i := range workflows {
		w.turn(workflowKey(i), func(tx *Tx, r *Run) (history.Transition, error) {
			if r.Header.Task != nil || !r.NextTimer().IsZero() {
				return history.Transition{}, nil
			}
			return r.Signal(history.Signal{Name: "wake"}, tx.Now())
		})
	}
}

// open describes an open run, if there is one.
func (w *world) open() (out string) {
	for i := range workflows {
		_ = w.Update(context.Background(), workflowKey(i), func(tx *Tx) error {
			r, err := tx.Run(orchestration.RunID{})
			if err == nil && r.open() {
				e, known := tx.wf.lane.timers.entryOf(r.Key.RunID)
				out = fmt.Sprintf("%s is open: ready %+v, wake %v, row %v, next timer %v, noted %v %+v, now %v", r.Key.WorkflowID, r.Ready(tx.now), r.Wake(), r.wakeRow, r.NextTimer(), known, e, tx.now)
			}
			return err
		})
	}
	return out
}

func (w *world) checkQueries() {
	for _, q := range w.queries {
		select {
		case <-q.Answer:
		default:
			w.t.Fatalf("a query was neither answered nor sent away")
		}
	}
}

// checkQueues expects that nothing waits: no reference and no count was left behind.
func (w *world) checkQueues() {
	w.flush()
	for _, o := range w.owners() {
		for _, name := range []string{"queue", "own"} {
			for _, kind := range []orchestration.TaskKind{orchestration.WorkflowTask, orchestration.ActivityTask} {
				if n := o.queues.Backlog(queueKey(name, kind)); n != 0 {
					w.t.Fatalf("%d tasks wait in queue %s though every workflow is closed", n, name)
				}
			}
		}
	}
}
