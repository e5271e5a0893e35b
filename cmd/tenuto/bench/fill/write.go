package fill

import (
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// write makes the rows of a run as its last commit left them, as one insert. The version is that of so many commits.
func (l *life) write() (store.Write, error) {
	if l.err != nil {
		return store.Write{}, l.err
	}
	state, items, err := l.run.Save()
	if err != nil {
		return store.Write{}, err
	}
	h, key := &l.run.Header, l.run.Key
	rw := store.RunWrite{
		RunID: key.RunID, Version: orchestration.Version(len(l.batches)), State: state, History: l.batches,
		Visibility: &store.Visibility{
			Namespace: key.Namespace, WorkflowID: key.WorkflowID, RunID: key.RunID, Type: h.Type, TaskQueue: h.TaskQueue, Status: int32(h.Status),
			StartTime: h.StartTime, ExecutionTime: h.ExecutionTime, CloseTime: h.CloseTime, RootID: key.WorkflowID, Root: key.RunID,
		},
	}
	if !h.CloseTime.IsZero() {
		rw.Visibility.HistoryLength, rw.Visibility.HistoryBytes = h.NextEventID-1, h.HistoryBytes
		rw.Visibility.Transitions = h.Transitions
	}
	if a := l.run.SearchAttributes(); a != nil {
		if rw.Visibility.Search, err = proto.Marshal(a); err != nil {
			return store.Write{}, err
		}
		for _, t := range search.Terms(a) {
			rw.Terms = append(rw.Terms, t)
		}
	}
	for _, it := range items {
		rw.Items = append(rw.Items, store.ItemWrite{Kind: uint8(it.Kind), ID: it.ID, Data: it.Data})
	}
	if at := l.run.Wake().Truncate(time.Millisecond); !at.IsZero() {
		rw.Wake = store.WakeWrite{Change: store.WakeSet, At: at}
	}
	return store.Write{
		Workflow: key.WorkflowKey, Shard: key.Shard(), Runs: []store.RunWrite{rw},
		Current: &store.CurrentWrite{Set: store.Current{RunID: key.RunID, StartRequestID: l.request, Status: int32(h.Status)}},
	}, nil
}
