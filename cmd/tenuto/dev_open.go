package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/tenuto-io/tenuto/console"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	enginestore "github.com/tenuto-io/tenuto/orchestration/store/sqlite"
	"github.com/tenuto-io/tenuto/platform/config"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/platform/edge"
	"github.com/tenuto-io/tenuto/tenants"
	tenantstore "github.com/tenuto-io/tenuto/tenants/sqlite"
)

// devRetention is the retention of the namespaces that tenuto dev founds.
const devRetention = tenants.Retention(7 * 24 * time.Hour)

// devServer is everything that `tenuto dev` runs, opened in the order of its fields and closed in reverse.
type devServer struct {
	cfg config.Dev
	log *slog.Logger

	grpc, web net.Listener
	db        *database.SQLite
	store     *enginestore.Store
	directory *tenants.Directory
	clusterID string
	engine    *engine.Engine
	edge      *edge.Server
	console   *console.Console
	demo      *demo // nil without --demo

	closers []closer
}

// closer ends one part; what names it in the log.
type closer struct {
	what string
	end  func(context.Context) error
}

// openDev opens every part. Addresses and file come first, because they are what can be wrong; nothing is served yet. On an error
// nothing stays open.
func openDev(ctx context.Context, cfg config.Dev, out io.Writer, log *slog.Logger) (_ *devServer, err error) {
	s := &devServer{cfg: cfg, log: log}
	defer func() {
		if err != nil {
			_ = s.close() // the first error is the one to tell
		}
	}()
	for _, open := range []func(context.Context) error{s.openListeners, s.openDatabase, s.openNamespaces, s.openEngine} {
		if err := open(ctx); err != nil {
			return nil, err
		}
	}
	s.edge = edge.New(edge.Config{
		Engine: s.engine, Namespaces: s.directory, Logger: log, Version: version(), ClusterID: s.clusterID, Storage: "sqlite",
	})
	s.console, err = console.New(console.Config{
		Engine: s.engine, Namespaces: s.directory, Logger: log, Addr: s.web.Addr().String(), Server: s.grpc.Addr().String(),
		NewLink: func(link string) { printLink(out, link) },
	})
	if err == nil && cfg.Demo {
		s.demo, err = openDemo(ctx, cfg, log)
	}
	return s, err
}

// atClose has a part ended at close, before those that were opened earlier.
func (s *devServer) atClose(what string, end func(context.Context) error) {
	s.closers = append(s.closers, closer{what, end})
}

func (s *devServer) openListeners(context.Context) (err error) {
	if s.grpc, err = listen("--grpc", s.cfg.GRPC); err != nil {
		return err
	}
	s.atClose("gRPC listener", func(context.Context) error { return closeListener(s.grpc) })
	if s.web, err = listen("--console", s.cfg.Console); err != nil {
		return err
	}
	s.atClose("console listener", func(context.Context) error { return closeListener(s.web) })
	return nil
}

func (s *devServer) openDatabase(ctx context.Context) (err error) {
	s.db, err = database.OpenSQLite(ctx, s.cfg.Database,
		database.Migrations{Room: "engine", Files: enginestore.Migrations()},
		database.Migrations{Room: "tenants", Files: tenantstore.Migrations()})
	if err != nil {
		return err
	}
	s.atClose("database", func(context.Context) error { return s.db.Close() })
	s.store = enginestore.New(s.db.Write, s.db.Read)
	s.atClose("store", func(context.Context) error { return s.store.Close() })
	return nil
}

// openNamespaces founds the namespaces that are missing. The id of the default one is random and as old as the file, so it serves as the
// id of the installation.
func (s *devServer) openNamespaces(ctx context.Context) error {
	s.directory = tenants.NewDirectory(tenantstore.New(s.db.Write, s.db.Read), time.Now)
	for _, name := range s.cfg.AllNamespaces() {
		n, err := s.directory.Ensure(ctx, tenants.Registration{Name: name, Retention: devRetention})
		if err != nil {
			return fmt.Errorf("cannot register namespace %s: %w", name, err)
		}
		if name == config.DefaultNamespace {
			s.clusterID = n.ID.String()
		}
	}
	return nil
}

func (s *devServer) openEngine(ctx context.Context) (err error) {
	commits, err := traceCommits(s.store)
	if err != nil {
		return err
	}
	if s.engine, err = engine.Open(ctx, engine.Config{Store: commits, Reader: s.store, Logger: s.log}); err != nil {
		return fmt.Errorf("cannot open the engine: %w", err)
	}
	s.atClose("engine", s.engine.Close)
	return nil
}
