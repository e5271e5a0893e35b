//go:build unix

package postgres_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// TestCurrentRunsTogether: many that ask at once get each their own answer, with far fewer statements than questions.
func TestCurrentRunsTogether(t *testing.T) {
	r := newRig(t)
	const n = 300
	want := map[string]orchestration.RunID{}
	var batch []store.Write
	for i := range n {
		key := orchestration.WorkflowKey{Namespace: orchestration.NamespaceID{1}, WorkflowID: fmt.Sprint("w", i)}
		if i%2 == 0 {
			continue
		}
		run := orchestration.RunID{15: byte(i), 14: byte(i >> 8), 0: 1}
		want[key.WorkflowID] = run
		batch = append(batch, store.Write{
			Workflow: key, Shard: key.Shard(), Runs: []store.RunWrite{{RunID: run, Version: 1, State: []byte("s")}},
			Current: &store.CurrentWrite{Set: store.Current{RunID: run, StartRequestID: "r" + key.WorkflowID, Status: 1}},
		})
	}
	if err := r.Commit(t.Context(), r.fence, batch); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			id := fmt.Sprint("w", i)
			cur, ok, err := r.CurrentRun(t.Context(), orchestration.WorkflowKey{Namespace: orchestration.NamespaceID{1}, WorkflowID: id})
			if run, there := want[id]; err != nil || ok != there || cur.RunID != run || ok && cur.StartRequestID != "r"+id {
				t.Errorf("%s: %+v, %v, %v", id, cur, ok, err)
			}
		})
	}
	all.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := r.CurrentRun(ctx, orchestration.WorkflowKey{WorkflowID: "w1"}); err == nil {
		t.Error("a question whose asker has gone was answered")
	}
}
