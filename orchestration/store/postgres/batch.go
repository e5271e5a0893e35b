package postgres

import "github.com/tenuto-io/tenuto/orchestration/store"

// keepBuffer is the size in bytes up to which an argument's buffer is kept for the next batch.
const keepBuffer = 1 << 20

// batch turns writes into the arguments of the statements. It is used again for every commit of a lane.
type batch struct {
	rows [statements]rows
}

// itemKey names an item of a run.
type itemKey struct {
	kind uint8
	id   string
}

func newBatch() *batch {
	b := &batch{}
	for i := range b.rows {
		for _, e := range preparedStatements[i].elements {
			b.rows[i].columns = append(b.rows[i].columns, column{element: e})
		}
	}
	return b
}

func (b *batch) reset() {
	for i := range b.rows {
		b.rows[i].n = 0
	}
}

func (b *batch) add(s statement) *rows { return b.rows[s].row() }

func (b *batch) write(w *store.Write) {
	if w.Current != nil {
		b.current(w)
	}
	for i := range w.Runs {
		b.run(w, &w.Runs[i])
	}
	b.backlog(w.Backlog)
	for i := range w.Deletes {
		b.delete(w, &w.Deletes[i])
	}
}

// delete removes a run, and its history if that is small.
func (b *batch) delete(w *store.Write, d *store.RunDelete) {
	b.add(deleteRun).uuid(d.RunID).uuid(w.Workflow.Namespace).int64(int64(d.Expect))
	b.add(deleteVisibility).uuid(w.Workflow.Namespace).time(d.StartTime).uuid(d.RunID)
	b.add(deleteCurrent).uuid(w.Workflow.Namespace).text(w.Workflow.WorkflowID).uuid(d.RunID)
	b.add(deleteWake).uuid(d.RunID)
	b.add(deleteTerms).uuid(d.RunID)
	b.either(d.Expect > store.DeleteAtOnce, insertDebris, deleteRest).uuid(d.RunID)
}

func (b *batch) current(w *store.Write) {
	set := &w.Current.Set
	r := b.either(w.Current.Expect.IsZero(), insertCurrent, updateCurrent).uuid(w.Workflow.Namespace).text(w.Workflow.WorkflowID)
	if !w.Current.Expect.IsZero() {
		r.uuid(w.Current.Expect)
	}
	r.uuid(set.RunID).int32(set.Status).text(set.StartRequestID)
}

func (b *batch) either(first bool, one, other statement) *rows {
	if first {
		return b.add(one)
	}
	return b.add(other)
}

func (b *batch) run(w *store.Write, r *store.RunWrite) {
	if r.Expect == 0 {
		b.add(insertRun).uuid(r.RunID).uuid(w.Workflow.Namespace).int16(int16(w.Shard)).text(w.Workflow.WorkflowID).int64(int64(r.Version)).bytes(r.State)
	} else {
		b.add(updateRun).uuid(r.RunID).uuid(w.Workflow.Namespace).int64(int64(r.Expect)).int64(int64(r.Version)).bytes(r.State)
	}
	for i := range r.History {
		h := &r.History[i]
		b.add(insertHistory).uuid(r.RunID).int64(h.First).int64(h.Last).bytes(h.Events)
	}
	b.items(r)
	b.owe(w, r)
	switch r.Wake.Change {
	case store.WakeSet:
		b.add(setWake).uuid(r.RunID).int16(int16(w.Shard)).milli(r.Wake.At)
	case store.WakeDelete:
		b.add(deleteWake).uuid(r.RunID)
	case store.WakeKeep:
	}
	if r.Visibility != nil {
		b.visibility(r.Visibility, r.Expect == 0)
		b.terms(r)
	}
}

// terms replaces those of the run. Deletions run before insertions.
func (b *batch) terms(r *store.RunWrite) {
	if r.Terms == nil {
		return
	}
	if r.Expect != 0 {
		b.add(deleteTerms).uuid(r.RunID)
	}
	v := r.Visibility
	for _, t := range r.Terms {
		b.add(insertTerm).uuid(v.Namespace).bytes(t).time(v.StartTime).uuid(v.RunID)
	}
}

// items keeps the last write of each item: a statement can touch a row only once.
func (b *batch) items(r *store.RunWrite) {
	var last map[itemKey]int
	if len(r.Items) > 1 {
		last = make(map[itemKey]int, len(r.Items))
		for i := range r.Items {
			last[itemKey{r.Items[i].Kind, r.Items[i].ID}] = i
		}
	}
	for i := range r.Items {
		it := &r.Items[i]
		if j, ok := last[itemKey{it.Kind, it.ID}]; ok && j != i {
			continue
		}
		if it.Data == nil {
			b.add(deleteItem).uuid(r.RunID).int16(int16(it.Kind)).text(it.ID)
		} else {
			b.add(upsertItem).uuid(r.RunID).int16(int16(it.Kind)).text(it.ID).bytes(it.Data)
		}
	}
}

func (b *batch) visibility(v *store.Visibility, insert bool) {
	b.either(insert, insertVisibility, updateVisibility).
		uuid(v.Namespace).time(v.StartTime).uuid(v.RunID).int32(v.Status).time(v.ExecutionTime).timeOrNull(v.CloseTime).
		int64(v.HistoryLength).int64(v.HistoryBytes).text(v.TaskQueue).text(v.ParentID).uuidOrNull(v.Parent).text(v.RootID).
		uuidOrNull(v.Root).bytesOrNull(v.Memo).bytesOrNull(v.Search).int64OrNull(v.Transitions).text(v.WorkflowID).text(v.Type)
}

// backlog runs deletions before insertions, so what is inserted and deleted again in one write must not be inserted at all.
func (b *batch) backlog(writes []store.BacklogWrite) {
	for i := range writes {
		r := &writes[i].Row
		if writes[i].Delete {
			b.backlogKey(deleteBacklog, r)
		} else if !deletedLater(writes[i+1:], r) {
			b.backlogKey(insertBacklog, r).text(r.Run.WorkflowID).uuid(r.Run.RunID).int64(r.ScheduledEventID).int32(r.Attempt).time(r.At)
		}
	}
}

func (b *batch) backlogKey(s statement, r *store.BacklogRow) *rows {
	return b.add(s).uuid(r.Namespace).text(r.Queue).int16(int16(r.Kind)).int32(r.Priority).int64(r.Pass).int64(r.Seq).int16(int16(r.Shard))
}

func deletedLater(later []store.BacklogWrite, r *store.BacklogRow) bool {
	for i := range later {
		o := &later[i].Row
		if later[i].Delete && o.BacklogKey == r.BacklogKey && o.Priority == r.Priority && o.Pass == r.Pass && o.Seq == r.Seq && o.Shard == r.Shard {
			return true
		}
	}
	return false
}
