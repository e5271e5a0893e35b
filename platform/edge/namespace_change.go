package edge

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// UpdateNamespace changes what a namespace says of itself, how long it keeps closed workflows, and whether it takes new ones. What is not set stays.
func (s *workflowService) UpdateNamespace(ctx context.Context, r *workflowservice.UpdateNamespaceRequest) (*workflowservice.UpdateNamespaceResponse, error) {
	if err := unbuiltChange(r); err != nil {
		return nil, err
	}
	info := r.GetUpdateInfo()
	change := tenants.Change{Description: unlessEmpty(info.GetDescription()), OwnerEmail: unlessEmpty(info.GetOwnerEmail()), Data: info.GetData(), State: tenants.State(info.GetState())}
	var c checks
	if wish := r.GetConfig().GetWorkflowExecutionRetentionTtl(); wish != nil {
		if change.Retention = tenants.Retention(c.duration("WorkflowExecutionRetentionTtl", wish)); change.Retention == 0 {
			c.fail("WorkflowExecutionRetentionTtl is not valid: it must not be zero.")
		}
	}
	if c.err != nil {
		return nil, c.err
	}
	n, err := s.namespaces.Update(ctx, r.GetNamespace(), change)
	if err != nil {
		return nil, directoryError(err)
	}
	d := describedNamespace(n)
	return &workflowservice.UpdateNamespaceResponse{NamespaceInfo: d.NamespaceInfo, Config: d.Config, ReplicationConfig: d.ReplicationConfig}, nil
}

// unbuiltChange names the first wish of r that this release cannot grant.
func unbuiltChange(r *workflowservice.UpdateNamespaceRequest) error {
	config := r.GetConfig()
	switch {
	case r.GetPromoteNamespace() || r.GetReplicationConfig() != nil:
		return notBuilt("A namespace in several clusters")
	case config.GetHistoryArchivalState() == enumspb.ARCHIVAL_STATE_ENABLED || config.GetVisibilityArchivalState() == enumspb.ARCHIVAL_STATE_ENABLED:
		return notBuilt("Archival")
	case len(config.GetBadBinaries().GetBinaries()) > 0 || r.GetDeleteBadBinary() != "":
		return notBuilt("A list of bad binaries")
	case len(config.GetCustomSearchAttributeAliases()) > 0:
		return notBuilt("An alias of a search attribute")
	}
	return nil
}

// DeprecateNamespace has a namespace take no new workflows. What runs goes on.
func (s *workflowService) DeprecateNamespace(ctx context.Context, r *workflowservice.DeprecateNamespaceRequest) (*workflowservice.DeprecateNamespaceResponse, error) {
	if _, err := s.namespaces.Update(ctx, r.GetNamespace(), tenants.Change{State: tenants.Deprecated}); err != nil {
		return nil, directoryError(err)
	}
	return &workflowservice.DeprecateNamespaceResponse{}, nil
}

// DeleteNamespace marks a namespace as deleted and gives it another name, by which the removal of its workflows can be followed.
func (s *operatorService) DeleteNamespace(ctx context.Context, r *operatorservice.DeleteNamespaceRequest) (*operatorservice.DeleteNamespaceResponse, error) {
	var c checks
	delay := c.duration("NamespaceDeleteDelay", r.GetNamespaceDeleteDelay())
	switch {
	case r.GetNamespace() == "" && r.GetNamespaceId() == "":
		c.fail("Namespace is not set on request.")
	case r.GetNamespace() != "" && r.GetNamespaceId() != "":
		c.fail("Namespace and NamespaceId are both set on request; only one of them can say which namespace is meant.")
	}
	if c.err != nil {
		return nil, c.err
	}
	name := r.GetNamespace()
	if name == "" {
		id, err := orchestration.ParseNamespaceID(r.GetNamespaceId())
		if err != nil {
			return nil, invalid("NamespaceId is not a valid UUID.")
		}
		n, err := s.namespaces.DescribeID(ctx, id)
		if err != nil {
			return nil, directoryError(err)
		}
		name = n.Name
	}
	n, err := s.namespaces.Delete(ctx, name, delay)
	if err != nil {
		return nil, directoryError(err)
	}
	return &operatorservice.DeleteNamespaceResponse{DeletedNamespace: n.Name}, nil
}

// unlessEmpty is a wish of the protocol, which cannot say that a text is to be empty.
func unlessEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
