package edge

import (
	"context"
	"net"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// authorise lets a call pass whose principal may make it, with principal and namespace in its context. It decides by permits alone, before anybody looks
// whether the method is built. An answer's payloads leave only for who may see them.
func (c *chain) authorise(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	row := permits[info.FullMethod]
	if row.of == everybody || ofHealth(info.FullMethod) {
		return next(ctx, req)
	}
	epoch := c.guard.Epoch() // before the decision: what changes after that ends the call
	v, err := c.admit(ctx, row, info.FullMethod, req)
	sight(ctx, v, err)
	if err != nil {
		return nil, err
	}
	ctx = tenants.WithPrincipal(ctx, v.principal)
	if row.of == aNamespace || row.of == aNewNamespace {
		ctx = context.WithValue(ctx, namespaceKey{}, v.namespace)
	}
	if v.have&tenants.Worker == 0 {
		withoutEagerTask(req)
	}
	call := func(ctx context.Context) (any, error) { return next(ctx, req) }
	if row.lasts && v.principal != tenants.Anybody {
		call = c.whileAdmitted(epoch, v.principal, func() error {
			_, err := c.admit(ctx, row, info.FullMethod, req)
			return err
		}, call)
	}
	resp, err := call(ctx)
	if v.have&tenants.PayloadRead == 0 && v.have&row.needs&tenants.Worker == 0 {
		return redacted(info.FullMethod, resp, err)
	}
	return resp, err
}

// visit is a call that was let in.
type visit struct {
	principal *tenants.Principal
	namespace namespace
	have      tenants.Permission // in the namespace
}

// admit decides one call. Errors: Unauthenticated, PermissionDenied, NamespaceNotFound, and those of a request that names no namespace.
func (c *chain) admit(ctx context.Context, row permit, method string, req any) (visit, error) {
	p, err := c.guard.Authenticate(ctx, header(ctx, "authorization"), addressOf(ctx))
	if err != nil {
		return visit{}, guardError(err)
	}
	v := visit{principal: p, have: tenants.AllPermissions}
	switch row.of {
	case whatTheCallerSees:
		return v, nil
	case aNewNamespace:
		v.namespace, err = c.founding(ctx, p, req)
		return v, err
	case aNamespace:
		return c.admitTo(ctx, v, row, method, req)
	case aTenant:
		v.namespace.tenant, err = c.admitToTenant(ctx, p, row.role, req)
		return v, err
	case theInstallation:
		if p.Operates() {
			return v, nil
		}
		return v, denied("Only operators of the installation may do this.")
	}
	return v, denied("Nobody may call this method.")
}

// admitTo decides a call in a namespace. To a principal that may not know of the namespace, it is not found; so is what does not exist.
func (c *chain) admitTo(ctx context.Context, v visit, row permit, method string, req any) (visit, error) {
	if !isBuilt(method) && v.principal.Operates() {
		return v, nil // who may do everything learns first that there is nothing to do
	}
	n, err := c.findNamespace(ctx, req)
	if err != nil {
		return v, err
	}
	v.have = v.principal.In(&n)
	if v.have != 0 || v.principal.Knows(n.Tenant) {
		v.namespace = namespace{id: n.ID, name: n.Name, tenant: n.Tenant, quota: n.Quota, audit: n.Audit}
	}
	switch {
	case v.have&row.needs != 0:
	case v.have != 0 || v.principal.Knows(n.Tenant):
		return v, denied("This needs the permission " + row.needs.String() + " in namespace " + n.Name + ".")
	default:
		return v, namespaceMissing(req)
	}
	if (n.Suspended || n.TenantSuspended) && row.needs&(tenants.Read|tenants.Admin) == 0 {
		return v, orchestration.Errorf(orchestration.FailedPrecondition, "Namespace %s is suspended.", n.Name)
	}
	if built[method] == ofNamespace {
		return v, refuseState(method, n)
	}
	return v, nil
}

// admitToTenant decides a call that concerns a tenant, which it returns if the principal may know of it. To others it is not found; so is what does not exist.
func (c *chain) admitToTenant(ctx context.Context, p *tenants.Principal, role tenants.Role, req any) (tenants.TenantID, error) {
	r, ok := req.(interface{ GetTenant() string })
	if !ok || r.GetTenant() == "" {
		return tenants.TenantID{}, invalid("The tenant is not set.")
	}
	t, err := c.guard.TenantNamed(ctx, r.GetTenant())
	if err != nil && orchestration.CodeOf(err) != orchestration.NotFound {
		return tenants.TenantID{}, directoryError(err)
	}
	switch {
	case err != nil || !p.Knows(t.ID):
		return tenants.TenantID{}, orchestration.Errorf(orchestration.NotFound, "Tenant %s is not found.", clip(r.GetTenant()))
	case p.Role(t.ID) < role:
		return t.ID, denied("This needs the role " + role.String() + " in tenant " + t.Name + ", or a higher one.")
	}
	return t.ID, nil
}

// founding decides who may found a namespace: whoever manages the tenant that its name says. To others, a tenant that is there and one that is not are the same.
func (c *chain) founding(ctx context.Context, p *tenants.Principal, req any) (namespace, error) {
	name := namespaceNameOf(req)
	t, err := c.guard.TenantNamed(ctx, tenants.TenantOf(name))
	if err != nil && orchestration.CodeOf(err) != orchestration.NotFound {
		return namespace{}, directoryError(err)
	}
	switch {
	case err == nil && p.Role(t.ID) >= tenants.Administrator:
		return namespace{name: name, tenant: t.ID}, nil
	case err == nil && p.Knows(t.ID):
		return namespace{}, denied("Only owners and admins of a tenant may found namespaces in it.")
	}
	return namespace{}, orchestration.Errorf(orchestration.NotFound, "Tenant %s is not found.", clip(tenants.TenantOf(name)))
}

func denied(why string) error {
	return orchestration.Errorf(orchestration.PermissionDenied, "%s", why)
}

// header is a header of the call, or "".
func header(ctx context.Context, name string) string {
	if v := metadata.ValueFromIncomingContext(ctx, name); len(v) > 0 {
		return v[0]
	}
	return ""
}

// ofHealth tells whether a method is of the health service, which answers everybody.
func ofHealth(method string) bool { return strings.HasPrefix(method, "/grpc.health.v1.Health/") }

// addressOf is where a call came from; nil if that is not known.
func addressOf(ctx context.Context) net.Addr {
	if p, ok := peer.FromContext(ctx); ok {
		return p.Addr
	}
	return nil
}

// authoriseStream lets a stream pass: health for everybody, reflection for whoever has a credential. The protocol itself has no streams.
func (c *chain) authoriseStream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	if !ofHealth(info.FullMethod) {
		ctx := ss.Context()
		if _, err := c.guard.Authenticate(ctx, header(ctx, "authorization"), addressOf(ctx)); err != nil {
			st, _ := statusOf(guardError(err))
			return st.Err()
		}
	}
	return next(srv, ss)
}
