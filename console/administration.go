package console

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration/search"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// Administration is tenuto.admin.v1: a form of the console is a call like that of a program, with the same rules behind it. *admin.Service is one. Who calls is
// the principal in the context; the table of routes decides first, by the same roles and permissions as the table of methods. Errors are *orchestration.Error.
type Administration interface {
	administersTenants
	administersNamespaces
	administersMembers
	administersGroups
	administersAccounts
	administersGrants
	administersKeys
	administersAuthorities
	administersAudit
}

type administersTenants interface {
	CreateTenant(context.Context, *adminv1.CreateTenantRequest) (*adminv1.Tenant, error)
	GetTenant(context.Context, *adminv1.GetTenantRequest) (*adminv1.Tenant, error)
	UpdateTenant(context.Context, *adminv1.UpdateTenantRequest) (*adminv1.Tenant, error)
	DeleteTenant(context.Context, *adminv1.DeleteTenantRequest) (*adminv1.DeleteTenantResponse, error)
}

type administersNamespaces interface {
	CreateNamespace(context.Context, *adminv1.CreateNamespaceRequest) (*adminv1.Namespace, error)
	GetNamespace(context.Context, *adminv1.GetNamespaceRequest) (*adminv1.Namespace, error)
	UpdateNamespace(context.Context, *adminv1.UpdateNamespaceRequest) (*adminv1.Namespace, error)
	DeleteNamespace(context.Context, *adminv1.DeleteNamespaceRequest) (*adminv1.Namespace, error)
	GetQuota(context.Context, *adminv1.GetQuotaRequest) (*adminv1.Quota, error)
	SetQuota(context.Context, *adminv1.SetQuotaRequest) (*adminv1.Quota, error)
	GetUsage(context.Context, *adminv1.GetUsageRequest) (*adminv1.GetUsageResponse, error)
}

type administersMembers interface {
	InviteMember(context.Context, *adminv1.InviteMemberRequest) (*adminv1.Member, error)
	GetMember(context.Context, *adminv1.GetMemberRequest) (*adminv1.Member, error)
	ListMembers(context.Context, *adminv1.ListMembersRequest) (*adminv1.ListMembersResponse, error)
	UpdatePerson(context.Context, *adminv1.UpdatePersonRequest) (*adminv1.Member, error)
	ListSessions(context.Context, *adminv1.ListSessionsRequest) (*adminv1.ListSessionsResponse, error)
	EndSession(context.Context, *adminv1.EndSessionRequest) (*adminv1.EndSessionResponse, error)
	EndSessions(context.Context, *adminv1.EndSessionsRequest) (*adminv1.EndSessionsResponse, error)
	RemoveMember(context.Context, *adminv1.RemoveMemberRequest) (*adminv1.RemoveMemberResponse, error)
}

type administersGroups interface {
	CreateGroup(context.Context, *adminv1.CreateGroupRequest) (*adminv1.Group, error)
	GetGroup(context.Context, *adminv1.GetGroupRequest) (*adminv1.Group, error)
	ListGroups(context.Context, *adminv1.ListGroupsRequest) (*adminv1.ListGroupsResponse, error)
	DeleteGroup(context.Context, *adminv1.DeleteGroupRequest) (*adminv1.DeleteGroupResponse, error)
	AddGroupMember(context.Context, *adminv1.AddGroupMemberRequest) (*adminv1.AddGroupMemberResponse, error)
	RemoveGroupMember(context.Context, *adminv1.RemoveGroupMemberRequest) (*adminv1.RemoveGroupMemberResponse, error)
}

type administersAccounts interface {
	CreateAccount(context.Context, *adminv1.CreateAccountRequest) (*adminv1.Account, error)
	GetAccount(context.Context, *adminv1.GetAccountRequest) (*adminv1.Account, error)
	ListAccounts(context.Context, *adminv1.ListAccountsRequest) (*adminv1.ListAccountsResponse, error)
	UpdateAccount(context.Context, *adminv1.UpdateAccountRequest) (*adminv1.Account, error)
	DeleteAccount(context.Context, *adminv1.DeleteAccountRequest) (*adminv1.DeleteAccountResponse, error)
}

type administersGrants interface {
	CreateGrant(context.Context, *adminv1.CreateGrantRequest) (*adminv1.Grant, error)
	DeleteGrant(context.Context, *adminv1.DeleteGrantRequest) (*adminv1.DeleteGrantResponse, error)
}

type administersKeys interface {
	CreateKey(context.Context, *adminv1.CreateKeyRequest) (*adminv1.CreateKeyResponse, error)
	GetKey(context.Context, *adminv1.GetKeyRequest) (*adminv1.Key, error)
	ListKeys(context.Context, *adminv1.ListKeysRequest) (*adminv1.ListKeysResponse, error)
	RotateKey(context.Context, *adminv1.RotateKeyRequest) (*adminv1.CreateKeyResponse, error)
	UpdateKey(context.Context, *adminv1.UpdateKeyRequest) (*adminv1.Key, error)
	RevokeKey(context.Context, *adminv1.RevokeKeyRequest) (*adminv1.Key, error)
}

type administersAuthorities interface {
	SetAuthority(context.Context, *adminv1.SetAuthorityRequest) (*adminv1.Authority, error)
	ListAuthorities(context.Context, *adminv1.ListAuthoritiesRequest) (*adminv1.ListAuthoritiesResponse, error)
	RemoveAuthority(context.Context, *adminv1.RemoveAuthorityRequest) (*adminv1.RemoveAuthorityResponse, error)
}

type administersAudit interface {
	ListAuditRecords(context.Context, *adminv1.ListAuditRecordsRequest) (*adminv1.ListAuditRecordsResponse, error)
	ListInstallationAuditRecords(context.Context, *adminv1.ListInstallationAuditRecordsRequest) (*adminv1.ListAuditRecordsResponse, error)
	GetAuditStatus(context.Context, *adminv1.GetAuditStatusRequest) (*adminv1.AuditStatus, error)
}

// Attributes defines search attributes; *tenants.Directory does.
type Attributes interface {
	// AddSearchAttributes defines some. Errors: InvalidArgument, AlreadyExists for a name of another type, NamespaceNotFound.
	AddSearchAttributes(ctx context.Context, namespace string, add search.Attributes) error
	// RemoveSearchAttributes takes definitions back. Errors: InvalidArgument, NotFound, NamespaceNotFound.
	RemoveSearchAttributes(ctx context.Context, namespace string, names []string) error
}
