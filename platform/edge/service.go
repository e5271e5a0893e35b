package edge

import (
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// workflowService answers WorkflowService. Its methods are in one file per family; what it lacks, refuseUnbuilt answers before it is reached.
type workflowService struct {
	workflowservice.UnimplementedWorkflowServiceServer
	engine     Engine
	batches    Batches
	namespaces Directory
	patience   patience
	version    string
	clusterID  string
	storage    string
	host       string
}

// operatorService answers OperatorService.
type operatorService struct {
	operatorservice.UnimplementedOperatorServiceServer
	namespaces Directory
}
