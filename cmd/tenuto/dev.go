package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tenuto-io/tenuto/platform/config"
)

func newDev() *cobra.Command {
	cfg := config.DefaultDev(os.Getenv)
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Run a complete server on an embedded database, for one developer",
		Long: `Run a complete server in this process, on an embedded database, without any other service.

Everything is kept in one file, so a restart goes on where the last one stopped; --postgres uses a PostgreSQL database of
yours instead, and brings its tables up to date. The console asks for the one-time sign-in link that is printed at start.
Stop with Ctrl-C or SIGTERM: what is under way is finished first. Another signal, a second or more after the first, stops
at once, which loses nothing that was acknowledged.`,
		Example: `  tenuto dev --demo
  tenuto dev --db :memory: --namespace orders --namespace billing
  tenuto dev --postgres postgres://ada@localhost/tenuto`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("db") && cfg.Postgres != "" {
				return errors.New("--db and --postgres are both set: one of them is enough")
			}
			if cfg.Redis != "" && cfg.Postgres == "" {
				return errors.New("--redis is set without --postgres: a server on a file has no others to share it with")
			}
			return runDev(cmd.Context(), cfg, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVar(&cfg.Database, "db", cfg.Database, "database `FILE`, created at need; :memory: keeps nothing")
	f.StringVar(&cfg.Postgres, "postgres", "", "`URL` of a PostgreSQL database to use instead of a file")
	f.StringVar(&cfg.Redis, "redis", "", "`URL` of a Redis to use with --postgres, as tenuto server would")
	f.StringArrayVar(&cfg.Namespaces, "namespace", nil, "`NAME` of a namespace to have beside default; repeatable")
	f.StringVar(&cfg.OTLP, "otlp", "", "`URL` of an OpenTelemetry collector to send the traces of all workflows to")
	f.StringVar(&cfg.OTLPLink, "otlp-link", "", "`URL` of a trace in the tracing backend, with {trace} for its id, that the console's pages lead to")
	f.BoolVar(&cfg.Demo, "demo", false, "run the examples, a bank and a shop, in this process")
	nodeFlags(cmd, &cfg.Node)
	return cmd
}

// runDev serves until ctx ends, then drains. It returns nil after a clean end.
func runDev(ctx context.Context, cfg config.Dev, out, logs io.Writer) error {
	if err := cfg.Validate(); err != nil {
		return err
	}
	want := serving{Node: cfg.Node, open: true, joining: joining{redis: cfg.Redis}, audit: config.DefaultServer().Audit, otlp: config.DefaultServer().OTLP, found: cfg.AllNamespaces()}
	want.otlp.URL, want.otlp.Link = cfg.OTLP, cfg.OTLPLink
	if cfg.Demo {
		want.ledger = demoBooks(cfg.Database)
	}
	want.storage = func(ctx context.Context, log *slog.Logger) (*storage, error) {
		if cfg.Postgres == "" {
			return openFile(ctx, cfg.Database)
		}
		if err := migrate(ctx, cfg.Postgres); err != nil {
			return nil, err
		}
		return openPostgres(ctx, cfg.Postgres, log)
	}
	return serve(ctx, want, out, logs)
}

// demoBooks is the file of the demo's books: beside the database, or in memory like it. With PostgreSQL it is beside the file that the
// database would have been, or in memory if there is no place for one.
func demoBooks(database string) string {
	if database == config.Memory || database == "" {
		return config.Memory
	}
	return strings.TrimSuffix(database, ".db") + demoLedger
}
