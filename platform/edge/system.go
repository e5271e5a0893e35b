package edge

import (
	"context"

	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// GetSystemInfo tells clients what they may count on; SDKs ask first of all. A capability is true only if this release has it.
func (s *workflowService) GetSystemInfo(context.Context, *workflowservice.GetSystemInfoRequest) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{
		ServerVersion: s.version,
		Capabilities: &workflowservice.GetSystemInfoResponse_Capabilities{
			SignalAndQueryHeader:            true,
			InternalErrorDifferentiation:    true,
			ActivityFailureIncludeHeartbeat: true,
			EncodedFailureAttributes:        true,
			UpsertMemo:                      true,
			SdkMetadata:                     true,
			EagerWorkflowStart:              true,
		},
	}, nil
}

// GetClusterInfo describes the installation.
func (s *workflowService) GetClusterInfo(context.Context, *workflowservice.GetClusterInfoRequest) (*workflowservice.GetClusterInfoResponse, error) {
	return &workflowservice.GetClusterInfoResponse{
		ServerVersion:     s.version,
		ClusterId:         s.clusterID,
		ClusterName:       clusterName,
		HistoryShardCount: orchestration.Shards,
		PersistenceStore:  s.storage,
		VisibilityStore:   s.storage,
	}, nil
}

// clusterName is what clients see as the one cluster of an installation.
const clusterName = "active"
