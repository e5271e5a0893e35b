package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/tenuto-io/tenuto/platform/config"
)

func newDev() *cobra.Command {
	cfg := config.DefaultDev(os.Getenv)
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Run a complete server on an embedded database, for one developer",
		Long: `Run a complete server in this process, on an embedded database, without any other service.

Everything is kept in one file, so a restart goes on where the last one stopped. The console asks for the one-time
sign-in link that is printed at start. Stop with Ctrl-C or SIGTERM: what is under way is finished first. Another signal,
a second or more after the first, stops at once, which loses nothing that was acknowledged.`,
		Example: `  tenuto dev --demo
  tenuto dev --db :memory: --namespace orders --namespace billing`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDev(cmd.Context(), cfg, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVar(&cfg.Database, "db", cfg.Database, "database `FILE`, created at need; :memory: keeps nothing")
	f.StringVar(&cfg.GRPC, "grpc", cfg.GRPC, "`ADDR` that SDKs connect to; needs no credential")
	f.StringVar(&cfg.Console, "console", cfg.Console, "`ADDR` of the web console; loopback only")
	f.StringArrayVar(&cfg.Namespaces, "namespace", nil, "`NAME` of a namespace to have beside default; repeatable")
	f.BoolVar(&cfg.Demo, "demo", false, "run the bank-transfer example in this process")
	f.StringVar(&cfg.LogLevel, "log-level", cfg.LogLevel, "least `LEVEL` to log: debug, info, warn or error")
	f.StringVar(&cfg.LogFormat, "log-format", cfg.LogFormat, "`FORMAT` of log lines: text or json")
	return cmd
}

// runDev serves until ctx ends, then drains. It returns nil after a clean end.
func runDev(ctx context.Context, cfg config.Dev, out, logs io.Writer) error {
	if err := cfg.Validate(); err != nil {
		return err
	}
	log, err := newLogger(cfg, logs)
	if err != nil {
		return err
	}
	server, err := openDev(ctx, cfg, out, log)
	if err != nil {
		return err
	}
	if err := server.greet(out); err != nil {
		log.Warn("cannot print where to connect", "error", err)
	}
	return server.serve(ctx)
}

func newLogger(cfg config.Dev, w io.Writer) (*slog.Logger, error) {
	level, err := cfg.Level()
	if err != nil {
		return nil, err
	}
	options := &slog.HandlerOptions{Level: level}
	switch cfg.LogFormat {
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	}
	return nil, fmt.Errorf("no log format %q", cfg.LogFormat)
}
