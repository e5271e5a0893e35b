package shard

import (
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// listRow is what lists show of a run.
func listRow(r *Run) (*store.Visibility, error) {
	h := &r.Header
	v := &store.Visibility{
		Namespace: r.Key.Namespace, WorkflowID: r.Key.WorkflowID, RunID: r.Key.RunID,
		Type: h.Type, TaskQueue: h.TaskQueue, Status: int32(h.Status),
		StartTime: h.StartTime, ExecutionTime: h.ExecutionTime, CloseTime: h.CloseTime,
	}
	v.RootID, v.Root = r.Root()
	if p := r.Parent(); p != nil {
		v.ParentID, v.Parent = p.WorkflowID, p.RunID
	}
	if !r.open() {
		v.HistoryLength, v.HistoryBytes, v.Transitions = h.NextEventID-1, h.HistoryBytes, h.Transitions
	}
	var err error
	if m := r.Memo(); len(m.GetFields()) > 0 {
		if v.Memo, err = proto.Marshal(m); err != nil {
			return nil, err
		}
	}
	if a := r.SearchAttributes(); len(a.GetIndexedFields()) > 0 {
		if v.Search, err = proto.Marshal(a); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// terms are what lists find the run's search attributes by.
func terms(r *Run) [][]byte {
	found := search.Terms(r.SearchAttributes())
	out := make([][]byte, len(found))
	for i, t := range found {
		out[i] = t
	}
	return out
}
