package console

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// idle is an administration that has nothing, of which pages are made nevertheless. What it is not expected to be asked panics.
type idle struct {
	Administration
	Attributes
}

func (idle) GetTenant(context.Context, *adminv1.GetTenantRequest) (*adminv1.Tenant, error) {
	return &adminv1.Tenant{Name: "default", Title: "Default"}, nil
}

func (idle) GetNamespace(context.Context, *adminv1.GetNamespaceRequest) (*adminv1.Namespace, error) {
	return &adminv1.Namespace{Name: "default", State: adminv1.NamespaceState_NAMESPACE_STATE_REGISTERED}, nil
}

func (idle) GetQuota(context.Context, *adminv1.GetQuotaRequest) (*adminv1.Quota, error) {
	return &adminv1.Quota{}, nil
}

func (idle) GetUsage(context.Context, *adminv1.GetUsageRequest) (*adminv1.GetUsageResponse, error) {
	return &adminv1.GetUsageResponse{}, nil
}

func (idle) ListMembers(context.Context, *adminv1.ListMembersRequest) (*adminv1.ListMembersResponse, error) {
	return &adminv1.ListMembersResponse{}, nil
}

func (idle) ListSessions(context.Context, *adminv1.ListSessionsRequest) (*adminv1.ListSessionsResponse, error) {
	return &adminv1.ListSessionsResponse{}, nil
}

func (idle) GetMember(context.Context, *adminv1.GetMemberRequest) (*adminv1.Member, error) {
	return &adminv1.Member{Id: "0199a0a0-0000-7000-8000-00000000abcd", Name: "Ada"}, nil
}

func (idle) ListGroups(context.Context, *adminv1.ListGroupsRequest) (*adminv1.ListGroupsResponse, error) {
	return &adminv1.ListGroupsResponse{}, nil
}

func (idle) GetGroup(context.Context, *adminv1.GetGroupRequest) (*adminv1.Group, error) {
	return &adminv1.Group{Name: "developers"}, nil
}

func (idle) ListAccounts(context.Context, *adminv1.ListAccountsRequest) (*adminv1.ListAccountsResponse, error) {
	return &adminv1.ListAccountsResponse{}, nil
}

func (idle) GetAccount(context.Context, *adminv1.GetAccountRequest) (*adminv1.Account, error) {
	return &adminv1.Account{Name: "workers"}, nil
}

func (idle) ListKeys(context.Context, *adminv1.ListKeysRequest) (*adminv1.ListKeysResponse, error) {
	return &adminv1.ListKeysResponse{}, nil
}

func (idle) GetKey(context.Context, *adminv1.GetKeyRequest) (*adminv1.Key, error) {
	return &adminv1.Key{Id: "abcd", Holder: "account:workers"}, nil
}

func (idle) ListAuthorities(context.Context, *adminv1.ListAuthoritiesRequest) (*adminv1.ListAuthoritiesResponse, error) {
	return &adminv1.ListAuthoritiesResponse{}, nil
}

func (idle) ListAuditRecords(context.Context, *adminv1.ListAuditRecordsRequest) (*adminv1.ListAuditRecordsResponse, error) {
	return &adminv1.ListAuditRecordsResponse{}, nil
}

func (idle) ListInstallationAuditRecords(context.Context, *adminv1.ListInstallationAuditRecordsRequest) (*adminv1.ListAuditRecordsResponse, error) {
	return &adminv1.ListAuditRecordsResponse{}, nil
}

func (idle) GetAuditStatus(context.Context, *adminv1.GetAuditStatusRequest) (*adminv1.AuditStatus, error) {
	return &adminv1.AuditStatus{}, nil
}

// errEmpty is what idle says to every form: the bench sends them empty.
var errEmpty = orchestration.Errorf(orchestration.InvalidArgument, "The form is empty.")

func (idle) InviteMember(context.Context, *adminv1.InviteMemberRequest) (*adminv1.Member, error) {
	return nil, errEmpty
}

func (idle) CreateGroup(context.Context, *adminv1.CreateGroupRequest) (*adminv1.Group, error) {
	return nil, errEmpty
}

func (idle) AddGroupMember(context.Context, *adminv1.AddGroupMemberRequest) (*adminv1.AddGroupMemberResponse, error) {
	return nil, errEmpty
}

func (idle) RemoveGroupMember(context.Context, *adminv1.RemoveGroupMemberRequest) (*adminv1.RemoveGroupMemberResponse, error) {
	return nil, errEmpty
}

func (idle) CreateAccount(context.Context, *adminv1.CreateAccountRequest) (*adminv1.Account, error) {
	return nil, errEmpty
}

func (idle) SetAuthority(context.Context, *adminv1.SetAuthorityRequest) (*adminv1.Authority, error) {
	return nil, errEmpty
}

func (idle) RemoveAuthority(context.Context, *adminv1.RemoveAuthorityRequest) (*adminv1.RemoveAuthorityResponse, error) {
	return nil, errEmpty
}

func (idle) CreateGrant(context.Context, *adminv1.CreateGrantRequest) (*adminv1.Grant, error) {
	return nil, errEmpty
}

func (idle) DeleteGrant(context.Context, *adminv1.DeleteGrantRequest) (*adminv1.DeleteGrantResponse, error) {
	return nil, errEmpty
}

func (idle) CreateKey(context.Context, *adminv1.CreateKeyRequest) (*adminv1.CreateKeyResponse, error) {
	return nil, errEmpty
}

func (idle) CreateTenant(context.Context, *adminv1.CreateTenantRequest) (*adminv1.Tenant, error) {
	return nil, errEmpty
}

func (idle) CreateNamespace(context.Context, *adminv1.CreateNamespaceRequest) (*adminv1.Namespace, error) {
	return nil, errEmpty
}

func (idle) UpdateNamespace(context.Context, *adminv1.UpdateNamespaceRequest) (*adminv1.Namespace, error) {
	return nil, errEmpty
}

func (idle) SetQuota(context.Context, *adminv1.SetQuotaRequest) (*adminv1.Quota, error) {
	return nil, errEmpty
}

func (idle) UpdateTenant(context.Context, *adminv1.UpdateTenantRequest) (*adminv1.Tenant, error) {
	return nil, errEmpty
}

func (idle) AddSearchAttributes(context.Context, string, search.Attributes) error { return errEmpty }

func (idle) RemoveSearchAttributes(context.Context, string, []string) error { return errEmpty }
