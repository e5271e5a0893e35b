package main

import (
	"context"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/tenuto-io/tenuto/platform/config"
)

func newServer() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "server",
		Short: "Run a server on PostgreSQL, one or many beside each other",
		Long: `Run a server on a PostgreSQL database that tenuto migrate has brought up to date. Start more of them with the same
database and the same peer.secret, and they share the work; SDKs may connect to any of them.

It is configured by flags, by environment variables and by a file, in this order; "tenuto config docs" describes every key
and "tenuto config check" shows what is in effect. Stop with SIGTERM: what is under way is finished first. Another
signal, a second or more after the first, stops at once, which loses nothing that was acknowledged.`,
		Example: `  tenuto server --config /etc/tenuto.yaml
  TENUTO_POSTGRES_URL_FILE=/run/secrets/tenuto-postgres TENUTO_AUTH=off tenuto server`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(sources(cmd, path))
			if err != nil {
				return err
			}
			return runServer(cmd.Context(), cfg, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	configFlag(cmd, &path)
	shown := config.DefaultServer()
	nodeFlags(cmd, &shown.Node) // for their help; config.Load lays the values over the other sources
	cmd.Flags().StringVar(&shown.Peers.Advertise, "advertise", "", "`ADDR` by which other nodes reach this one, if it is not that of --peer")
	return cmd
}

// nodeFlags are the flags of every command that serves.
func nodeFlags(cmd *cobra.Command, n *config.Node) {
	f := cmd.Flags()
	f.StringVar(&n.GRPC, "grpc", n.GRPC, "`ADDR` that SDKs connect to")
	f.StringVar(&n.Console, "console", n.Console, "`ADDR` of the web console; loopback only")
	f.StringVar(&n.Peer, "peer", n.Peer, "`ADDR` that other nodes of the same database connect to")
	f.StringVar(&n.LogLevel, "log-level", n.LogLevel, "least `LEVEL` to log: debug, info, warn or error")
	f.StringVar(&n.LogFormat, "log-format", n.LogFormat, "`FORMAT` of log lines: text or json")
}

func configFlag(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVar(path, "config", "", "YAML `FILE` to read; default: the one that "+config.FileVariable+" names, or none")
}

// sources are where a command's configuration comes from.
func sources(cmd *cobra.Command, path string) config.Sources {
	src := config.Sources{File: path, Getenv: os.Getenv, Flags: map[string]string{}}
	for _, k := range config.Keys {
		if k.Flag == "" {
			continue
		}
		if f := cmd.Flags().Lookup(k.Flag[len("--"):]); f != nil && f.Changed {
			src.Flags[k.Name] = f.Value.String()
		}
	}
	return src
}

// runServer serves until ctx ends, then drains. It returns nil after a clean end.
func runServer(ctx context.Context, cfg config.Server, out, logs io.Writer) error {
	if err := cfg.Validate(); err != nil {
		return err
	}
	return serve(ctx, serving{
		Node: cfg.Node, joining: joining{Peers: cfg.Peers, redis: cfg.Redis.URL},
		open: cfg.Auth == config.AuthOff, tokens: tokensOf(cfg.JWT), tls: cfg.TLS, signIn: cfg.SignIn, quota: quotaOf(cfg.Quota), audit: cfg.Audit, otlp: cfg.OTLP,
		storage: func(ctx context.Context, log *slog.Logger) (*storage, error) {
			if cfg.Auth == config.AuthOff && !cfg.OnlyThisMachine() {
				log.Warn("auth is off: whoever reaches this address may do everything", "grpc", cfg.GRPC)
			}
			return openPostgres(ctx, cfg.Postgres.URL, log)
		},
	}, out, logs)
}
