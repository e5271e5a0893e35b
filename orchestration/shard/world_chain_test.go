package shard

import (
	"context"
	"time"

	"pgregory.net/rapid"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// drawChain gives a start, now and then, what has other runs follow it.
func drawChain(t *rapid.T, in *history.StartRun) {
	switch rapid.IntRange(0, 4).Draw(t, "chain") {
	case 0:
		in.RetryPolicy = &commonpb.RetryPolicy{MaximumAttempts: 3, InitialInterval: durationpb.New(time.Minute)}
	case 1:
		in.StartDelay, in.CronSchedule = 0, "@every 20m"
	}
}

func continueCommand(backoff time.Duration) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_ContinueAsNewWorkflowExecutionCommandAttributes{
			ContinueAsNewWorkflowExecutionCommandAttributes: &commandpb.ContinueAsNewWorkflowExecutionCommandAttributes{BackoffStartInterval: durationpb.New(backoff)},
		},
	}
}

func failCommand() *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_FailWorkflowExecutionCommandAttributes{
			FailWorkflowExecutionCommandAttributes: &commandpb.FailWorkflowExecutionCommandAttributes{Failure: &failurepb.Failure{Message: "no"}},
		},
	}
}

// endChains terminates the runs that others would follow for ever.
func (w *world) endChains() {
	for i := range workflows {
		w.turn(workflowKey(i), func(tx *Tx, r *Run) (history.Transition, error) {
			if r.Header.Cron == "" {
				return history.Transition{}, nil
			}
			return r.Terminate(history.Terminate{Reason: "the end"}, tx.Now())
		})
	}
}

// rows is the list as it is stored.
func (w *world) rows() []store.Visibility {
	w.t.Helper()
	rows, err := w.sqlite.List(context.Background(), store.ListQuery{Namespace: testNamespace, Limit: 100_000})
	if err != nil {
		w.t.Fatalf("list: %v", err)
	}
	return rows
}

// sentSignal is a signal that a client has sent.
type sentSignal struct {
	to           orchestration.WorkflowKey
	acknowledged bool
}

// pardonSignals lets the signals of a workflow go that were sent before a run of it is deleted.
func (w *world) pardonSignals(key orchestration.WorkflowKey) {
	for name, s := range w.signals {
		if s.to == key {
			delete(w.signals, name)
		}
	}
}

// checkCurrent: as stored, a workflow has at most one open run, and that is its current one.
func (w *world) checkCurrent() {
	w.t.Helper()
	for _, row := range w.rows() {
		if enumspb.WorkflowExecutionStatus(row.Status) != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
			continue
		}
		key := orchestration.WorkflowKey{Namespace: row.Namespace, WorkflowID: row.WorkflowID}
		cur, ok, err := w.sqlite.CurrentRun(context.Background(), key)
		if err != nil || !ok || cur.RunID != row.RunID || cur.Status != row.Status {
			w.t.Fatalf("run %s of %s is open, the current run is %+v (%v)", row.RunID, row.WorkflowID, cur, err)
		}
	}
}

// history is a run's history as it is stored.
func (w *world) history(key orchestration.RunKey) (out []*historypb.HistoryEvent) {
	w.t.Helper()
	batches, err := w.sqlite.History(context.Background(), store.HistoryRange{Run: key, From: 1})
	if err != nil {
		w.t.Fatalf("history: %v", err)
	}
	for _, b := range batches {
		events, err := store.DecodeEvents(b)
		if err != nil {
			w.t.Fatalf("history: %v", err)
		}
		out = append(out, events...)
	}
	return out
}

// wasReset tells whether a run's place was taken by another one that began from its history.
func (w *world) wasReset(key orchestration.RunKey) (was bool) {
	w.t.Helper()
	if err := w.turnOf(key, func(_ *Tx, r *Run) (history.Transition, error) {
		was = !r.Header.ResetRun.IsZero()
		return history.Transition{}, nil
	}); err != nil {
		w.t.Fatalf("%v: %v", key, err)
	}
	return was
}

// checkSignals: what was acknowledged is in the history of exactly one run, what was refused in one at most. A reset records it again in its own.
func (w *world) checkSignals() {
	w.t.Helper()
	seen := map[string]int{}
	for _, row := range w.rows() {
		key := orchestration.WorkflowKey{Namespace: row.Namespace, WorkflowID: row.WorkflowID}.Run(row.RunID)
		if w.wasReset(key) {
			continue // another run has its signals
		}
		for _, ev := range w.history(key) {
			if a := ev.GetWorkflowExecutionSignaledEventAttributes(); a != nil {
				seen[a.SignalName]++
			}
		}
	}
	for name, s := range w.signals {
		if seen[name] > 1 || s.acknowledged && seen[name] == 0 {
			w.t.Fatalf("signal %s (acknowledged: %v) is recorded %d times", name, s.acknowledged, seen[name])
		}
	}
}

// doReset begins a workflow's current run again, at the end of one of its workflow tasks.
func (w *world) doReset(t *rapid.T) {
	if w.plain {
		return
	}
	key := w.key(t)
	w.flush()
	cur, ok, err := w.sqlite.CurrentRun(context.Background(), key)
	if err != nil || !ok {
		return
	}
	events := w.history(key.Run(cur.RunID))
	for cut, ev := range events {
		if history.EndsWorkflowTask(ev.EventType) && rapid.Bool().Draw(t, "this one") {
			_ = w.Update(context.Background(), key, func(tx *Tx) error { return w.resetAt(tx, cur.RunID, events, cut) })
			return
		}
	}
}

func (w *world) resetAt(tx *Tx, id orchestration.RunID, events []*historypb.HistoryEvent, cut int) error {
	current, err := tx.Run(orchestration.RunID{})
	if err != nil || current.Key.RunID != id || current.Header.NextEventID != orchestration.EventID(len(events)+1) {
		return err // it has gone on
	}
	next, err := history.Rewind(tx.wf.key.Run(orchestration.NewRunID(tx.Now())), events[:cut])
	if err != nil {
		return err
	}
	later := append([]*historypb.HistoryEvent(nil), events[cut:]...)
	if current.open() {
		tr, err := current.Terminate(history.Terminate{Reason: "reset"}, tx.Now())
		if err != nil {
			return err
		}
		tx.Apply(current, tr)
		later = append(later, tr.Events...)
	}
	tx.Begin(next, next.Reset(history.ResetRun{Prefix: events[:cut], Later: later, Base: current.Key.RunID, SignalIDs: current.SignalIDs()}, tx.Now()))
	tx.Apply(current, current.ResetTo(next.Key.RunID, tx.Now()))
	return nil
}
