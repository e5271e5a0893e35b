package edge

import (
	"context"

	commandpb "go.temporal.io/api/command/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/tenants"
)

// reachable tells whether runs of one namespace may start, signal and cancel runs of another one, and which that is: where callers prove who they are, both
// namespaces have to say so. One that is not within reach is, for workflow code, not there.
func (s *workflowService) reachable(ctx context.Context, own namespace, name string) (id orchestration.NamespaceID, ok bool, err error) {
	found, err := s.namespaces.ByName(ctx, name)
	switch orchestration.CodeOf(err) {
	case orchestration.NamespaceNotFound, orchestration.InvalidArgument:
		return id, false, nil
	}
	if err != nil {
		return id, false, directoryError(err)
	}
	if p := tenants.PrincipalOf(ctx); p != nil && p.Credential.Kind == tenants.NoCredential {
		return found.ID, true, nil
	}
	from, err := s.namespaces.ByName(ctx, own.name)
	return found.ID, err == nil && from.Reaches(found), directoryError(err)
}

// resolveNames looks up the namespaces that commands name. Errors: of the directory's store.
func (s *workflowService) resolveNames(ctx context.Context, own namespace, commands []*commandpb.Command) (history.Namespaces, error) {
	names := history.Namespaces{Own: own.name}
	for _, c := range commands {
		name := namedBy(c)
		if _, known := names.Others[name]; name == "" || name == own.name || known {
			continue
		}
		id, ok, err := s.reachable(ctx, own, name)
		if err != nil {
			return names, err
		}
		if !ok {
			continue
		}
		if names.Others == nil {
			names.Others = map[string]orchestration.NamespaceID{}
		}
		names.Others[name] = id
	}
	return names, nil
}

// namedBy is the namespace that a command names; "": none, or its run's own.
func namedBy(c *commandpb.Command) string {
	if a := c.GetStartChildWorkflowExecutionCommandAttributes(); a != nil {
		return a.GetNamespace()
	}
	if a := c.GetSignalExternalWorkflowExecutionCommandAttributes(); a != nil {
		return a.GetNamespace()
	}
	return c.GetRequestCancelExternalWorkflowExecutionCommandAttributes().GetNamespace()
}
