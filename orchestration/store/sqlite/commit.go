package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// AcquireLane implements store.Store.
func (w *writer) AcquireLane(ctx context.Context, lane orchestration.LaneID) (store.Fence, error) {
	f := store.Fence{Lane: lane}
	err := w.transact(ctx, func(s *session) error {
		epoch, _, err := s.queryInt(acquireLane, int64(lane))
		f.Epoch = orchestration.Epoch(epoch)
		return err
	})
	if err != nil {
		return store.Fence{}, err
	}
	return f, nil
}

// RenewLane implements store.Store.
func (w *writer) RenewLane(ctx context.Context, f store.Fence) (store.Fence, error) {
	err := w.transact(ctx, func(s *session) error {
		epoch, ok, err := s.queryInt(renewLane, int64(f.Lane), int64(f.Epoch))
		if err == nil && !ok {
			err = store.ErrFenced
		}
		f.Epoch = orchestration.Epoch(epoch)
		return err
	})
	if err != nil {
		return store.Fence{}, err
	}
	return f, nil
}

// Commit implements store.Store.
func (w *writer) Commit(ctx context.Context, f store.Fence, batch []store.Write) error {
	return w.transact(ctx, func(s *session) error {
		if err := s.fence(f); err != nil {
			return err
		}
		for i := range batch {
			if err := s.write(&batch[i]); err != nil {
				return err
			}
		}
		return s.count(f.Lane, batch)
	})
}

// DelayWakes implements store.Store.
func (w *writer) DelayWakes(ctx context.Context, f store.Fence, moves []store.WakeMove) error {
	return w.transact(ctx, func(s *session) error {
		if err := s.fence(f); err != nil {
			return err
		}
		for _, m := range moves {
			if _, err := s.exec(delayWake, m.To.UnixMilli(), m.RunID[:], m.From.UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	})
}

// fence fails unless f is the newest fence of its lane. The write lock is held, so the epoch cannot move before the commit.
func (s *session) fence(f store.Fence) error {
	epoch, ok, err := s.queryInt(readEpoch, int64(f.Lane))
	if err != nil {
		return err
	}
	if !ok || epoch != int64(f.Epoch) {
		return store.ErrFenced
	}
	return nil
}

func (s *session) write(w *store.Write) error {
	ns := w.Workflow.Namespace[:]
	if w.Current != nil {
		if err := s.writeCurrent(ns, w); err != nil {
			return err
		}
	}
	for i := range w.Runs {
		if err := s.writeRun(ns, w, &w.Runs[i]); err != nil {
			return err
		}
	}
	for i := range w.Backlog {
		if err := s.writeBacklog(&w.Backlog[i]); err != nil {
			return err
		}
	}
	for i := range w.Deletes {
		if err := s.deleteRun(ns, w, &w.Deletes[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) writeCurrent(ns []byte, w *store.Write) error {
	set := &w.Current.Set
	if w.Current.Expect.IsZero() {
		n, err := s.exec(insertCurrent, set.RunID[:], set.StartRequestID, int64(set.Status), ns, w.Workflow.WorkflowID)
		return exactlyOne(n, err, "first run of workflow %q", w.Workflow.WorkflowID)
	}
	n, err := s.exec(updateCurrent, set.RunID[:], set.StartRequestID, int64(set.Status), ns, w.Workflow.WorkflowID, w.Current.Expect[:])
	return exactlyOne(n, err, "next run of workflow %q", w.Workflow.WorkflowID)
}

func (s *session) writeRun(ns []byte, w *store.Write, r *store.RunWrite) error {
	id := r.RunID[:]
	if err := s.writeHeader(ns, id, w, r); err != nil {
		return err
	}
	for i := range r.History {
		b := &r.History[i]
		if _, err := s.exec(insertHistory, id, b.First, b.Last, b.Events); err != nil {
			return fmt.Errorf("history of run %s from event %d: %w", r.RunID, b.First, err)
		}
	}
	for i := range r.Items {
		if err := s.writeItem(id, &r.Items[i]); err != nil {
			return fmt.Errorf("item of run %s: %w", r.RunID, err)
		}
	}
	if err := s.owe(w, r); err != nil {
		return fmt.Errorf("trace of run %s: %w", r.RunID, err)
	}
	if r.Visibility == nil {
		return nil
	}
	if err := s.writeVisibility(r.Visibility, r.Expect == 0); err != nil {
		return err
	}
	return s.writeTerms(r)
}

func (s *session) writeHeader(ns, id []byte, w *store.Write, r *store.RunWrite) error {
	state := r.State
	if state == nil {
		state = []byte{} // the driver would store null
	}
	var n int64
	var err error
	switch {
	case r.Expect == 0:
		n, err = s.exec(insertRun, int64(r.Version), state, id, ns, w.Workflow.WorkflowID, int64(w.Shard), wakeAt(r.Wake))
	case r.Wake.Change == store.WakeKeep:
		n, err = s.exec(updateRun, int64(r.Version), state, id, ns, int64(r.Expect))
	default:
		n, err = s.exec(updateRunAndWake, int64(r.Version), state, wakeAt(r.Wake), id, ns, int64(r.Expect))
	}
	return exactlyOne(n, err, "run %s at version %d", r.RunID, r.Expect)
}

func (s *session) writeItem(id []byte, it *store.ItemWrite) error {
	var err error
	if it.Data == nil {
		_, err = s.exec(deleteItem, id, int64(it.Kind), it.ID)
	} else {
		_, err = s.exec(upsertItem, id, int64(it.Kind), it.ID, it.Data)
	}
	return err
}

func (s *session) writeBacklog(b *store.BacklogWrite) error {
	r := &b.Row
	var err error
	if b.Delete {
		_, err = s.exec(deleteBacklog, r.Namespace[:], r.Queue, int64(r.Kind), int64(r.Priority), r.Pass, r.Seq, int64(r.Shard))
	} else {
		_, err = s.exec(insertBacklog, r.Namespace[:], r.Queue, int64(r.Kind), int64(r.Priority), r.Pass, r.Seq, int64(r.Shard),
			r.Run.WorkflowID, r.Run.RunID[:], r.ScheduledEventID, int64(r.Attempt), r.At.UnixMicro())
	}
	return err
}

func (s *session) writeVisibility(v *store.Visibility, insert bool) error {
	id := updateVisibility
	if insert {
		id = insertVisibility
	}
	n, err := s.exec(id, int64(v.Status), v.ExecutionTime.UnixMicro(), closeTime(v.CloseTime), v.HistoryLength, v.HistoryBytes, v.TaskQueue,
		v.ParentID, runOrNull(&v.Parent), v.RootID, runOrNull(&v.Root), v.Memo, v.Search, intOrNull(v.Transitions),
		v.Namespace[:], v.StartTime.UnixMicro(), v.RunID[:], v.WorkflowID, v.Type)
	return exactlyOne(n, err, "visibility of run %s", v.RunID)
}

// writeTerms replaces the run's terms.
func (s *session) writeTerms(r *store.RunWrite) error {
	if r.Terms == nil {
		return nil
	}
	if r.Expect != 0 {
		if _, err := s.exec(deleteTerms, r.RunID[:]); err != nil {
			return fmt.Errorf("terms of run %s: %w", r.RunID, err)
		}
	}
	v := r.Visibility
	for _, t := range r.Terms {
		if _, err := s.exec(insertTerm, v.Namespace[:], t, v.StartTime.UnixMicro(), v.RunID[:]); err != nil {
			return fmt.Errorf("terms of run %s: %w", r.RunID, err)
		}
	}
	return nil
}

// exactlyOne makes a conflict of a statement that did not find the row it expected, and names the row in any error.
func exactlyOne(n int64, err error, format string, args ...any) error {
	if n == 1 && err == nil {
		return nil
	}
	if err == nil {
		err = store.ErrConflict
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}

// wakeAt is the column wake_at. Rounding down keeps the wake at or before the moment that was asked for.
func wakeAt(w store.WakeWrite) any {
	if w.Change != store.WakeSet {
		return nil
	}
	return w.At.UnixMilli()
}

func closeTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

func runOrNull(id *orchestration.RunID) any {
	if id.IsZero() {
		return nil
	}
	return id[:]
}

func intOrNull(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}
