package engine

import (
	querypb "go.temporal.io/api/query/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// WorkflowTaskAnswer is a worker's completion of a workflow task.
type WorkflowTaskAnswer struct {
	Token     orchestration.TaskToken
	Answer    history.CompleteWorkflowTask // its WorkflowTaskRef is taken from the token
	Queries   map[string]*querypb.WorkflowQueryResult
	ReturnNew bool // start a new workflow task, if there is one, inline
}

// WorkflowTaskAccepted is the engine's reply.
type WorkflowTaskAccepted struct {
	New        *WorkflowTask   // with ReturnNew
	Activities []*ActivityTask // eager ones, started
}
