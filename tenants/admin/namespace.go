package admin

import (
	"context"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// CreateNamespace implements adminv1.NamespaceServiceServer.
func (s *Service) CreateNamespace(ctx context.Context, r *adminv1.CreateNamespaceRequest) (*adminv1.Namespace, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	retention, err := retentionOf(r.GetRetention())
	if err != nil {
		return nil, err
	}
	level, err := levelOf(r.GetAuditLevel())
	switch {
	case err != nil:
		return nil, err
	case r.GetName() == "":
		return nil, invalid("The name of the namespace is not set.")
	case strings.Contains(r.GetName(), "."):
		return nil, invalid("Namespace %q: a name has no dots; that of the tenant is added to it.", r.GetName())
	case v.Suspended:
		return nil, orchestration.Errorf(orchestration.FailedPrecondition, "Tenant %s is suspended.", v.Name)
	case retention == 0:
		retention = defaultRetention
	}
	n, err := s.directory.Register(ctx, tenants.Registration{
		Name: tenants.NamespaceName(r.GetName(), v.Name), Description: r.GetDescription(), OwnerEmail: r.GetOwnerEmail(), Data: r.GetData(),
		Retention: retention, Protected: r.GetProtected(), Tenant: v.ID, Audit: level,
		Codec: tenants.Codec{Endpoint: r.GetCodecEndpoint(), Credentials: r.GetCodecCredentials()},
	})
	if err != nil {
		return nil, err
	}
	return namespaceAnswer(n, v.Name), nil
}

// retentionOf reads a retention; 0 for none.
func retentionOf(d *durationpb.Duration) (tenants.Retention, error) {
	if d == nil {
		return 0, nil
	}
	if err := d.CheckValid(); err != nil || d.AsDuration() <= 0 {
		return 0, invalid("The retention is no positive duration.")
	}
	return tenants.Retention(d.AsDuration()), nil
}

// levelOf reads an audit level; that of the installation for none.
func levelOf(word string) (tenants.AuditLevel, error) {
	if word == "" {
		return tenants.AuditDefault, nil
	}
	return tenants.ParseAuditLevel(word)
}

// GetNamespace implements adminv1.NamespaceServiceServer.
func (s *Service) GetNamespace(ctx context.Context, r *adminv1.GetNamespaceRequest) (*adminv1.Namespace, error) {
	n, err := s.directory.Describe(ctx, r.GetNamespace())
	if err != nil {
		return nil, err
	}
	return s.described(ctx, n)
}

// described is a namespace with its tenant's name, and, of a deleted one, how much is left.
func (s *Service) described(ctx context.Context, n tenants.Namespace) (*adminv1.Namespace, error) {
	t, _, err := s.access.TenantByID(ctx, n.Tenant)
	if err != nil {
		return nil, err
	}
	out := namespaceAnswer(n, t.Name)
	if n.State == tenants.Deleted {
		out.Remaining, err = s.namespaces.Remaining(ctx, n.ID)
	}
	return out, err
}

// ListNamespaces implements adminv1.NamespaceServiceServer.
func (s *Service) ListNamespaces(ctx context.Context, r *adminv1.ListNamespacesRequest) (*adminv1.ListNamespacesResponse, error) {
	v, err := s.visit(ctx, r.GetTenant())
	if err != nil {
		return nil, err
	}
	p, err := pageOf(r)
	if err != nil {
		return nil, err
	}
	found, err := s.directory.ListOf(ctx, v.ID, p.after, p.size)
	if err != nil {
		return nil, err
	}
	out := &adminv1.ListNamespacesResponse{}
	for _, n := range found {
		if v.by.In(&n) != 0 {
			out.Namespaces = append(out.Namespaces, namespaceAnswer(n, v.Name))
		}
	}
	if len(found) > 0 {
		out.NextPageToken = p.next(len(found), found[len(found)-1].Name)
	}
	return out, nil
}

// UpdateNamespace implements adminv1.NamespaceServiceServer.
func (s *Service) UpdateNamespace(ctx context.Context, r *adminv1.UpdateNamespaceRequest) (*adminv1.Namespace, error) {
	retention, err := retentionOf(r.GetRetention())
	if err != nil {
		return nil, err
	}
	c := tenants.Change{
		Description: r.Description, OwnerEmail: r.OwnerEmail, Data: r.GetData(), Retention: retention,
		Protected: r.Protected, Suspended: r.Suspended,
		CodecEndpoint: r.CodecEndpoint, CodecCredentials: r.CodecCredentials,
	}
	if r.GetAuditLevel() != "" {
		level, err := levelOf(r.GetAuditLevel())
		if err != nil {
			return nil, err
		}
		c.Audit = &level
	}
	if r.GetDeprecated() {
		c.State = tenants.Deprecated
	}
	n, err := s.directory.Update(ctx, r.GetNamespace(), c)
	if err != nil {
		return nil, err
	}
	return s.described(ctx, n)
}

// DeleteNamespace implements adminv1.NamespaceServiceServer.
func (s *Service) DeleteNamespace(ctx context.Context, r *adminv1.DeleteNamespaceRequest) (*adminv1.Namespace, error) {
	n, err := s.directory.Delete(ctx, r.GetNamespace(), 0)
	if err != nil {
		return nil, err
	}
	return s.described(ctx, n)
}

func namespaceAnswer(n tenants.Namespace, tenant string) *adminv1.Namespace {
	return &adminv1.Namespace{
		Name: n.Name, Id: n.ID.String(), Tenant: tenant, State: adminv1.NamespaceState(n.State), Description: n.Description, OwnerEmail: n.OwnerEmail,
		Data: n.Data, Retention: durationpb.New(time.Duration(n.Retention)), Suspended: n.Suspended, Protected: n.Protected,
		CreateTime: timeAnswer(n.Created), UpdateTime: timeAnswer(n.Updated), AuditLevel: n.Audit.String(),
		CodecEndpoint: n.Codec.Endpoint, CodecCredentials: n.Codec.Credentials,
	}
}
