package shard

import (
	"context"
	"errors"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// commit stores the flights as one batch and sets err on those that were not stored.
func (l *lane) commit(flights []flight) {
	writes := make([]store.Write, len(flights))
	for i := range flights {
		writes[i] = flights[i].write
	}
	// A started commit is finished whatever happens to the callers: its outcome is theirs to learn.
	err := l.o.store.Commit(context.Background(), l.fence, writes)
	if errors.Is(err, store.ErrUnknownOutcome) {
		err = l.resolve(writes)
	}
	switch {
	case err == nil:
	case errors.Is(err, store.ErrFenced):
		l.o.log.Error("another server took over; this one stops serving")
		l.o.stop(orchestration.Errorf(orchestration.Unavailable, "another server has taken over"))
		setErr(flights, err, true)
	case errors.Is(err, store.ErrUnavailable):
		l.o.log.Error("storage unavailable", "error", err)
		setErr(flights, err, false)
	case len(flights) == 1:
		l.o.log.Error("write refused", "workflow_id", flights[0].wf.key.WorkflowID, "error", err)
		setErr(flights, err, false)
	default: // one of the writes is to blame: halve until it is alone. A flight is a whole workflow, so none is ever split.
		half := len(flights) / 2
		l.commit(flights[:half])
		l.commit(flights[half:])
	}
}

func setErr(flights []flight, err error, lost bool) {
	for i := range flights {
		flights[i].err, flights[i].lost = err, lost
	}
}

// resolve learns the outcome of a commit whose connection was lost. Bumping our own epoch waits the old connection out or defeats it; then the
// version of one run answers for the whole batch. It returns nil (applied), ErrUnavailable (not applied) or ErrFenced.
func (l *lane) resolve(writes []store.Write) error {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		applied, err := l.outcome(writes)
		if err == nil {
			if applied {
				return nil
			}
			return store.ErrUnavailable
		}
		if errors.Is(err, store.ErrFenced) {
			return err
		}
		l.o.log.Warn("commit outcome unknown; asking again", "error", err)
		select {
		case <-time.After(wait):
		case <-l.o.ctx.Done():
			return store.ErrFenced // nobody may learn an outcome that we do not know
		}
	}
}

func (l *lane) outcome(writes []store.Write) (applied bool, err error) {
	fence, err := l.o.store.RenewLane(l.o.ctx, l.fence)
	if err != nil {
		return false, err
	}
	l.fence = fence
	w := &writes[0]
	if len(w.Runs) == 0 {
		return l.deleted(w.Workflow.Run(w.Deletes[0].RunID))
	}
	probe := w.Runs[0]
	versions, err := l.o.reader.Versions(l.o.ctx, []orchestration.RunKey{w.Workflow.Run(probe.RunID)})
	if err != nil {
		return false, err
	}
	return versions[probe.RunID] >= probe.Version, nil
}

// deleted tells whether a run, which was stored, is not any more.
func (l *lane) deleted(key orchestration.RunKey) (bool, error) {
	versions, err := l.o.reader.Versions(l.o.ctx, []orchestration.RunKey{key})
	_, there := versions[key.RunID]
	return err == nil && !there, err
}
