package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/tenants"
)

// Engine is what the console asks of the engine: reads only; *engine.Engine is one. Errors are *orchestration.Error.
type Engine interface {
	List(ctx context.Context, r engine.ListRequest) (engine.ListPage, error)
	Count(ctx context.Context, r engine.ListRequest) (int64, error)
	Describe(ctx context.Context, k orchestration.RunKey) (*engine.Description, error)
	History(ctx context.Context, r engine.HistoryRequest) (engine.HistoryPage, error)
	HistoryReverse(ctx context.Context, r engine.HistoryRequest) (engine.HistoryPage, error)
}

// Namespaces is what the console asks of the directory of namespaces; *tenants.Directory is one.
type Namespaces interface {
	// ByName finds a namespace. Errors: InvalidArgument for a name that can be none; NamespaceNotFound.
	ByName(ctx context.Context, name string) (tenants.Namespace, error)
	// List reads up to limit namespaces in order of their names, after the given name.
	List(ctx context.Context, after string, limit int) ([]tenants.Namespace, error)
}

// Config is what a console needs. All fields without a default are required.
type Config struct {
	Engine     Engine
	Namespaces Namespaces
	// Addr is the host and port that the console really listens on, after binding; it decides which Host headers are the console's own.
	Addr string
	// Server is the address that SDKs connect to, shown where there is nothing else to show.
	Server string
	// NewLink is called with a sign-in link that somebody asked for from the sign-in page. It must show it only to the operator, and must not log it.
	NewLink func(link string)
	Logger  *slog.Logger
	// Clock is the time of links, sessions and relative times; default time.Now.
	Clock func() time.Time
}

// Console serves the pages. Make one with New.
type Console struct {
	engine     Engine
	namespaces Namespaces
	addr       string
	server     string
	newLink    func(string)
	log        *slog.Logger
	now        func() time.Time

	hosts    map[string]bool
	links    *links
	sessions *sessions
	echo     *echo.Echo
}

// New makes a console. It returns an error for an incomplete Config or an Addr without a port.
func New(cfg Config) (*Console, error) {
	if cfg.Engine == nil || cfg.Namespaces == nil || cfg.NewLink == nil || cfg.Logger == nil {
		return nil, errors.New("console: Engine, Namespaces, NewLink and Logger are required")
	}
	hosts, err := ownHosts(cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("console: address %q: %w", cfg.Addr, err)
	}
	now := cfg.Clock
	if now == nil {
		now = time.Now
	}
	c := &Console{
		engine: cfg.Engine, namespaces: cfg.Namespaces, addr: cfg.Addr, server: cfg.Server, newLink: cfg.NewLink, log: cfg.Logger, now: now,
		hosts: hosts, links: newLinks(now), sessions: newSessions(now),
	}
	c.echo = c.routes()
	return c, nil
}

// Handler serves the console over HTTP.
func (c *Console) Handler() http.Handler { return c.echo }

// SignInURL makes a sign-in link: good once, for LinkLifetime.
func (c *Console) SignInURL() string { return c.linkTo(c.links.issue()) }

func (c *Console) linkTo(token string) string {
	return "http://" + c.addr + "/signin?token=" + url.QueryEscape(token)
}
