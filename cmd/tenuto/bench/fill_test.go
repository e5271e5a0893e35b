package bench

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/cmd/tenuto/bench/fill"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// What fill writes has the shape of what the engine leaves behind: the same batches of the same events, the same version, the same rows.
func TestFillIsLikeTheEngine(t *testing.T) {
	address, stored, directory := realWorld(t, "default")
	results(t, "--address", address, "--scenario", "one-activity", "--count", "1", "--in-flight", "1", "--warm-up", "3") // with pollers that wait
	must(t, fill.Fill(t.Context(), fill.Config{
		Store: stored, Namespaces: directory, Runs: 1, NamespaceCount: 1, QueueCount: 1, Lanes: 1, Now: time.Now(),
	}))
	n, err := directory.Describe(t.Context(), "default")
	must(t, err)
	rows, err := stored.List(t.Context(), store.ListQuery{Namespace: n.ID, Limit: 100})
	must(t, err)
	shapes := map[string][]string{}
	for _, row := range rows {
		shapes[row.Type] = append(shapes[row.Type], shape(t, stored, row))
	}
	// A poll may be late, and its task's start a commit of its own: the engine's usual shape is the one that counts.
	if got := shapes["fill"]; len(got) != 1 || !slices.Contains(shapes["bench"], got[0]) {
		t.Errorf("fill leaves\n%s\nthe engine\n%s", got, shapes["bench"])
	}
}

// shape is everything about a run that does not differ between runs.
func shape(t *testing.T, s interface {
	store.Store
	store.Reader
}, row store.Visibility) string {
	t.Helper()
	key := orchestration.WorkflowKey{Namespace: row.Namespace, WorkflowID: row.WorkflowID}.Run(row.RunID)
	batches, err := s.History(t.Context(), store.HistoryRange{Run: key})
	must(t, err)
	out := fmt.Sprintf("status %d, %d events, parent %v, root %v, closed %v\n", row.Status, row.HistoryLength, row.Parent, row.Root == row.RunID, !row.CloseTime.IsZero())
	for _, b := range batches {
		events, err := store.DecodeEvents(b)
		must(t, err)
		for _, e := range events {
			out += fmt.Sprint(e.GetEventId(), " ", e.GetEventType(), " ")
		}
		out += "\n"
	}
	records, err := s.LoadRuns(t.Context(), []orchestration.RunKey{key})
	must(t, err)
	current, ok, err := s.CurrentRun(t.Context(), key.WorkflowKey)
	must(t, err)
	return out + fmt.Sprintf("version %d, %d items, wake %v, current %v %v %d, request %v",
		records[0].Version, len(records[0].Items), records[0].Wake, ok, current.RunID == row.RunID, current.Status, current.StartRequestID != "")
}
