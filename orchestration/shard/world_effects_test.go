package shard

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"pgregory.net/rapid"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// announcements are the effects that owners want sent, as an imaginary courier knows them: nothing of them survives its process.
type announcements struct {
	mu  sync.Mutex
	all []announced
}

type announced struct {
	run    orchestration.RunKey
	effect orchestration.EventID
}

func (a *announcements) send(run orchestration.RunKey, effects []orchestration.EventID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range effects {
		a.all = append(a.all, announced{run, id})
	}
}

// take removes and returns one of the announcements, or the first when there is no choice to draw.
func (a *announcements) take(t *rapid.T) (x announced, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.all) == 0 {
		return x, false
	}
	i := 0
	if t != nil {
		i = rapid.IntRange(0, len(a.all)-1).Draw(t, "effect")
	}
	x = a.all[i]
	a.all = slices.Delete(a.all, i, i+1)
	return x, true
}

// forget drops what is known of the runs: their owner was told to give them up, or has died.
func (a *announcements) forget(which func(orchestration.RunKey) bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = slices.DeleteFunc(a.all, func(x announced) bool { return which(x.run) })
}

// signalOther is a signal to another workflow.
func signalOther(to orchestration.WorkflowKey, name string) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_SignalExternalWorkflowExecutionCommandAttributes{
			SignalExternalWorkflowExecutionCommandAttributes: &commandpb.SignalExternalWorkflowExecutionCommandAttributes{
				Execution: &commonpb.WorkflowExecution{WorkflowId: to.WorkflowID}, SignalName: name,
			},
		},
	}
}

// reachOut are commands that signal some workflows, one of them twice.
func (w *world) reachOut(t *rapid.T) []*commandpb.Command {
	to, other := w.key(t), w.key(t)
	name := func(i int) string { return fmt.Sprintf("effect %d.%d", w.counter, i) }
	return []*commandpb.Command{signalOther(to, name(1)), signalOther(to, name(2)), signalOther(other, name(3))}
}

// doSend has the courier send an effect, at random once more than it reports, or put it off.
func (w *world) doSend(t *rapid.T) {
	w.flush()
	x, ok := w.announced.take(t)
	if !ok {
		return
	}
	fate := rapid.IntRange(0, 3).Draw(t, "fate")
	if fate == 0 {
		_ = w.turnOf(x.run, func(tx *Tx, r *Run) (history.Transition, error) { return r.PutOffEffect(x.effect, 0.5, tx.Now()), nil })
		return
	}
	if !w.deliver(x) || fate == 1 {
		w.announced.send(x.run, []orchestration.EventID{x.effect}) // there was no answer, or it was lost
	}
}

// sendAll has the courier send what there is, again if a fault that was still to come is in the way.
func (w *world) sendAll() {
	for w.flush(); ; w.flush() {
		x, ok := w.announced.take(nil)
		if !ok {
			return
		}
		for tries := 0; !w.deliver(x); tries++ {
			if tries == 10 {
				w.t.Fatalf("effect %d of %v cannot be sent", x.effect, x.run)
			}
			w.flush()
		}
	}
}

// deliver does what an effect asks for and reports it. False: something failed on the way, and it is to be sent again.
func (w *world) deliver(x announced) bool {
	var effect history.Effect
	var name string
	err := w.turnOf(x.run, func(_ *Tx, r *Run) (history.Transition, error) {
		effect, _ = r.Effect(x.effect)
		return history.Transition{}, nil
	})
	if err != nil || effect.ID == 0 {
		return orchestration.CodeOf(err) == orchestration.NotFound || err == nil // deleted, or done
	}
	for _, ev := range w.history(x.run) {
		if ev.EventId == effect.Event() {
			name = ev.GetSignalExternalWorkflowExecutionInitiatedEventAttributes().GetSignalName()
		}
	}
	if name == "" {
		w.t.Fatalf("effect %d of %v was announced before it was stored", x.effect, x.run)
	}
	outcome := history.EffectDone
	if err := w.signalFrom(x, effect, name); orchestration.CodeOf(err) == orchestration.NotFound {
		outcome = history.EffectNoWorkflow
	} else if err != nil {
		return false
	}
	return w.turnOf(x.run, func(tx *Tx, r *Run) (history.Transition, error) { return r.EndEffect(x.effect, outcome, tx.Now()), nil }) == nil
}

// signalFrom applies the effect to its target. A workflow that was started anew since the first time counts as another one.
func (w *world) signalFrom(x announced, effect history.Effect, name string) error {
	to := effect.Target.WorkflowKey
	var first orchestration.RunID
	err := w.turnOf(to.Run(orchestration.RunID{}), func(tx *Tx, r *Run) (history.Transition, error) {
		first = r.First()
		in := history.Signal{Name: name, RequestID: fmt.Sprintf("%s:%d", effect.Origin, x.effect), Source: &commonpb.WorkflowExecution{WorkflowId: x.run.WorkflowID}}
		return r.Signal(in, tx.Now())
	})
	was, again := w.reached[name]
	switch {
	case first.IsZero():
	case again && was != first:
		delete(w.signals, name)
	default:
		w.reached[name] = first
		w.signals[name] = sentSignal{to: to, acknowledged: err == nil || w.signals[name].acknowledged}
	}
	return err
}

// checkWakes expects that no run needs its owner any more: what is closed has done all that it had decided.
func (w *world) checkWakes() {
	rows, err := w.sqlite.Wakes(context.Background(), store.WakeScan{Until: w.time().Add(1000 * time.Hour), Limit: 1})
	if err != nil || len(rows) > 0 {
		w.t.Fatalf("a run is to be woken though every workflow is closed: %v, %v", rows, err)
	}
}
