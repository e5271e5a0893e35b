package declare

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// server is the administration that a plan is made for.
type server struct {
	adminv1.TenantServiceClient
	adminv1.NamespaceServiceClient
	adminv1.HolderServiceClient
	adminv1.GrantServiceClient
	adminv1.AuthorityServiceClient
	adminv1.QuotaServiceClient
}

func serverAt(conn grpc.ClientConnInterface) server {
	return server{
		adminv1.NewTenantServiceClient(conn), adminv1.NewNamespaceServiceClient(conn),
		adminv1.NewHolderServiceClient(conn), adminv1.NewGrantServiceClient(conn), adminv1.NewAuthorityServiceClient(conn),
		adminv1.NewQuotaServiceClient(conn),
	}
}

// present is what is there of a tenant.
type present struct {
	tenant     *adminv1.Tenant // nil: it is not there, and nothing of it
	namespaces map[string]*adminv1.Namespace
	groups     map[string]*adminv1.Group // with their members
	accounts   map[string]*adminv1.Account
	members    map[string]*adminv1.Member // by identity
	grants     map[string][]*adminv1.Grant
	// authorities are those of namespaces, by name.
	authorities map[string]map[string]*adminv1.Authority
	quotas      map[string]*adminv1.Quota // of the namespaces that the file bounds
}

// identity is what a plan knows a person by.
func identity(issuer, subject string) string { return issuer + "#" + subject }

// mostMembers is how many members of a group a server tells.
const mostMembers = 1000

// read reads a tenant.
func (s server) read(ctx context.Context, name string) (present, error) {
	p := present{
		namespaces: map[string]*adminv1.Namespace{}, groups: map[string]*adminv1.Group{}, accounts: map[string]*adminv1.Account{},
		members: map[string]*adminv1.Member{}, grants: map[string][]*adminv1.Grant{},
		authorities: map[string]map[string]*adminv1.Authority{}, quotas: map[string]*adminv1.Quota{},
	}
	t, err := s.GetTenant(ctx, &adminv1.GetTenantRequest{Tenant: name})
	if status.Code(err) == codes.NotFound {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.tenant = t
	for _, read := range []func(context.Context, *present) error{s.readNamespaces, s.readGroups, s.readAccounts, s.readMembers, s.readGrants, s.readAuthorities} {
		if err := read(ctx, &p); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (s server) readNamespaces(ctx context.Context, p *present) error {
	return pages(func(token string) (string, error) {
		page, err := s.ListNamespaces(ctx, &adminv1.ListNamespacesRequest{Tenant: p.tenant.GetName(), PageToken: token})
		for _, n := range page.GetNamespaces() {
			if n.GetState() != adminv1.NamespaceState_NAMESPACE_STATE_DELETED {
				p.namespaces[n.GetName()] = n
			}
		}
		return page.GetNextPageToken(), err
	})
}

func (s server) readGroups(ctx context.Context, p *present) error {
	return pages(func(token string) (string, error) {
		page, err := s.ListGroups(ctx, &adminv1.ListGroupsRequest{Tenant: p.tenant.GetName(), PageToken: token})
		for _, g := range page.GetGroups() {
			whole, err := s.GetGroup(ctx, &adminv1.GetGroupRequest{Tenant: p.tenant.GetName(), Group: g.GetName()})
			if err != nil {
				return "", err
			}
			if g.GetClaim() == "" && len(whole.GetMembers()) >= mostMembers {
				return "", fmt.Errorf("group %s has %d members or more: that is too many for a file", g.GetName(), mostMembers)
			}
			p.groups[g.GetName()] = whole
		}
		return page.GetNextPageToken(), err
	})
}

func (s server) readAccounts(ctx context.Context, p *present) error {
	return pages(func(token string) (string, error) {
		page, err := s.ListAccounts(ctx, &adminv1.ListAccountsRequest{Tenant: p.tenant.GetName(), PageToken: token})
		for _, a := range page.GetAccounts() {
			p.accounts[a.GetName()] = a
		}
		return page.GetNextPageToken(), err
	})
}

func (s server) readMembers(ctx context.Context, p *present) error {
	return pages(func(token string) (string, error) {
		page, err := s.ListMembers(ctx, &adminv1.ListMembersRequest{Tenant: p.tenant.GetName(), PageToken: token})
		for _, m := range page.GetMembers() {
			p.members[identity(m.GetIssuer(), m.GetSubject())] = m
		}
		return page.GetNextPageToken(), err
	})
}

func (s server) readGrants(ctx context.Context, p *present) error {
	return pages(func(token string) (string, error) {
		page, err := s.ListGrants(ctx, &adminv1.ListGrantsRequest{Tenant: p.tenant.GetName(), PageToken: token})
		for _, g := range page.GetGrants() {
			p.grants[g.GetHolder()] = append(p.grants[g.GetHolder()], g)
		}
		return page.GetNextPageToken(), err
	})
}

func (s server) readAuthorities(ctx context.Context, p *present) error {
	return pages(func(token string) (string, error) {
		page, err := s.ListAuthorities(ctx, &adminv1.ListAuthoritiesRequest{Tenant: p.tenant.GetName(), PageToken: token})
		for _, a := range page.GetAuthorities() {
			of := p.authorities[a.GetNamespace()]
			if of == nil {
				of = map[string]*adminv1.Authority{}
				p.authorities[a.GetNamespace()] = of
			}
			of[a.GetName()] = a
		}
		return page.GetNextPageToken(), err
	})
}

// pages reads pages until the last.
func pages(read func(token string) (next string, err error)) error {
	for token := ""; ; {
		next, err := read(token)
		if err != nil || next == "" {
			return err
		}
		token = next
	}
}
