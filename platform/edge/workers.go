package edge

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	workerpb "go.temporal.io/api/worker/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// RecordWorkerHeartbeat takes what workers say of themselves.
func (s *workflowService) RecordWorkerHeartbeat(ctx context.Context, r *workflowservice.RecordWorkerHeartbeatRequest) (*workflowservice.RecordWorkerHeartbeatResponse, error) {
	var c checks
	c.id("Identity", r.GetIdentity())
	if n := len(r.GetWorkerHeartbeat()); n > MaxWorkerHeartbeats {
		c.fail("Number of worker heartbeats exceeds limit: %d are given, at most %d are allowed.", n, MaxWorkerHeartbeats)
	}
	for _, h := range r.GetWorkerHeartbeat() {
		c.workerHeartbeat(h)
	}
	if c.err != nil {
		return nil, c.err
	}
	s.engine.HeardOf(namespaceOf(ctx).id, r.GetWorkerHeartbeat())
	return &workflowservice.RecordWorkerHeartbeatResponse{}, nil
}

// workerHeartbeat demands a worker that can be told from others, and few words.
func (c *checks) workerHeartbeat(h *workerpb.WorkerHeartbeat) {
	c.required("WorkerInstanceKey", h.GetWorkerInstanceKey())
	c.id("WorkerIdentity", h.GetWorkerIdentity())
	c.id("TaskQueue", h.GetTaskQueue())
	c.known("Status", int32(h.GetStatus()), enumspb.WorkerStatus_name)
	c.moment("StartTime", h.GetStartTime())
	c.moment("HeartbeatTime", h.GetHeartbeatTime())
	c.size("WorkerHeartbeat", proto.Size(h), MaxWorkerHeartbeatSize)
}

// moment demands a time that there is; it may be unset.
func (c *checks) moment(field string, t *timestamppb.Timestamp) {
	if t != nil && t.CheckValid() != nil {
		c.fail("%s is not a valid time.", field)
	}
}

// ListWorkers lists workers that were heard of lately, by instance key. The page token is the last key of the page before.
func (s *workflowService) ListWorkers(ctx context.Context, r *workflowservice.ListWorkersRequest) (*workflowservice.ListWorkersResponse, error) {
	var c checks
	after := string(r.GetNextPageToken())
	if len(after) > orchestration.MaxIDLength {
		c.fail("NextPageToken is not valid.")
	}
	if c.err != nil {
		return nil, c.err
	}
	p, err := s.engine.Workers(ctx, engine.WorkersRequest{Namespace: namespaceOf(ctx).id, Query: r.GetQuery(), After: after, Limit: page(r.GetPageSize())})
	if err != nil {
		return nil, err
	}
	resp := &workflowservice.ListWorkersResponse{}
	for _, h := range p.Workers {
		resp.WorkersInfo = append(resp.WorkersInfo, &workerpb.WorkerInfo{WorkerHeartbeat: h}) // deprecated, but what released clients read
		resp.Workers = append(resp.Workers, listedWorker(h))
	}
	if p.More {
		resp.NextPageToken = []byte(p.Workers[len(p.Workers)-1].GetWorkerInstanceKey())
	}
	return resp, nil
}

// listedWorker is what a list says of a worker.
func listedWorker(h *workerpb.WorkerHeartbeat) *workerpb.WorkerListInfo {
	return &workerpb.WorkerListInfo{
		WorkerInstanceKey: h.GetWorkerInstanceKey(),
		WorkerIdentity:    h.GetWorkerIdentity(),
		TaskQueue:         h.GetTaskQueue(),
		DeploymentVersion: h.GetDeploymentVersion(),
		SdkName:           h.GetSdkName(),
		SdkVersion:        h.GetSdkVersion(),
		Status:            h.GetStatus(),
		StartTime:         h.GetStartTime(),
		HostName:          h.GetHostInfo().GetHostName(),
		WorkerGroupingKey: h.GetHostInfo().GetWorkerGroupingKey(),
		ProcessId:         h.GetHostInfo().GetProcessId(),
		Plugins:           h.GetPlugins(),
		Drivers:           h.GetDrivers(),
	}
}

// CountWorkers counts what ListWorkers lists.
func (s *workflowService) CountWorkers(ctx context.Context, r *workflowservice.CountWorkersRequest) (*workflowservice.CountWorkersResponse, error) {
	n, err := s.engine.CountWorkers(ctx, engine.WorkersRequest{Namespace: namespaceOf(ctx).id, Query: r.GetQuery()})
	if err != nil {
		return nil, err
	}
	return &workflowservice.CountWorkersResponse{Count: n}, nil
}

// DescribeWorker shows the last that a worker said of itself.
func (s *workflowService) DescribeWorker(ctx context.Context, r *workflowservice.DescribeWorkerRequest) (*workflowservice.DescribeWorkerResponse, error) {
	var c checks
	c.required("WorkerInstanceKey", r.GetWorkerInstanceKey())
	if c.err != nil {
		return nil, c.err
	}
	h, err := s.engine.Worker(ctx, namespaceOf(ctx).id, r.GetWorkerInstanceKey())
	if err != nil {
		return nil, err
	}
	return &workflowservice.DescribeWorkerResponse{WorkerInfo: &workerpb.WorkerInfo{WorkerHeartbeat: h}}, nil
}
