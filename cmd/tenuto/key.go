package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/tenuto-io/tenuto/platform/config"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/tenants"
	tenantpostgres "github.com/tenuto-io/tenuto/tenants/postgres"
)

func newKey() *cobra.Command {
	cmd := &cobra.Command{Use: "key", Short: "Make API keys"}
	cmd.AddCommand(newKeyCreate())
	return cmd
}

// keyRequest is what a key is asked for with.
type keyRequest struct {
	config     string
	breakGlass bool
	name       string
	life       time.Duration
}

func newKeyCreate() *cobra.Command {
	var r keyRequest
	cmd := &cobra.Command{
		Use:   "create --break-glass",
		Short: "Make an API key that may do everything, with nothing but the database",
		Long: `Make an API key of an operator, who may do everything in every tenant: the first key of an installation, or the way back
in when nobody has one any more. Whoever can read and write the database may do this, so it needs postgres.url of the
configuration and nothing else; a running server lets the key in at once.

The key is printed on standard output, once and never again: only a hash of it is kept.`,
		Example: `  tenuto key create --break-glass --expires 1h`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.run(cmd.Context(), cmd)
		},
	}
	configFlag(cmd, &r.config)
	f := cmd.Flags()
	f.BoolVar(&r.breakGlass, "break-glass", false, "make it in the database itself, whoever asks")
	f.StringVar(&r.name, "name", "break-glass", "`NAME` by which people know the key")
	f.DurationVar(&r.life, "expires", 24*time.Hour, "`TIME` until the key lets nobody in any more; up to 90 days")
	return cmd
}

// mostBreakGlass is the longest life of a key that may do everything.
const mostBreakGlass = 90 * 24 * time.Hour

func (r keyRequest) run(ctx context.Context, cmd *cobra.Command) error {
	switch {
	case !r.breakGlass:
		return errors.New("say --break-glass: this makes a key that may do everything")
	case r.life <= 0 || r.life > mostBreakGlass:
		return fmt.Errorf("--expires %v: a key that may do everything lives up to 90 days", r.life)
	}
	cfg, err := config.Load(sources(cmd, r.config))
	if err != nil {
		return err
	}
	if err := cfg.ValidatePostgres(); err != nil {
		return err
	}
	return breakGlass(ctx, cfg.Postgres.URL, r, cmd.OutOrStdout(), cmd.ErrOrStderr())
}

// breakGlass makes the key. Its text goes to out alone, so that it can be piped; what people want to know goes to notes.
func breakGlass(ctx context.Context, url string, r keyRequest, out, notes io.Writer) error {
	db, err := database.OpenPostgres(ctx, url, postgresRooms()...)
	if err != nil {
		return err
	}
	defer db.Close()
	k, text, err := tenants.NewAccess(tenants.AccessConfig{Registry: tenantpostgres.NewRegistry(db.Pool)}).BreakGlass(ctx, r.name, r.life)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, text); err != nil {
		return err
	}
	_, err = fmt.Fprintf(notes, "key %s may do everything until %s; it is shown once and kept nowhere\n", k.ID, k.Expires.Format(time.RFC3339))
	return err
}
