package edge

import (
	"context"

	commandpb "go.temporal.io/api/command/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// reachable tells whether runs of one namespace may start, signal and cancel runs of another one, and which that is. Every namespace of the installation
// is within reach; who is to keep some apart decides it here, for every command that names a namespace. One that is not within reach is, for
// workflow code, not there.
func (s *workflowService) reachable(ctx context.Context, _ namespace, name string) (id orchestration.NamespaceID, ok bool, err error) {
	found, err := s.namespaces.ByName(ctx, name)
	switch orchestration.CodeOf(err) {
	case orchestration.NamespaceNotFound, orchestration.InvalidArgument:
		return id, false, nil
	}
	return found.ID, err == nil, directoryError(err)
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
