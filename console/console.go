package console

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/signin"
)

// Engine is what the console asks of the engine; *engine.Engine is one. Errors are *orchestration.Error.
type Engine interface {
	List(ctx context.Context, r engine.ListRequest) (engine.ListPage, error)
	Count(ctx context.Context, r engine.ListRequest) (int64, error)
	CountGroups(ctx context.Context, r engine.ListRequest) (engine.RunCount, error)
	Queues
}

// Namespaces is what the console asks of the directory of namespaces; *tenants.Directory is one.
type Namespaces interface {
	// ByName finds a namespace. Errors: InvalidArgument for a name that can be none; NamespaceNotFound.
	ByName(ctx context.Context, name string) (tenants.Namespace, error)
	// ByID finds a namespace by its id. Errors: NamespaceNotFound.
	ByID(ctx context.Context, id orchestration.NamespaceID) (tenants.Namespace, error)
	// ListOf reads up to limit namespaces of a tenant in order of their names, after the given name.
	ListOf(ctx context.Context, t tenants.TenantID, after string, limit int) ([]tenants.Namespace, error)
}

// Tenants is what the console asks of who may do what; *tenants.Access is one.
type Tenants interface {
	// Epoch ends when what anybody may do has changed.
	Epoch() context.Context
	// TenantNamed finds a tenant. Errors: NotFound.
	TenantNamed(ctx context.Context, name string) (tenants.Tenant, error)
	TenantByID(context.Context, tenants.TenantID) (t tenants.Tenant, ok bool, err error)
	// ListTenants reads up to limit tenants in order of their names, after the given name.
	ListTenants(ctx context.Context, after string, limit int) ([]tenants.Tenant, error)
	PersonByID(context.Context, tenants.HolderID) (p tenants.Person, ok bool, err error)
	GroupByID(context.Context, tenants.HolderID) (g tenants.Group, ok bool, err error)
	// ListViews are the views that a namespace keeps.
	ListViews(context.Context, orchestration.NamespaceID) ([]tenants.SavedView, error)
	// SaveView keeps a view, in place of that of the same name. Errors: InvalidArgument, FailedPrecondition (there are too many).
	SaveView(context.Context, tenants.SavedView) error
	RemoveView(ctx context.Context, t tenants.TenantID, ns orchestration.NamespaceID, name string) error
	// RightsOf are the grants that count for somebody.
	RightsOf(ctx context.Context, h tenants.Holder, groups []tenants.HolderID) (member []tenants.TenantID, rights []tenants.Right, err error)
}

// Config is what a console needs. All fields without a default are required.
type Config struct {
	Engine     Engine
	Runs       Runs
	Batches    Batches
	Namespaces Namespaces
	Tenants    Tenants
	// Administration is what the forms of administration call.
	Administration Administration
	Attributes     Attributes
	// Desk has people sign in by identity providers. nil: whoever reads the terminal is the one user, and signs in by links that are printed there.
	Desk *signin.Desk
	// URL is the address of the console as browsers know it, with Desk only; its host is the only one that is answered.
	URL string
	// Addr is the host and port that the console really listens on, after binding; it decides which Host headers are the console's own, without Desk.
	Addr string
	// Fleet is the nodes of the installation; nil: this process alone serves all shards.
	Fleet Fleet
	// Server is the address that SDKs connect to, as pages tell it.
	Server string
	// Encrypted tells that Server speaks TLS.
	Encrypted bool
	// Version is what the server calls itself.
	Version string
	// NewLink is called with a sign-in link that somebody asked for from the sign-in page. It must show it only to the operator, and must not log it.
	// Not used with Desk.
	NewLink func(link string)
	// Spans derives the spans of a run that have ended from the beginning of its history, as a collector gets them. Errors: DataLoss.
	Spans func(key orchestration.RunKey, namespace string, place orchestration.TraceContext, events []*historypb.HistoryEvent) ([]*tracepb.Span, error)
	// TraceLink is the address of a trace in the tracing backend, with {trace} for its id; "": there is none.
	TraceLink string
	Logger    *slog.Logger
	// Auditor takes note of what people look at and do, as the level of the namespace says, AuditLevel where it has none. nil: nobody does.
	Auditor    Auditor
	AuditLevel tenants.AuditLevel
	// Clock is the time of links, sessions and relative times; default time.Now.
	Clock func() time.Time
}

// Console serves the pages. Make one with New.
type Console struct {
	engine     Engine
	runs       Runs
	batches    Batches
	namespaces Namespaces
	tenants    Tenants
	admin      Administration
	attributes Attributes
	fleet      Fleet
	server     string
	encrypted  bool
	version    string
	auditor    Auditor
	auditLevel tenants.AuditLevel
	spans      func(orchestration.RunKey, string, orchestration.TraceContext, []*historypb.HistoryEvent) ([]*tracepb.Span, error)
	traceLink  string
	log        *slog.Logger
	now        func() time.Time

	door entrance
	// reading has a place for each file that is being read.
	reading chan struct{}
	echo    *echo.Echo
}

// New makes a console. It returns an error for an incomplete Config or an Addr without a port.
func New(cfg Config) (*Console, error) {
	if cfg.Engine == nil || cfg.Runs == nil || cfg.Batches == nil || cfg.Namespaces == nil || cfg.Tenants == nil || cfg.Administration == nil || cfg.Attributes == nil || cfg.Logger == nil {
		return nil, errors.New("console: Engine, Runs, Batches, Namespaces, Tenants, Administration, Attributes and Logger are required")
	}
	now := cfg.Clock
	if now == nil {
		now = time.Now
	}
	c := &Console{engine: cfg.Engine, runs: cfg.Runs, batches: cfg.Batches, namespaces: cfg.Namespaces, tenants: cfg.Tenants, server: cfg.Server, log: cfg.Logger, now: now}
	c.admin, c.attributes, c.fleet, c.encrypted, c.version = cfg.Administration, cfg.Attributes, cfg.Fleet, cfg.Encrypted, cfg.Version
	c.auditor, c.auditLevel = cfg.Auditor, cfg.AuditLevel.Or(tenants.AuditInterventions)
	c.spans, c.traceLink = cfg.Spans, cfg.TraceLink
	c.reading = make(chan struct{}, filesRead)
	var err error
	if cfg.Desk != nil {
		c.door, err = newProviders(c, cfg.Desk, cfg.URL)
	} else {
		c.door, err = newTerminal(c, cfg)
	}
	if err != nil {
		return nil, err
	}
	c.echo = c.routes()
	return c, nil
}

// Handler serves the console over HTTP.
func (c *Console) Handler() http.Handler { return c.echo }

// SignInURL makes a sign-in link: good once, for LinkLifetime. "": people sign in by identity providers.
func (c *Console) SignInURL() string {
	if t, ok := c.door.(*terminal); ok {
		return t.linkTo(t.links.issue())
	}
	return ""
}
