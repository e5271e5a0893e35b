package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/tenuto-io/tenuto/console"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/batch"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/retention"
	"github.com/tenuto-io/tenuto/platform/config"
	"github.com/tenuto-io/tenuto/platform/edge"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/admin"
	"github.com/tenuto-io/tenuto/tenants/audit"
	"github.com/tenuto-io/tenuto/tenants/signin"
)

// foundRetention is the retention of the namespaces that commands found by themselves.
const foundRetention = tenants.Retention(7 * 24 * time.Hour)

// serving is what a command wants served.
type serving struct {
	config.Node
	joining joining
	storage func(context.Context, *slog.Logger) (*storage, error)
	// open lets everybody in. tokens verifies what is no API key; nil: only keys count.
	open   bool
	tokens func(context.Context, string) (tenants.Token, error)
	tls    config.TLS // of the address that SDKs connect to; with signIn, of the console too
	signIn config.SignIn
	// audit is what is recorded of calls, and for how long.
	audit config.Audit
	// quota is what namespaces may do that have no quota of their own.
	quota tenants.Quota
	// otlp is where traces go.
	otlp config.OTLP
	// found are the namespaces to found where they are missing. Without any, the default one must be there.
	found []string
	// ledger is the file of the demo's books; empty without demo.
	ledger string
}

// server is everything that one process serves, opened in the order of its fields and closed in reverse.
type server struct {
	want serving
	log  *slog.Logger

	grpc, web net.Listener
	peers     net.Listener // nil for a database that only one process can use
	storage   *storage
	node      *node // nil likewise
	directory *tenants.Directory
	recorder  *audit.Recorder
	access    *tenants.Access
	desk      *signin.Desk // nil: whoever reads the terminal signs in
	tls       *tls.Config  // nil: SDKs do not encrypt
	clusterID string
	engine    *engine.Engine
	batches   *batch.Room
	retention *retention.Room
	traces    *tracing // nil: nothing is sent
	edge      *edge.Server
	console   *console.Console
	demo      *demo // nil without one

	closers []closer
}

// closer ends one part; what names it in the log.
type closer struct {
	what string
	end  func(context.Context) error
}

// serve opens everything, says on out where it is, and answers until ctx ends or a part fails. It returns nil after a clean end.
func serve(ctx context.Context, want serving, out, logs io.Writer) error {
	paceCollector()
	log := newLogger(want.Node, logs)
	s, err := openServer(ctx, want, out, log)
	if err != nil {
		return err
	}
	if err := s.greet(ctx, out); err != nil {
		log.Warn("cannot print where to connect", "error", err)
	}
	return s.serve(ctx)
}

// openServer opens every part. Addresses and database come first, because they are what can be wrong; nothing is served yet. On an error
// nothing stays open.
func openServer(ctx context.Context, want serving, out io.Writer, log *slog.Logger) (_ *server, err error) {
	s := &server{want: want, log: log}
	defer func() {
		if err != nil {
			_ = s.close() // the first error is the one to tell
		}
	}()
	for _, open := range []func(context.Context) error{s.openListeners, s.openStorage, s.openNamespaces, s.openAudit, s.openAccess, s.openDesk, s.openTraces, s.openEngine, s.openJobs} {
		if err := open(ctx); err != nil {
			return nil, err
		}
	}
	administer := admin.Config{
		Access: s.access, Directory: s.directory, Namespaces: ending{s.engine}, Usage: s.storage.engine, Journal: s.storage.journal, Recorder: s.recorder,
	}
	if s.desk != nil {
		administer.Sessions = s.desk
	}
	administration := admin.New(administer)
	served := edge.Config{
		Engine: s.engine, Batches: s.batches, Namespaces: s.directory, Guard: s.guard(), Auditor: s.recorder, AuditLevel: s.want.audit.Level(), TLS: s.tls, Logger: log,
		Version: version(), ClusterID: s.clusterID, Storage: s.storage.kind, Host: machine(), Quotas: s.openQuotas(),
		Administration: administration,
	}
	if s.node != nil {
		served.Router = s.node
	}
	s.edge = edge.New(served)
	pages := console.Config{
		Engine: s.engine, Runs: s.edge.Inside(), Batches: s.batches, Namespaces: s.directory, Attributes: s.directory, Tenants: s.access, Administration: administration, Desk: s.desk, URL: want.signIn.URL, Logger: log,
		Auditor: s.recorder, AuditLevel: s.want.audit.Level(),
		Addr: s.web.Addr().String(), Server: s.grpc.Addr().String(), Encrypted: s.tls != nil, Version: version(),
		Spans: spansOf, TraceLink: want.otlp.Link,
		NewLink: func(link string) { printLink(out, link) },
	}
	if s.node != nil {
		pages.Fleet = s.node
	}
	s.console, err = console.New(pages)
	if err == nil && want.ledger != "" {
		s.demo, err = openDemo(ctx, want.ledger, log)
	}
	return s, err
}

// atClose has a part ended at close, before those that were opened earlier.
func (s *server) atClose(what string, end func(context.Context) error) {
	s.closers = append(s.closers, closer{what, end})
}

func (s *server) openListeners(context.Context) (err error) {
	if s.tls, err = openTLS(s.want.tls, s.log); err != nil {
		return err
	}
	if s.grpc, err = listen("--grpc", s.want.GRPC); err != nil {
		return err
	}
	s.atClose("gRPC listener", func(context.Context) error { return closeListener(s.grpc) })
	if s.web, err = listen("--console", s.want.Console); err != nil {
		return err
	}
	s.atClose("console listener", func(context.Context) error { return closeListener(s.web) })
	return nil
}

func (s *server) openStorage(ctx context.Context) (err error) {
	if s.storage, err = s.want.storage(ctx, s.log); err != nil {
		return err
	}
	s.atClose("database", func(context.Context) error { return s.storage.close() })
	return nil
}

// openNamespaces sees to the namespaces. The id of the default one is random and as old as the database, so it serves as the id of the
// installation.
func (s *server) openNamespaces(ctx context.Context) error {
	s.directory = tenants.NewDirectory(s.storage.tenants, time.Now, tenants.WithAnnounce(s.announceNamespace))
	if err := foundNamespaces(ctx, s.directory, s.want.found, nil); err != nil {
		return err
	}
	n, err := s.directory.Describe(ctx, config.DefaultNamespace)
	if orchestration.CodeOf(err) == orchestration.NamespaceNotFound {
		return fmt.Errorf("the database has no namespace %s: run tenuto migrate", config.DefaultNamespace)
	}
	s.clusterID = n.ID.String()
	return err
}

// foundNamespaces founds those that are missing, and calls founded, if there is one, for each that was.
func foundNamespaces(ctx context.Context, d *tenants.Directory, names []string, founded func(name string)) error {
	for _, name := range names {
		_, err := d.Register(ctx, tenants.Registration{Name: name, Retention: foundRetention, Protected: name == config.DefaultNamespace})
		switch {
		case orchestration.CodeOf(err) == orchestration.NamespaceExists:
		case err != nil:
			return fmt.Errorf("cannot register namespace %s: %w", name, err)
		case founded != nil:
			founded(name)
		}
	}
	return nil
}

// openEngine opens the engine, as that of one node among others if the database can be shared.
func (s *server) openEngine(ctx context.Context) (err error) {
	commits, err := traceCommits(s.storage.engine)
	if err != nil {
		return err
	}
	c := engine.Config{Store: commits, Reader: s.storage.engine, Queues: s.storage.engine, Logger: s.log, Attributes: s.directory.SearchAttributes}
	if s.traces != nil {
		c.Traced, c.Moved = s.traces.closed, s.traces.moved
	}
	if s.storage.members != nil {
		if err := s.openNode(ctx); err != nil {
			return err
		}
		c.Cluster, c.Lanes, c.Peers, c.Exchange = s.node, s.node.Fences(), s.node, s.node.exchange
	}
	if s.engine, err = engine.Open(ctx, c); err != nil {
		err = fmt.Errorf("cannot open the engine: %w", err)
		if s.node != nil {
			err = errors.Join(err, s.node.Leave(ctx), s.node.close(ctx))
		}
		return err
	}
	s.atClose("engine", s.engine.Close)
	if s.node != nil { // which nobody may ask any more when the engine is closed, and which gives back what the engine serves
		s.atClose("peers", s.node.close)
		s.atClose("node", s.node.leave)
	}
	return nil
}

// openJobs begins the long work of the shards that this process serves. It ends before the engine that it asks.
func (s *server) openJobs(context.Context) error {
	s.retention = retention.New(retention.Config{
		Namespaces: leaving{s.directory}, Engine: s.engine, Jobs: s.storage.engine, Logger: s.log,
		Leftovers: []func(context.Context, orchestration.NamespaceID) error{s.storage.engine.DropQueueConfigs},
	})
	s.retention.Run()
	s.atClose("retention", func(context.Context) error {
		s.retention.Close()
		return nil
	})
	s.keepUsage()
	s.sendTraces()
	s.batches = batch.Open(batch.Config{Jobs: s.storage.engine, Engine: s.engine, Logger: s.log})
	s.atClose("batch operations", func(context.Context) error {
		s.batches.Close()
		return nil
	})
	return nil
}

// openNode makes this process one of those that share the database. Its address is bound first: whoever had it before is dead.
func (s *server) openNode(ctx context.Context) (err error) {
	if s.peers, err = listen("--peer", s.want.Peer); err != nil {
		return err
	}
	s.atClose("peer listener", func(context.Context) error { return closeListener(s.peers) })
	if s.node, err = join(ctx, s.storage, s.peers, s.want.joining, s.clusterID, s.log); err != nil {
		return err
	}
	s.node.Handle(verbNamespace, s.namespaceChanged)
	s.node.Handle(verbAccess, s.accessChanged)
	return nil
}

// newLogger writes log lines as the configuration, which is valid, asks for.
func newLogger(n config.Node, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: n.Level()}
	if n.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
