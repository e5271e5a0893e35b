package shard

import (
	"context"
	"time"

	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// doDelete deletes a workflow's current run, and mostly starts the next one in the same turn: before the deletion is stored.
func (w *world) doDelete(t *rapid.T) {
	if w.plain {
		return
	}
	key, again := w.key(t), rapid.Bool().Draw(t, "again")
	w.pardonSignals(key)
	var gone orchestration.RunID
	err := w.Update(context.Background(), key, func(tx *Tx) error {
		gone = orchestration.RunID{}
		r, err := tx.Run(orchestration.RunID{})
		if err != nil || !tx.Delete(r, history.Terminate{Reason: "unwanted"}) {
			return err
		}
		if !r.Gone() {
			return nil // it leaves when its effects are done
		}
		gone = r.Key.RunID
		if _, ok, err := tx.Current(); ok || err != nil {
			w.t.Fatalf("the deleted run is current: %v", err)
		}
		if _, err := tx.Run(gone); orchestration.CodeOf(err) != orchestration.NotFound {
			w.t.Fatalf("the deleted run is found: %v", err)
		}
		if again {
			tx.Start(history.StartRun{
				Key: key.Run(orchestration.NewRunID(tx.Now())), Type: "Transfer", TaskQueue: "queue", TaskTimeout: 10 * time.Second,
			})
		}
		return nil
	})
	if err == nil && !gone.IsZero() {
		w.deleted = append(w.deleted, key.Run(gone))
	}
}

// checkDeleted expects that nothing is stored of runs whose deletion was acknowledged.
func (w *world) checkDeleted() {
	records, err := w.sqlite.LoadRuns(context.Background(), w.deleted)
	if err != nil || len(records) > 0 {
		w.t.Fatalf("deleted runs are stored: %v, %v", records, err)
	}
	for _, key := range w.deleted {
		batches, err := w.sqlite.History(context.Background(), store.HistoryRange{Run: key})
		if err != nil || len(batches) > 0 {
			w.t.Fatalf("a deleted run has %d batches of history: %v", len(batches), err)
		}
		cur, _, err := w.sqlite.CurrentRun(context.Background(), key.WorkflowKey)
		if err != nil || cur.RunID == key.RunID {
			w.t.Fatalf("a deleted run is current: %v", err)
		}
	}
}
