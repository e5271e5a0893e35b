package edge

import (
	"context"

	"google.golang.org/grpc"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// namespace is the one that a call works in.
type namespace struct {
	id    orchestration.NamespaceID
	name  string
	quota tenants.Quota // where the call came in
}

type namespaceKey struct{}

// namespaceOf is the namespace that resolveNamespace left in the context. Handlers of the ofNamespace domain always have one.
func namespaceOf(ctx context.Context) namespace {
	ns, _ := ctx.Value(namespaceKey{}).(namespace)
	return ns
}

// workflow is the key of a workflow in the namespace.
func (n namespace) workflow(id string) orchestration.WorkflowKey {
	return orchestration.WorkflowKey{Namespace: n.id, WorkflowID: id}
}

// resolveNamespace turns the name in the request into an existing namespace. It returns InvalidArgument for no name and NamespaceNotFound for
// one that is not there; and the protocol's NamespaceInvalidState for one that does not answer the method any more.
func (c *chain) resolveNamespace(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if built[info.FullMethod] != ofNamespace {
		return next(ctx, req)
	}
	ns, err := c.findNamespace(ctx, info.FullMethod, req)
	if err != nil {
		return nil, err
	}
	return next(context.WithValue(ctx, namespaceKey{}, ns), req)
}

func (c *chain) findNamespace(ctx context.Context, method string, req any) (namespace, error) {
	var name string
	if r, ok := req.(interface{ GetNamespace() string }); ok {
		name = r.GetNamespace()
	}
	if name == "" {
		return namespace{}, invalid("Namespace is not set on request.")
	}
	found, err := c.namespaces.ByName(ctx, name)
	if err != nil {
		return namespace{}, directoryError(err)
	}
	if err := refuseState(method, found); err != nil {
		return namespace{}, err
	}
	return namespace{id: found.ID, name: found.Name, quota: found.Quota}, nil
}
