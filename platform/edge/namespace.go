package edge

import (
	"context"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	replicationpb "go.temporal.io/api/replication/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/tenants"
)

// Directory is what the edge asks of the namespaces; *tenants.Directory is one. Errors are *orchestration.Error or the store's own.
type Directory interface {
	Register(context.Context, tenants.Registration) (tenants.Namespace, error)
	Describe(ctx context.Context, name string) (tenants.Namespace, error)
	DescribeID(context.Context, orchestration.NamespaceID) (tenants.Namespace, error)
	// ByName may answer from memory; every call of a client asks it.
	ByName(ctx context.Context, name string) (tenants.Namespace, error)
	List(ctx context.Context, after string, limit int) ([]tenants.Namespace, error)
	ListOf(ctx context.Context, t tenants.TenantID, after string, limit int) ([]tenants.Namespace, error)
	AddSearchAttributes(ctx context.Context, name string, add search.Attributes) error
	RemoveSearchAttributes(ctx context.Context, name string, remove []string) error
	Update(ctx context.Context, name string, change tenants.Change) (tenants.Namespace, error)
	// Delete keeps the record of the namespace for a time at least.
	Delete(ctx context.Context, name string, keep time.Duration) (tenants.Namespace, error)
}

// listedNamespaces is the page size of ListNamespaces when the caller wishes none.
const listedNamespaces = 100

// RegisterNamespace founds a namespace.
func (s *workflowService) RegisterNamespace(ctx context.Context, r *workflowservice.RegisterNamespaceRequest) (*workflowservice.RegisterNamespaceResponse, error) {
	var c checks
	registration := tenants.Registration{
		Name:        r.GetNamespace(),
		Description: r.GetDescription(),
		OwnerEmail:  r.GetOwnerEmail(),
		Data:        r.GetData(),
		Retention:   tenants.Retention(c.duration("WorkflowExecutionRetentionPeriod", r.GetWorkflowExecutionRetentionPeriod())),
	}
	if c.err != nil {
		return nil, c.err
	}
	if err := unbuiltRegistration(r); err != nil {
		return nil, err
	}
	registration.Tenant = namespaceOf(ctx).tenant
	if registration.Tenant != tenants.DefaultTenant && strings.Count(r.GetNamespace(), ".") > 1 {
		return nil, invalid("Namespace %q has a dot in its own name: a tenant's namespace is called <name>.<tenant>.", clip(r.GetNamespace()))
	}
	if _, err := s.namespaces.Register(ctx, registration); err != nil {
		return nil, directoryError(err)
	}
	return &workflowservice.RegisterNamespaceResponse{}, nil
}

// unbuiltRegistration names the first wish of r that this release cannot grant.
func unbuiltRegistration(r *workflowservice.RegisterNamespaceRequest) error {
	switch {
	case r.GetIsGlobalNamespace() || len(r.GetClusters()) > 1:
		return notBuilt("A namespace in several clusters")
	case r.GetHistoryArchivalState() == enumspb.ARCHIVAL_STATE_ENABLED || r.GetVisibilityArchivalState() == enumspb.ARCHIVAL_STATE_ENABLED:
		return notBuilt("Archival")
	}
	return nil
}

// DescribeNamespace shows a namespace, by name or by id.
func (s *workflowService) DescribeNamespace(ctx context.Context, r *workflowservice.DescribeNamespaceRequest) (*workflowservice.DescribeNamespaceResponse, error) {
	var n tenants.Namespace
	var err error
	if r.GetNamespace() == "" && r.GetId() != "" {
		id, bad := orchestration.ParseNamespaceID(r.GetId())
		if bad != nil {
			return nil, invalid("Id is not a valid UUID.")
		}
		n, err = s.namespaces.DescribeID(ctx, id)
	} else {
		n, err = s.namespaces.Describe(ctx, r.GetNamespace())
	}
	if err != nil {
		return nil, directoryError(err)
	}
	return describedNamespace(n), nil
}

// ListNamespaces lists the namespaces that the caller may see, by name. The page token is the last name of the page before.
func (s *workflowService) ListNamespaces(ctx context.Context, r *workflowservice.ListNamespacesRequest) (*workflowservice.ListNamespacesResponse, error) {
	after := string(r.GetNextPageToken())
	if after != "" && tenants.ValidateName(after) != nil {
		return nil, invalid("NextPageToken is not valid.")
	}
	size := page(r.GetPageSize())
	if size == 0 {
		size = listedNamespaces
	}
	found, next, err := s.seenNamespaces(ctx, tenants.PrincipalOf(ctx), after, size)
	if err != nil {
		return nil, directoryError(err)
	}
	resp := &workflowservice.ListNamespacesResponse{NextPageToken: []byte(next)}
	for _, n := range found {
		if n.State != tenants.Deleted || r.GetNamespaceFilter().GetIncludeDeleted() {
			resp.Namespaces = append(resp.Namespaces, describedNamespace(n))
		}
	}
	return resp, nil
}

// describedNamespace is the protocol's form of a namespace. A capability is true only if this release has it; SDK workers obey the limits.
func describedNamespace(n tenants.Namespace) *workflowservice.DescribeNamespaceResponse {
	return &workflowservice.DescribeNamespaceResponse{
		NamespaceInfo: &namespacepb.NamespaceInfo{
			Name:        n.Name,
			State:       enumspb.NamespaceState(n.State),
			Description: n.Description,
			OwnerEmail:  n.OwnerEmail,
			Data:        n.Data,
			Id:          n.ID.String(),
			Capabilities: &namespacepb.NamespaceInfo_Capabilities{
				WorkerPollCompleteOnShutdown: true, WorkerHeartbeats: true, SyncUpdate: true, AsyncUpdate: true,
				PollerAutoscaling: true, PollerAutoscalingAutoEnroll: true,
			},
			Limits: &namespacepb.NamespaceInfo_Limits{
				BlobSizeLimitError: orchestration.MaxPayloadSize,
				MemoSizeLimitError: orchestration.MaxMemoSize,
			},
		},
		Config: &namespacepb.NamespaceConfig{
			WorkflowExecutionRetentionTtl: durationpb.New(time.Duration(n.Retention)),
			HistoryArchivalState:          enumspb.ARCHIVAL_STATE_DISABLED,
			VisibilityArchivalState:       enumspb.ARCHIVAL_STATE_DISABLED,
		},
		ReplicationConfig: &replicationpb.NamespaceReplicationConfig{
			ActiveClusterName: clusterName,
			Clusters:          []*replicationpb.ClusterReplicationConfig{{ClusterName: clusterName}},
		},
	}
}
