package edge

import (
	"context"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// namespace is the one that a call works in.
type namespace struct {
	id     orchestration.NamespaceID
	name   string
	tenant tenants.TenantID
	quota  tenants.Quota      // where the call came in
	audit  tenants.AuditLevel // likewise
}

type namespaceKey struct{}

// namespaceOf is the namespace that authorise left in the context. Handlers of the ofNamespace domain always have one; who founds a namespace has one
// without id.
func namespaceOf(ctx context.Context) namespace {
	ns, _ := ctx.Value(namespaceKey{}).(namespace)
	return ns
}

// workflow is the key of a workflow in the namespace.
func (n namespace) workflow(id string) orchestration.WorkflowKey {
	return orchestration.WorkflowKey{Namespace: n.id, WorkflowID: id}
}

// findNamespace is the namespace that a request names, by name or, where the protocol has that, by id. Errors: InvalidArgument for none,
// NamespaceNotFound, and InvalidArgument when the header says another one than the request.
func (c *chain) findNamespace(ctx context.Context, req any) (tenants.Namespace, error) {
	name := namespaceNameOf(req)
	if name == "" {
		if field, id := namespaceIDOf(req); id != "" {
			return c.findNamespaceID(ctx, field, id)
		}
		return tenants.Namespace{}, invalid("Namespace is not set on request.")
	}
	if said := header(ctx, namespaceHeader); said != "" && said != name {
		return tenants.Namespace{}, invalid("The header %s says namespace %s, the request says %s.", namespaceHeader, clip(said), clip(name))
	}
	n, err := c.namespaces.ByName(ctx, name)
	return n, directoryError(err)
}

// namespaceHeader is a header in which SDKs repeat the namespace of the request.
const namespaceHeader = "temporal-namespace"

func (c *chain) findNamespaceID(ctx context.Context, field, text string) (tenants.Namespace, error) {
	id, err := orchestration.ParseNamespaceID(text)
	if err != nil {
		return tenants.Namespace{}, invalid("%s is not a valid UUID.", field)
	}
	n, err := c.namespaces.DescribeID(ctx, id)
	return n, directoryError(err)
}

// namespaceNameOf is the namespace that a request names; "" for none.
func namespaceNameOf(req any) string {
	if r, ok := req.(interface{ GetNamespace() string }); ok {
		return r.GetNamespace()
	}
	return ""
}

// namespaceIDOf is the field and the id by which a request may name its namespace instead; "" for none.
func namespaceIDOf(req any) (field, id string) {
	switch r := req.(type) {
	case *workflowservice.DescribeNamespaceRequest:
		return "Id", r.GetId()
	case *operatorservice.DeleteNamespaceRequest:
		return "NamespaceId", r.GetNamespaceId()
	}
	return "", ""
}

// namespaceMissing is what a caller is answered who may not know of the namespace of its request: what it would be answered if there were none.
func namespaceMissing(req any) error {
	ref := namespaceNameOf(req)
	if ref == "" {
		_, ref = namespaceIDOf(req)
	}
	return tenants.NotFound(ref)
}
