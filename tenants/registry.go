package tenants

import (
	"context"
	"errors"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// What a Registry answers.
var (
	// ErrMissing: what is to be changed, or what the new thing refers to, is not there (any more).
	ErrMissing = errors.New("tenants: not there")
	// ErrInUse: the tenant still has namespaces.
	ErrInUse = errors.New("tenants: in use")
	// ErrFull: the namespace has MaxAuthorities, or MaxViews, already.
	ErrFull = errors.New("tenants: full")
	// ErrLastOwner: a tenant that has an owner keeps one.
	ErrLastOwner = errors.New("tenants: last owner")
)

// Registry is what a driver keeps of who may do what. Texts compare byte for byte; times keep microseconds; lists are in the order of their key, a page begins
// after the given one ("" or zero: from the first) and has up to limit entries.
//
// Whatever changes what somebody may do is one transaction with its row in the log of changes, flushed before it returns. Inserting returns ErrExists for what
// is unique and taken, changing returns ErrMissing for what is not there. Deleting what is not there succeeds.
type Registry interface {
	TenantStore
	PeopleStore
	GroupStore
	AccountStore
	GrantStore
	KeyStore
	AuthorityStore
	ViewStore
	SessionStore
	SignInStore
	ChangeLog
}

// TenantStore keeps tenants.
type TenantStore interface {
	InsertTenant(context.Context, Tenant) error
	// UpdateTenant changes what can be changed of a tenant: all but its id, name and creation.
	UpdateTenant(context.Context, Tenant) error
	// DeleteTenant deletes a tenant and everything in it. Errors: ErrInUse while it has namespaces.
	DeleteTenant(context.Context, TenantID) error
	TenantByID(context.Context, TenantID) (t Tenant, ok bool, err error)
	TenantByName(ctx context.Context, name string) (t Tenant, ok bool, err error)
	ListTenants(ctx context.Context, after string, limit int) ([]Tenant, error)
}

// PeopleStore keeps people, and to which tenants they belong.
type PeopleStore interface {
	InsertPerson(context.Context, Person) error
	// UpdatePerson changes name and address, and when the person was last seen. What a provider says of somebody never enables who was disabled meanwhile.
	UpdatePerson(context.Context, Person) error
	// SetPersonDisabled disables a person or enables it again.
	SetPersonDisabled(ctx context.Context, id HolderID, disabled bool) error
	PersonByID(context.Context, HolderID) (p Person, ok bool, err error)
	PersonByIdentity(context.Context, Identity) (p Person, ok bool, err error)
	// AddMember makes a person belong to a tenant; again changes nothing. Errors: ErrMissing.
	AddMember(ctx context.Context, t TenantID, person HolderID, at time.Time) error
	// RemoveMember takes everything away that a person has in a tenant: grants, memberships of groups, and the keys. Errors: ErrLastOwner.
	RemoveMember(ctx context.Context, t TenantID, person HolderID) error
	ListMembers(ctx context.Context, t TenantID, after HolderID, limit int) ([]Person, error)
}

// GroupStore keeps groups and their members.
type GroupStore interface {
	InsertGroup(context.Context, Group) error
	// DeleteGroup deletes a group with its grants. Errors: ErrLastOwner.
	DeleteGroup(ctx context.Context, t TenantID, id HolderID) error
	GroupByID(context.Context, HolderID) (g Group, ok bool, err error)
	GroupByName(ctx context.Context, t TenantID, name string) (g Group, ok bool, err error)
	ListGroups(ctx context.Context, t TenantID, after string, limit int) ([]Group, error)
	// ListGroupMembers lists the people in a group.
	ListGroupMembers(ctx context.Context, group HolderID, after HolderID, limit int) ([]HolderID, error)
	// GroupsByClaims are the groups that are mapped to one of the claims of an issuer.
	GroupsByClaims(ctx context.Context, issuer string, claims []string) ([]Group, error)
	// AddToGroup puts a person into a group; it belongs to the group's tenant from then on. Errors: ErrMissing.
	AddToGroup(ctx context.Context, group Group, person HolderID, at time.Time) error
	RemoveFromGroup(ctx context.Context, group Group, person HolderID) error
	// SetMapped makes the mapped groups of an issuer that a person is in exactly those that are mapped to the claims. Whoever leaves the last group of a tenant
	// so, and has no grant of its own there, does not belong to the tenant any more. It tells whether anything changed.
	SetMapped(ctx context.Context, person HolderID, issuer string, claims []string, at time.Time) (changed bool, err error)
}

// AccountStore keeps service accounts.
type AccountStore interface {
	InsertAccount(context.Context, Account) error
	// DisableAccount disables an account or enables it again.
	DisableAccount(ctx context.Context, t TenantID, id HolderID, disabled bool) error
	// DeleteAccount deletes an account with its grants and keys. Errors: ErrLastOwner.
	DeleteAccount(ctx context.Context, t TenantID, id HolderID) error
	AccountByID(context.Context, HolderID) (a Account, ok bool, err error)
	AccountByName(ctx context.Context, t TenantID, name string) (a Account, ok bool, err error)
	ListAccounts(ctx context.Context, t TenantID, after string, limit int) ([]Account, error)
}

// GrantStore keeps grants.
type GrantStore interface {
	// InsertGrant gives a grant. Errors: ErrMissing when its holder does not belong to its tenant, or its namespace is another tenant's.
	InsertGrant(context.Context, Grant) error
	// DeleteGrant takes a grant back. Errors: ErrLastOwner.
	DeleteGrant(ctx context.Context, t TenantID, id GrantID) error
	GrantByID(context.Context, GrantID) (g Grant, ok bool, err error)
	ListGrants(ctx context.Context, t TenantID, after GrantID, limit int) ([]Grant, error)
	// RightsOf are all grants that count for a person or an account, and the tenants that it belongs to. groups count beside those that it is in.
	RightsOf(ctx context.Context, h Holder, groups []HolderID) (member []TenantID, rights []Right, err error)
}

// KeyStore keeps API keys.
type KeyStore interface {
	// InsertKey stores a new key. Errors: ErrMissing when its holder does not belong to its tenant.
	InsertKey(context.Context, Key) error
	// SetKeyDisabled disables a key or enables it again.
	SetKeyDisabled(ctx context.Context, t TenantID, id KeyID, disabled bool) error
	// SetKeyEnd has a key expire at that time, unless it does earlier.
	SetKeyEnd(ctx context.Context, t TenantID, id KeyID, end time.Time) error
	// SetKeyRevoked revokes a key. The first time counts.
	SetKeyRevoked(ctx context.Context, t TenantID, id KeyID, at time.Time) error
	KeyByID(context.Context, KeyID) (k Key, ok bool, err error)
	ListKeys(ctx context.Context, t TenantID, after KeyID, limit int) ([]Key, error)
	// NoteUses writes when keys were last used. It is no change of what anybody may do, and an older use than the stored one is dropped.
	NoteUses(context.Context, []KeyUse) error
}

// KeyUse is one use of a key.
type KeyUse struct {
	ID      KeyID
	At      time.Time
	Address string
}

// AuthorityStore keeps the certificate authorities of namespaces.
type AuthorityStore interface {
	// PutAuthority stores one, in place of that of the same name in its namespace, whose id and creation stay. It returns what is stored. Errors: ErrMissing when
	// its namespace is not its tenant's, ErrFull.
	PutAuthority(context.Context, Authority) (Authority, error)
	DeleteAuthority(ctx context.Context, t TenantID, id AuthorityID) error
	AuthorityByID(context.Context, AuthorityID) (a Authority, ok bool, err error)
	// AuthoritiesBySubject are all whose certificates have one of these subjects, each given as the SHA-256 of its encoding; in order of their ids.
	AuthoritiesBySubject(ctx context.Context, subjects [][32]byte) ([]Authority, error)
	ListAuthorities(ctx context.Context, t TenantID, after AuthorityID, limit int) ([]Authority, error)
}

// ViewStore keeps the views of namespaces.
type ViewStore interface {
	// PutView stores one, in place of that of the same name in its namespace. Errors: ErrMissing when its namespace is not its tenant's, ErrFull.
	PutView(context.Context, SavedView) error
	DeleteView(ctx context.Context, t TenantID, ns orchestration.NamespaceID, name string) error
	// ListViews are all views of a namespace, in order of their names.
	ListViews(ctx context.Context, ns orchestration.NamespaceID) ([]SavedView, error)
}

// SessionStore keeps sessions.
type SessionStore interface {
	// InsertSession stores a session. Errors: ErrMissing, also when the provider's session that it is within has ended meanwhile.
	InsertSession(context.Context, Session) error
	// NoteSession writes when a session was last seen. Errors: ErrMissing.
	NoteSession(ctx context.Context, hash [32]byte, seen time.Time) error
	// ClaimRefresh makes tried the time of the last attempt to refresh a session, if it still is was: of several nodes that want to, one may.
	ClaimRefresh(ctx context.Context, hash [32]byte, was, tried time.Time) (claimed bool, err error)
	// RenewSession stores what a refresh has brought: the refresh token, and when the provider vouched. Errors: ErrMissing.
	RenewSession(ctx context.Context, hash [32]byte, refresh []byte, verified time.Time) error
	SessionByHash(context.Context, [32]byte) (s Session, ok bool, err error)
	ListSessions(ctx context.Context, person HolderID) ([]Session, error)
	// DeleteSession ends a session, and records why.
	DeleteSession(ctx context.Context, hash [32]byte, why Ending) error
	// DeleteSessionsOf ends all sessions of a person.
	DeleteSessionsOf(ctx context.Context, person HolderID) error
	// LogOut ends the sessions that a logout names, in one transaction with the note that it has counted, and drops notes that have expired by at.
	// Errors: ErrExists when it has counted before.
	LogOut(ctx context.Context, l Logout, at time.Time) (ended []Session, err error)
	// DeleteExpired ends sessions that expire by a time, and those last seen by another, some at a time. more: there are others left.
	DeleteExpired(ctx context.Context, expires, seen time.Time) (more bool, err error)
}

// ChangeLog tells what has changed of who may do what, in the order of the commits.
type ChangeLog interface {
	// Changes are the tenants that changed after a version, and the version up to which that is. whole: so much has happened that anything may have changed.
	Changes(ctx context.Context, after int64) (changed []TenantID, version int64, whole bool, err error)
}
