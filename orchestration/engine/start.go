package engine

import (
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// StartRequest asks for a new run. Key.RunID of Run is ignored: the engine makes one.
type StartRequest struct {
	Run            history.StartRun
	ReusePolicy    enumspb.WorkflowIdReusePolicy    // unspecified: allow duplicate
	ConflictPolicy enumspb.WorkflowIdConflictPolicy // unspecified: fail
	OnConflict     *workflowpb.OnConflictOptions    // with use-existing
}

// StartReply names the run that the request started or found.
type StartReply struct {
	RunID   orchestration.RunID
	Started bool // false: an existing run was used, or the same request id had started it before
	Status  enumspb.WorkflowExecutionStatus
}
