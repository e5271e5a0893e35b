package admin

import (
	"context"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/usage"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// Config is what a Service is made of.
type Config struct {
	Access     *tenants.Access    // required
	Directory  *tenants.Directory // required
	Namespaces Namespaces         // required
	Usage      usage.Reader       // required
	Journal    audit.Reader       // required
	Recorder   Recorder           // required
	Sessions   Sessions           // nil: people do not sign in by identity providers
	Now        func() time.Time   // nil: time.Now
}

// Namespaces tells how the removal of a deleted namespace gets on.
type Namespaces interface {
	// Remaining is how many workflows are still stored of a namespace.
	Remaining(context.Context, orchestration.NamespaceID) (int64, error)
}

// Recorder tells how it gets on with recording calls.
type Recorder interface {
	Waiting() int
	Dropped() int64
}

// Service implements the services of tenuto.admin.v1. It is safe for concurrent use. Errors are *orchestration.Error for what the caller did; a database that
// fails comes through wrapped.
type Service struct {
	access     *tenants.Access
	directory  *tenants.Directory
	namespaces Namespaces
	usage      usage.Reader
	journal    audit.Reader
	recorder   Recorder
	sessions   Sessions
	now        func() time.Time
}

var _ interface {
	adminv1.TenantServiceServer
	adminv1.NamespaceServiceServer
	adminv1.HolderServiceServer
	adminv1.GrantServiceServer
	adminv1.KeyServiceServer
	adminv1.AuthorityServiceServer
	adminv1.QuotaServiceServer
	adminv1.UsageServiceServer
	adminv1.AuditServiceServer
	adminv1.SessionServiceServer
} = (*Service)(nil)

// New makes a Service.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sessions == nil {
		c.Sessions = nobodyIn{}
	}
	return &Service{
		access: c.Access, directory: c.Directory, namespaces: c.Namespaces, usage: c.Usage, journal: c.Journal, recorder: c.Recorder, sessions: c.Sessions, now: c.Now,
	}
}

// visit is a call that concerns a tenant.
type visit struct {
	tenants.Tenant
	by *tenants.Principal
}

// visit finds the tenant of a call. Errors: NotFound, also for who may not know of it.
func (s *Service) visit(ctx context.Context, tenant string) (visit, error) {
	by := tenants.PrincipalOf(ctx)
	if by == nil {
		return visit{}, denied("The call has no principal.")
	}
	if tenant == "" {
		return visit{}, invalid("The tenant is not set.")
	}
	t, err := s.access.TenantNamed(ctx, tenant)
	if err == nil && !by.Knows(t.ID) {
		err = missing("Tenant %s", tenant)
	}
	return visit{t, by}, err
}

// role is what the caller is in the tenant.
func (v visit) role() tenants.Role { return v.by.Role(v.ID) }

// manages tells whether the caller may manage whoever is no owner.
func (v visit) manages() bool { return v.role() >= tenants.Administrator }

func invalid(format string, args ...any) error {
	return orchestration.Errorf(orchestration.InvalidArgument, format, args...)
}

func denied(why string) error {
	return orchestration.Errorf(orchestration.PermissionDenied, "%s", why)
}

// missing is the error for what is not there; the format names it.
func missing(format string, args ...any) error {
	return orchestration.Errorf(orchestration.NotFound, format+" is not found.", args...)
}

// defaultRetention is that of a namespace whose founder says none.
const defaultRetention = tenants.Retention(7 * 24 * time.Hour)
