package engine

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// reachWithin is how long one try to reach a target may take.
const reachWithin = 5 * time.Second

// outcome is what became of one effect; 0: no final answer.
type outcome struct {
	id  orchestration.EventID
	out history.Outcome
}

// sendRound sends the effects of a round and reports what became of them. No actor is held while a target is asked.
func (e *Engine) sendRound(ctx context.Context, r round) {
	messages, err := e.look(ctx, r)
	if err != nil {
		e.retryRound(ctx, r, err)
		return
	}
	answers := make(chan outcome, len(messages))
	for _, m := range messages {
		go func() { answers <- outcome{m.id, e.deliverEffect(ctx, m)} }()
	}
	for left := len(messages); left > 0; {
		came := gather(answers)
		left -= len(came)
		if err := e.report(ctx, r.run, came); err != nil {
			e.retryRound(ctx, round{r.run, ids(came)}, err)
		}
	}
}

// gather waits for an answer and takes what else is there.
func gather(answers <-chan outcome) []outcome {
	came := []outcome{<-answers}
	for {
		select {
		case a := <-answers:
			came = append(came, a)
		default:
			return came
		}
	}
}

func ids(all []outcome) (out []orchestration.EventID) {
	for _, o := range all {
		out = append(out, o.id)
	}
	return out
}

// retryRound has a round come again whose run could not be asked or told. A run that has left, or moved, is somebody else's.
func (e *Engine) retryRound(ctx context.Context, r round, err error) {
	switch orchestration.CodeOf(err) {
	case orchestration.Moved, orchestration.NotFound:
		return
	case orchestration.DataLoss:
		e.log.Error("effects of a run cannot be sent", "workflow_id", r.run.WorkflowID, "run_id", r.run.RunID.String(), "error", err)
		return
	}
	if ctx.Err() == nil {
		e.log.Debug("effects of a run are sent later", "workflow_id", r.run.WorkflowID, "run_id", r.run.RunID.String(), "error", err)
		e.courier.again(r)
	}
}

// look makes the messages of a round. What is done already is left out.
func (e *Engine) look(ctx context.Context, r round) (messages []reach, err error) {
	err = e.run(ctx, r.run, func(_ *shard.Tx, run *shard.Run) error {
		messages = messages[:0]
		for _, id := range r.effects {
			if effect, ok := run.Effect(id); ok {
				messages = append(messages, reachOf(run, effect))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return messages, e.readEvents(ctx, messages)
}

// readEvents completes the messages whose events were not in memory, with as few reads as their places in history allow.
func (e *Engine) readEvents(ctx context.Context, messages []reach) error {
	for i := 0; i < len(messages); i++ {
		m := &messages[i]
		if m.id <= 0 || m.event != nil {
			continue
		}
		last := i
		for last+1 < len(messages) && messages[last+1].id > messages[last].id && messages[last+1].id <= m.id+2*roundEffects {
			last++
		}
		events, _, err := e.readForward(ctx, m.source, m.id, messages[last].id, 0, 0)
		if err != nil {
			return err
		}
		first := m.id
		for ; i <= last && messages[i].id < first+int64(len(events)); i++ {
			messages[i].event = events[messages[i].id-first]
		}
		i-- // at least one event was read
	}
	return nil
}

// report records outcomes in one turn of the run that the effects belong to.
func (e *Engine) report(ctx context.Context, run orchestration.RunKey, came []outcome) error {
	return e.run(ctx, run, func(tx *shard.Tx, r *shard.Run) error {
		for _, o := range came {
			if o.out == 0 {
				tx.Apply(r, r.PutOffEffect(o.id, rand.Float64(), tx.Now()))
			} else {
				tx.Apply(r, r.EndEffect(o.id, o.out, tx.Now()))
			}
		}
		return nil
	})
}

// deliverEffect asks the target's owner, wherever it is, following it when it moves. 0: there is no final answer yet.
func (e *Engine) deliverEffect(ctx context.Context, m reach) history.Outcome {
	ctx, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	at := e.placeOf(m.target.Shard())
	for tries := 0; ; tries++ {
		out, err := e.reachAt(ctx, at, m)
		if err == nil {
			return out
		}
		next := e.placeOf(m.target.Shard())
		if tries == redirects || next == at || !goesOn(err) {
			e.log.Debug("an effect has no final answer yet", "workflow_id", m.source.WorkflowID, "run_id", m.source.RunID.String(), "event", m.id,
				"target", m.target.WorkflowID, "error", err)
			return 0
		}
		at = next
	}
}

func (e *Engine) reachAt(ctx context.Context, at place, m reach) (history.Outcome, error) {
	switch {
	case at.here:
		return e.reach(ctx, m)
	case e.unreachable(at):
		return 0, between(m.target.Shard())
	}
	body, err := e.peers.Call(ctx, at.node, verbReach, encodeReach(m))
	if err != nil {
		return 0, err
	}
	return decodeOutcome(body)
}

// reachForPeer does to a run of this node what a run of another one has decided.
func (e *Engine) reachForPeer(ctx context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	m, err := decodeReach(body)
	if err != nil {
		return nil, err
	}
	out, err := e.reach(ctx, m)
	if err != nil {
		return nil, err
	}
	return encodeOutcome(out), nil
}
