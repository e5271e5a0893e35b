package edge_test

import (
	"context"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding/gzip"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/stats"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/tenants"
)

func TestSystemInfoTellsOnlyWhatIsTrue(t *testing.T) {
	w := newWorld(t)
	got, err := w.workflows.GetSystemInfo(t.Context(), &workflowservice.GetSystemInfoRequest{})
	if err != nil {
		t.Fatal(err)
	}
	want := &workflowservice.GetSystemInfoResponse{
		ServerVersion: "1.2.3",
		Capabilities: &workflowservice.GetSystemInfoResponse_Capabilities{
			SignalAndQueryHeader: true, InternalErrorDifferentiation: true, ActivityFailureIncludeHeartbeat: true,
			EncodedFailureAttributes: true, UpsertMemo: true, EagerWorkflowStart: true, SdkMetadata: true,
		},
	}
	if !proto.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestClusterInfo(t *testing.T) {
	w := newWorld(t)
	got, err := w.workflows.GetClusterInfo(t.Context(), &workflowservice.GetClusterInfoRequest{})
	if err != nil || got.GetServerVersion() != "1.2.3" || got.GetClusterId() != "c-1" || got.GetClusterName() == "" ||
		got.GetHistoryShardCount() != orchestration.Shards || got.GetPersistenceStore() != "sqlite" || got.GetVisibilityStore() != "sqlite" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestNamespaces(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"a", "c", "z"} {
		_, err := w.workflows.RegisterNamespace(t.Context(), &workflowservice.RegisterNamespaceRequest{
			Namespace: name, Description: "of " + name, OwnerEmail: name + "@example.org", Data: map[string]string{"k": name},
			WorkflowExecutionRetentionPeriod: durationpb.New(72 * time.Hour),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	byName, err := w.workflows.DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: "c"})
	if err != nil {
		t.Fatal(err)
	}
	info := byName.GetNamespaceInfo()
	if info.GetName() != "c" || info.GetState() != enumspb.NAMESPACE_STATE_REGISTERED || info.GetDescription() != "of c" || info.GetOwnerEmail() != "c@example.org" ||
		info.GetData()["k"] != "c" || byName.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() != 72*time.Hour || byName.GetIsGlobalNamespace() {
		t.Errorf("%v", byName)
	}
	if info.GetLimits().GetBlobSizeLimitError() != orchestration.MaxPayloadSize || info.GetLimits().GetMemoSizeLimitError() != orchestration.MaxMemoSize {
		t.Errorf("limits %v", info.GetLimits())
	}
	if want := (&namespacepb.NamespaceInfo_Capabilities{
		WorkerPollCompleteOnShutdown: true, WorkerHeartbeats: true, SyncUpdate: true, AsyncUpdate: true, PollerAutoscaling: true, PollerAutoscalingAutoEnroll: true,
	}); !proto.Equal(info.GetCapabilities(), want) {
		t.Errorf("capabilities %v", info.GetCapabilities())
	}
	byID, err := w.workflows.DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Id: info.GetId()})
	if err != nil || !proto.Equal(byID, byName) {
		t.Errorf("%v, %v", byID, err)
	}
}

func TestListNamespacesByPage(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"a", "c", "z"} {
		r := &workflowservice.RegisterNamespaceRequest{Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour)}
		if _, err := w.workflows.RegisterNamespace(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	var token []byte
	for page := 0; page == 0 || len(token) > 0; page++ {
		resp, err := w.workflows.ListNamespaces(t.Context(), &workflowservice.ListNamespacesRequest{PageSize: 3, NextPageToken: token})
		if err != nil || page > 1 {
			t.Fatalf("page %d: %v", page, err)
		}
		for _, n := range resp.GetNamespaces() {
			names = append(names, n.GetNamespaceInfo().GetName())
		}
		token = resp.GetNextPageToken()
	}
	if len(names) != 4 || names[0] != "a" || names[1] != "bank" || names[3] != "z" {
		t.Errorf("names %v", names)
	}
}

func TestWorkerGoneAndResetSticky(t *testing.T) {
	w := newWorld(t)
	w.engine.workerGone = func(_ context.Context, g engine.WorkerGone) error {
		if g != (engine.WorkerGone{Namespace: w.ns.ID, StickyQueue: "me:sticky", InstanceKey: "key-1", Identity: "me", TaskQueue: "transfers"}) {
			t.Errorf("%+v", g)
		}
		return nil
	}
	w.engine.resetSticky = func(_ context.Context, run orchestration.RunKey) error {
		if run.WorkflowID != "transfer-1" {
			t.Errorf("%v", run)
		}
		return nil
	}
	_, err := w.workflows.ShutdownWorker(t.Context(), &workflowservice.ShutdownWorkerRequest{
		Namespace: "bank", StickyTaskQueue: "me:sticky", WorkerInstanceKey: "key-1", Identity: "me", TaskQueue: "transfers",
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := w.workflows.ResetStickyTaskQueue(t.Context(), &workflowservice.ResetStickyTaskQueueRequest{Namespace: "bank", Execution: runOfBank}); err != nil {
		t.Error(err)
	}
}

func TestDescribeTaskQueue(t *testing.T) {
	w := newWorld(t)
	var kinds []enumspb.TaskQueueType
	w.engine.describeQueue = func(_ context.Context, r engine.QueueRequest) (engine.QueueDescription, error) {
		if r.Namespace != w.ns.ID || r.Queue != "transfers" {
			t.Errorf("%+v", r)
		}
		kinds = append(kinds, r.Kind)
		return engine.QueueDescription{
			Pollers: []*taskqueuepb.PollerInfo{{Identity: "me"}},
			Stats:   &taskqueuepb.TaskQueueStats{ApproximateBacklogCount: 7},
		}, nil
	}
	describe := func(change func(*workflowservice.DescribeTaskQueueRequest)) *workflowservice.DescribeTaskQueueResponse {
		t.Helper()
		r := &workflowservice.DescribeTaskQueueRequest{Namespace: "bank", TaskQueue: &taskqueuepb.TaskQueue{Name: "transfers"}}
		change(r)
		kinds = nil
		resp, err := w.workflows.DescribeTaskQueue(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	plain := describe(func(*workflowservice.DescribeTaskQueueRequest) {})
	if len(plain.GetPollers()) != 1 || plain.GetStats() != nil || plain.GetTaskQueueStatus() != nil || kinds[0] != enumspb.TASK_QUEUE_TYPE_WORKFLOW {
		t.Errorf("%v of %v", plain, kinds)
	}
	stats := describe(func(r *workflowservice.DescribeTaskQueueRequest) {
		r.TaskQueueType, r.ReportStats, r.IncludeTaskQueueStatus = enumspb.TASK_QUEUE_TYPE_ACTIVITY, true, true
	})
	if stats.GetStats().GetApproximateBacklogCount() != 7 || stats.GetTaskQueueStatus().GetBacklogCountHint() != 7 || kinds[0] != enumspb.TASK_QUEUE_TYPE_ACTIVITY {
		t.Errorf("%v of %v", stats, kinds)
	}
	enhanced := describe(func(r *workflowservice.DescribeTaskQueueRequest) {
		r.ApiMode, r.ReportStats, r.ReportPollers = enumspb.DESCRIBE_TASK_QUEUE_MODE_ENHANCED, true, true
	})
	infos := enhanced.GetVersionsInfo()[""].GetTypesInfo()
	if len(infos) != 2 || len(infos[1].GetPollers()) != 1 || infos[2].GetStats().GetApproximateBacklogCount() != 7 {
		t.Errorf("%v", enhanced)
	}
	nexus := describe(func(r *workflowservice.DescribeTaskQueueRequest) {
		r.ApiMode, r.TaskQueueTypes, r.ReportStats = enumspb.DESCRIBE_TASK_QUEUE_MODE_ENHANCED, []enumspb.TaskQueueType{enumspb.TASK_QUEUE_TYPE_NEXUS}, true
	})
	if info := nexus.GetVersionsInfo()[""].GetTypesInfo()[3]; info.GetStats() == nil || len(kinds) != 0 {
		t.Errorf("%v of %v: nothing is known of such queues, and nobody is asked", info, kinds)
	}
}

// received notes how many bytes an answer had on the wire, and how many it meant.
type received struct{ wire, plain int }

func (r *received) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context   { return ctx }
func (r *received) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (r *received) HandleConn(context.Context, stats.ConnStats)                       {}
func (r *received) HandleRPC(_ context.Context, s stats.RPCStats) {
	if in, ok := s.(*stats.InPayload); ok {
		r.wire, r.plain = in.CompressedLength, in.Length
	}
}

func TestOnlyLargeAnswersAreCompressed(t *testing.T) {
	var got received
	w := newWorld(t, grpc.WithDefaultCallOptions(grpc.UseCompressor(gzip.Name)), grpc.WithStatsHandler(&got))
	if _, err := w.workflows.GetSystemInfo(t.Context(), &workflowservice.GetSystemInfoRequest{}); err != nil {
		t.Fatal(err)
	}
	if got.wire != got.plain {
		t.Errorf("a small answer of %d bytes came compressed to %d", got.plain, got.wire)
	}
	w.engine.query = func(context.Context, engine.QueryRequest) (engine.QueryReply, error) {
		return engine.QueryReply{Result: payloads(1 << 20)}, nil
	}
	if _, err := w.workflows.QueryWorkflow(t.Context(), progress()); err != nil {
		t.Fatal(err)
	}
	if got.wire > got.plain/10 {
		t.Errorf("a large answer of %d bytes came in %d", got.plain, got.wire)
	}
}

func TestReflection(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stream, err := reflectionpb.NewServerReflectionClient(w.conn).ServerReflectionInfo(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}}); err != nil {
		t.Fatal(err)
	}
	resp, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, s := range resp.GetListServicesResponse().GetService() {
		names[s.GetName()] = true
	}
	for _, want := range []string{"temporal.api.workflowservice.v1.WorkflowService", "temporal.api.operatorservice.v1.OperatorService", "grpc.health.v1.Health"} {
		if !names[want] {
			t.Errorf("%s is not listed: %v", want, names)
		}
	}
}

func TestRetentionIsCapped(t *testing.T) {
	w := newWorld(t)
	r := &workflowservice.RegisterNamespaceRequest{Namespace: "archive", WorkflowExecutionRetentionPeriod: durationpb.New(250 * 365 * 24 * time.Hour)}
	if _, err := w.workflows.RegisterNamespace(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	got, err := w.workflows.DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: "archive"})
	if err != nil || got.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() != time.Duration(tenants.MaxRetention) {
		t.Errorf("%v, %v", got, err)
	}
}
