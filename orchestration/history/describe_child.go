package history

import (
	"cmp"
	"slices"

	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// PendingChildren describes the pending children in the order of their events. One that is not known to be started has no run id.
func (r *Run) PendingChildren() []*workflowpb.PendingChildExecutionInfo {
	out := make([]*workflowpb.PendingChildExecutionInfo, 0, len(r.children))
	for _, c := range r.children {
		info := &workflowpb.PendingChildExecutionInfo{
			WorkflowId: c.WorkflowID, WorkflowTypeName: c.Type, InitiatedId: c.InitiatedEventID, ParentClosePolicy: c.Policy,
		}
		if c.StartedEventID != 0 {
			info.RunId = c.RunID.String()
		}
		out = append(out, info)
	}
	slices.SortFunc(out, func(a, b *workflowpb.PendingChildExecutionInfo) int {
		return cmp.Compare[orchestration.EventID](a.InitiatedId, b.InitiatedId)
	})
	return out
}
