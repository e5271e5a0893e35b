package history

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
)

func (r *Run) Memo() *commonpb.Memo                                              { return nil }
func (r *Run) SearchAttributes() *commonpb.SearchAttributes                      { return nil }
func (r *Run) Config() *workflowpb.WorkflowExecutionConfig                       { return nil }
func (r *Run) PendingActivities(now time.Time) []*workflowpb.PendingActivityInfo { return nil }
func (r *Run) PendingWorkflowTask() *workflowpb.PendingWorkflowTaskInfo          { return nil }
func (r *Run) ExtendedInfo() *workflowpb.WorkflowExecutionExtendedInfo           { return nil }
