package edge_test

import (
	"context"
	"strings"
	"testing"

	deploymentpb "go.temporal.io/api/deployment/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workerpb "go.temporal.io/api/worker/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/platform/edge"
)

// registry is what a test makes of the verbs about workers.
type registry struct {
	heard   []*workerpb.WorkerHeartbeat
	of      orchestration.NamespaceID
	worker  func(key string) (*workerpb.WorkerHeartbeat, error)
	workers func(engine.WorkersRequest) (engine.WorkersPage, error)
}

func (f *fakeEngine) HeardOf(ns orchestration.NamespaceID, heartbeats []*workerpb.WorkerHeartbeat) {
	f.of, f.heard = ns, append(f.heard, heartbeats...)
}

func (f *fakeEngine) Worker(_ context.Context, _ orchestration.NamespaceID, key string) (*workerpb.WorkerHeartbeat, error) {
	return f.worker(key)
}

func (f *fakeEngine) Workers(_ context.Context, r engine.WorkersRequest) (engine.WorkersPage, error) {
	return f.workers(r)
}

func (f *fakeEngine) CountWorkers(_ context.Context, r engine.WorkersRequest) (int64, error) {
	p, err := f.workers(r)
	return int64(len(p.Workers)), err
}

// told is a worker that says all that lists show.
var told = &workerpb.WorkerHeartbeat{
	WorkerInstanceKey: "key-1", WorkerIdentity: "me", TaskQueue: "transfers", SdkName: "temporal-go", SdkVersion: "1.50.0",
	HostInfo:          &workerpb.WorkerHostInfo{HostName: "host", WorkerGroupingKey: "group", ProcessId: "7", CurrentHostCpuUsage: 0.5},
	DeploymentVersion: &deploymentpb.WorkerDeploymentVersion{DeploymentName: "ledger", BuildId: "b1"},
	Status:            enumspb.WORKER_STATUS_RUNNING, StartTime: timestamppb.New(noon), HeartbeatTime: timestamppb.New(noon),
	Plugins: []*workerpb.PluginInfo{{Name: "p"}}, Drivers: []*workerpb.StorageDriverInfo{{Type: "d"}},
	WorkflowTaskSlotsInfo: &workerpb.WorkerSlotsInfo{CurrentUsedSlots: 3}, TotalStickyCacheHit: 9,
}

func TestWorkerHeartbeatsAreTakenWhole(t *testing.T) {
	w := newWorld(t)
	_, err := w.workflows.RecordWorkerHeartbeat(t.Context(), &workflowservice.RecordWorkerHeartbeatRequest{
		Namespace: "bank", Identity: "me", WorkerHeartbeat: []*workerpb.WorkerHeartbeat{told, {WorkerInstanceKey: "key-2"}},
	})
	if err != nil || len(w.engine.heard) != 2 || !proto.Equal(w.engine.heard[0], told) || w.engine.of != w.ns.ID {
		t.Errorf("%v: %v", err, w.engine.heard)
	}
	w.engine.heard = nil
	w.engine.workerGone = func(context.Context, engine.WorkerGone) error { return nil }
	for _, last := range []*workerpb.WorkerHeartbeat{told, nil, {}} { // a worker that sends no heartbeats says goodbye with an empty one
		if _, err := w.workflows.ShutdownWorker(t.Context(), &workflowservice.ShutdownWorkerRequest{Namespace: "bank", WorkerHeartbeat: last}); err != nil {
			t.Error(err)
		}
	}
	if len(w.engine.heard) != 1 || !proto.Equal(w.engine.heard[0], told) {
		t.Errorf("a worker's goodbye: %v", w.engine.heard)
	}
}

func TestWorkersAreListed(t *testing.T) {
	w := newWorld(t)
	var asked engine.WorkersRequest
	w.engine.workers = func(r engine.WorkersRequest) (engine.WorkersPage, error) {
		asked = r
		return engine.WorkersPage{Workers: []*workerpb.WorkerHeartbeat{{WorkerInstanceKey: "key-0"}, told}, More: true}, nil
	}
	list, err := w.workflows.ListWorkers(t.Context(), &workflowservice.ListWorkersRequest{
		Namespace: "bank", PageSize: 2, NextPageToken: []byte("key"), Query: "Status = 'Running'", IncludeSystemWorkers: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if asked != (engine.WorkersRequest{Namespace: w.ns.ID, Query: "Status = 'Running'", After: "key", Limit: 2}) {
		t.Errorf("%+v", asked)
	}
	want := &workerpb.WorkerListInfo{
		WorkerInstanceKey: "key-1", WorkerIdentity: "me", TaskQueue: "transfers", SdkName: "temporal-go", SdkVersion: "1.50.0", HostName: "host",
		WorkerGroupingKey: "group", ProcessId: "7", DeploymentVersion: told.DeploymentVersion, Status: told.Status, StartTime: told.StartTime,
		Plugins: told.Plugins, Drivers: told.Drivers,
	}
	if len(list.GetWorkers()) != 2 || !proto.Equal(list.Workers[1], want) || string(list.NextPageToken) != "key-1" {
		t.Errorf("%v", list)
	}
	if infos := list.GetWorkersInfo(); len(infos) != 2 || !proto.Equal(infos[1].GetWorkerHeartbeat(), told) { // what released clients read
		t.Errorf("%v", infos)
	}
	count, err := w.workflows.CountWorkers(t.Context(), &workflowservice.CountWorkersRequest{Namespace: "bank", Query: "q"})
	if err != nil || count.GetCount() != 2 || asked.Query != "q" {
		t.Errorf("%v, %v", count, err)
	}
}

func TestDescribeWorker(t *testing.T) {
	w := newWorld(t)
	w.engine.worker = func(key string) (*workerpb.WorkerHeartbeat, error) {
		if key != "key-1" {
			return nil, orchestration.Errorf(orchestration.NotFound, "worker not found")
		}
		return told, nil
	}
	d, err := w.workflows.DescribeWorker(t.Context(), &workflowservice.DescribeWorkerRequest{Namespace: "bank", WorkerInstanceKey: "key-1"})
	if err != nil || !proto.Equal(d.GetWorkerInfo().GetWorkerHeartbeat(), told) {
		t.Errorf("%v, %v", d, err)
	}
	_, err = w.workflows.DescribeWorker(t.Context(), &workflowservice.DescribeWorkerRequest{Namespace: "bank", WorkerInstanceKey: "other"})
	wantError[*serviceerror.NotFound](t, err, "worker not found")
	_, err = w.workflows.DescribeWorker(t.Context(), &workflowservice.DescribeWorkerRequest{Namespace: "bank"})
	wantError[*serviceerror.InvalidArgument](t, err, "WorkerInstanceKey is not set")
	_, err = w.workflows.ListWorkers(t.Context(), &workflowservice.ListWorkersRequest{Namespace: "bank", NextPageToken: make([]byte, orchestration.MaxIDLength+1)})
	wantError[*serviceerror.InvalidArgument](t, err, "NextPageToken is not valid")
}

func TestBadWorkerHeartbeats(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", orchestration.MaxIDLength+1)
	for words, h := range map[string]*workerpb.WorkerHeartbeat{
		"WorkerInstanceKey is not set":                  {},
		"WorkerInstanceKey length exceeds limit":        {WorkerInstanceKey: long},
		"WorkerInstanceKey contains a NUL":              {WorkerInstanceKey: "a\x00"},
		"WorkerIdentity length exceeds limit":           {WorkerInstanceKey: "k", WorkerIdentity: long},
		"TaskQueue length exceeds limit":                {WorkerInstanceKey: "k", TaskQueue: long},
		"Status has the unknown value 77":               {WorkerInstanceKey: "k", Status: 77},
		"StartTime is not a valid time":                 {WorkerInstanceKey: "k", StartTime: &timestamppb.Timestamp{Nanos: -1}},
		"HeartbeatTime is not a valid time":             {WorkerInstanceKey: "k", HeartbeatTime: &timestamppb.Timestamp{Nanos: -1}},
		"Blob data size exceeds limit. WorkerHeartbeat": {WorkerInstanceKey: "k", SdkName: strings.Repeat("x", edge.MaxWorkerHeartbeatSize)},
	} {
		_, err := w.workflows.RecordWorkerHeartbeat(t.Context(), &workflowservice.RecordWorkerHeartbeatRequest{
			Namespace: "bank", WorkerHeartbeat: []*workerpb.WorkerHeartbeat{told, h},
		})
		wantError[*serviceerror.InvalidArgument](t, err, words)
		if h.WorkerInstanceKey != "" {
			_, err = w.workflows.ShutdownWorker(t.Context(), &workflowservice.ShutdownWorkerRequest{Namespace: "bank", WorkerHeartbeat: h})
			wantError[*serviceerror.InvalidArgument](t, err, words)
		}
	}
	many := &workflowservice.RecordWorkerHeartbeatRequest{Namespace: "bank"}
	for range edge.MaxWorkerHeartbeats + 1 {
		many.WorkerHeartbeat = append(many.WorkerHeartbeat, told)
	}
	_, err := w.workflows.RecordWorkerHeartbeat(t.Context(), many)
	wantError[*serviceerror.InvalidArgument](t, err, "Number of worker heartbeats exceeds limit")
	if w.engine.heard != nil {
		t.Errorf("a request was half obeyed: %v", w.engine.heard)
	}
}
