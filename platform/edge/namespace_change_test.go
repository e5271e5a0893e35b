package edge_test

import (
	"context"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/operatorservice/v1"
	replicationpb "go.temporal.io/api/replication/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

func TestUpdateNamespace(t *testing.T) {
	w := newWorld(t)
	got, err := w.workflows.UpdateNamespace(t.Context(), &workflowservice.UpdateNamespaceRequest{
		Namespace:  "bank",
		UpdateInfo: &namespacepb.UpdateNamespaceInfo{Description: "new", OwnerEmail: "new@example.org", Data: map[string]string{"k": "v"}},
		Config:     &namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(72 * time.Hour)},
	})
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.workflows.DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: "bank"})
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range []*namespacepb.NamespaceInfo{got.NamespaceInfo, d.NamespaceInfo} {
		if info.Description != "new" || info.OwnerEmail != "new@example.org" || info.Data["k"] != "v" || info.Id != w.ns.ID.String() {
			t.Errorf("%v", info)
		}
	}
	if got.Config.WorkflowExecutionRetentionTtl.AsDuration() != 72*time.Hour || d.Config.WorkflowExecutionRetentionTtl.AsDuration() != 72*time.Hour {
		t.Errorf("retention %v and %v", got.Config, d.Config)
	}
	kept, err := w.workflows.UpdateNamespace(t.Context(), &workflowservice.UpdateNamespaceRequest{
		Namespace: "bank", UpdateInfo: &namespacepb.UpdateNamespaceInfo{Data: map[string]string{"l": "w"}},
	})
	if err != nil || kept.NamespaceInfo.Description != "new" || len(kept.NamespaceInfo.Data) != 2 {
		t.Errorf("%v, %v", kept, err)
	}
}

func TestBadNamespaceChanges(t *testing.T) {
	w := newWorld(t)
	config := func(c *namespacepb.NamespaceConfig) *workflowservice.UpdateNamespaceRequest {
		return &workflowservice.UpdateNamespaceRequest{Namespace: "bank", Config: c}
	}
	state := func(s enumspb.NamespaceState) *workflowservice.UpdateNamespaceRequest {
		return &workflowservice.UpdateNamespaceRequest{Namespace: "bank", UpdateInfo: &namespacepb.UpdateNamespaceInfo{State: s}}
	}
	for name, c := range map[string]struct {
		req  *workflowservice.UpdateNamespaceRequest
		code codes.Code
		says string
	}{
		"no name":         {&workflowservice.UpdateNamespaceRequest{}, codes.InvalidArgument, "Namespace is not set"},
		"unknown":         {&workflowservice.UpdateNamespaceRequest{Namespace: "missing"}, codes.NotFound, "missing"},
		"no retention":    {config(&namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(0)}), codes.InvalidArgument, "must not be zero"},
		"short retention": {config(&namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(time.Hour)}), codes.InvalidArgument, "too short"},
		"deleted":         {state(enumspb.NAMESPACE_STATE_DELETED), codes.InvalidArgument, "DeleteNamespace"},
		"archival":        {config(&namespacepb.NamespaceConfig{HistoryArchivalState: enumspb.ARCHIVAL_STATE_ENABLED}), codes.Unimplemented, "Archival"},
		"bad binaries":    {&workflowservice.UpdateNamespaceRequest{Namespace: "bank", DeleteBadBinary: "x"}, codes.Unimplemented, "bad binaries"},
		"aliases":         {config(&namespacepb.NamespaceConfig{CustomSearchAttributeAliases: map[string]string{"a": "b"}}), codes.Unimplemented, "alias"},
		"promotion":       {&workflowservice.UpdateNamespaceRequest{Namespace: "bank", PromoteNamespace: true}, codes.Unimplemented, "several clusters"},
		"replication": {&workflowservice.UpdateNamespaceRequest{
			Namespace: "bank", ReplicationConfig: &replicationpb.NamespaceReplicationConfig{ActiveClusterName: "other"},
		}, codes.Unimplemented, "several clusters"},
	} {
		_, err := w.workflows.UpdateNamespace(t.Context(), c.req)
		if status.Code(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %v that says %q", name, err, c.code, c.says)
		}
	}
	for name, r := range map[string]*operatorservice.DeleteNamespaceRequest{
		"neither":  {},
		"both":     {Namespace: "bank", NamespaceId: w.ns.ID.String()},
		"no id":    {NamespaceId: "x"},
		"negative": {Namespace: "bank", NamespaceDeleteDelay: durationpb.New(-1)},
	} {
		if _, err := w.operators.DeleteNamespace(t.Context(), r); status.Code(err) != codes.InvalidArgument {
			t.Errorf("deletion with %s: %v", name, err)
		}
	}
	if _, err := w.operators.DeleteNamespace(t.Context(), &operatorservice.DeleteNamespaceRequest{NamespaceId: orchestration.NamespaceID{9}.String()}); status.Code(err) != codes.NotFound {
		t.Errorf("deletion of none: %v", err)
	}
}

func TestDeprecatedNamespaceStartsNothing(t *testing.T) {
	w := newWorld(t)
	if _, err := w.workflows.DeprecateNamespace(t.Context(), &workflowservice.DeprecateNamespaceRequest{Namespace: "bank"}); err != nil {
		t.Fatal(err)
	}
	_, err := w.workflows.StartWorkflowExecution(t.Context(), goodStart())
	wantError[*serviceerror.NamespaceInvalidState](t, err, "Namespace has invalid state: Deprecated. Must be Registered.")
	w.engine.describe = func(context.Context, orchestration.RunKey) (*engine.Description, error) {
		return nil, orchestration.Errorf(orchestration.NotFound, "asked")
	}
	_, err = w.workflows.DescribeWorkflowExecution(t.Context(), &workflowservice.DescribeWorkflowExecutionRequest{Namespace: "bank", Execution: runOfBank})
	wantError[*serviceerror.NotFound](t, err, "asked")
}

func TestDeletedNamespaceShowsItsListsOnly(t *testing.T) {
	w := newWorld(t)
	deleted, err := w.operators.DeleteNamespace(t.Context(), &operatorservice.DeleteNamespaceRequest{NamespaceId: w.ns.ID.String()})
	if err != nil {
		t.Fatal(err)
	}
	name := deleted.DeletedNamespace
	_, err = w.workflows.DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: "bank"})
	wantError[*serviceerror.NamespaceNotFound](t, err, "Namespace bank is not found.")
	d, err := w.workflows.DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: name})
	if err != nil || d.NamespaceInfo.State != enumspb.NAMESPACE_STATE_DELETED {
		t.Errorf("%v, %v", d, err)
	}
	w.engine.count = func(context.Context, engine.ListRequest) (engine.RunCount, error) {
		return engine.RunCount{Count: 3}, nil
	}
	n, err := w.workflows.CountWorkflowExecutions(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Namespace: name})
	if err != nil || n.Count != 3 {
		t.Errorf("%v, %v", n, err)
	}
	start := goodStart()
	start.Namespace = name
	_, err = w.workflows.StartWorkflowExecution(t.Context(), start)
	wantError[*serviceerror.NamespaceInvalidState](t, err, "Namespace has invalid state: Deleted. Must be Registered.")
	_, err = w.workflows.DescribeWorkflowExecution(t.Context(), &workflowservice.DescribeWorkflowExecutionRequest{Namespace: name, Execution: runOfBank})
	wantError[*serviceerror.NamespaceInvalidState](t, err, "Namespace has invalid state: Deleted. Must be Registered or Deprecated.")
}
