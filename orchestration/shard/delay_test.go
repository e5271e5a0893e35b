package shard

import (
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// TestDelayMovesEveryPage: one pass moves the rows of all who fell asleep, however many, and leaves none of them in memory.
func TestDelayMovesEveryPage(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	now := r.time()
	for i := range 2*loadPage + 7 {
		r.lanes[0].timers.set(workflowKey(i).Run(orchestration.NewRunID(now)), now.Add(24*time.Hour), now.Add(24*time.Hour), now)
	}
	l := r.lanes[0]
	l.between(func() { r.delayPage(l) })
	r.flush()
	r.lanes[0].timers.mu.Lock()
	late, noted := len(r.lanes[0].timers.late), len(r.lanes[0].timers.byRun)
	r.lanes[0].timers.mu.Unlock()
	if late != 0 || noted != 0 {
		t.Errorf("%d rows wait to be moved, %d runs are noted", late, noted)
	}
	if n := len(r.cache.all()); n != 0 {
		t.Errorf("%d actors were left behind", n)
	}
}

func TestDelayLeavesWhoIsInUse(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	now := r.time()
	key := workflowKey(0).Run(orchestration.NewRunID(now))
	r.lanes[0].timers.set(key, now.Add(time.Hour), now.Add(time.Hour), now)
	wf, err := r.lock(t.Context(), key.WorkflowKey)
	if err != nil {
		t.Fatal(err)
	}
	r.delayAll()
	wf.mu.Unlock()
	if e, known := r.lanes[0].timers.entryOf(key.RunID); !known || !e.row.Equal(now) {
		t.Errorf("noted %v, row %v", known, e.row)
	}
}
