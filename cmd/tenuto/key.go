package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/tenuto-io/tenuto/cmd/tenuto/administer"
	"github.com/tenuto-io/tenuto/platform/config"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/tenants"
	tenantpostgres "github.com/tenuto-io/tenuto/tenants/postgres"
)

// newBreakGlass is how the command for keys makes one of an operator with nothing but the database.
func newBreakGlass() administer.BreakGlass {
	var path string
	return administer.BreakGlass{
		Flags: func(cmd *cobra.Command) { configFlag(cmd, &path) },
		Run: func(cmd *cobra.Command, name string, life time.Duration) error {
			r := keyRequest{config: path, name: cmp.Or(name, "break-glass"), life: life}
			if !cmd.Flags().Changed("expires") {
				r.life = usualBreakGlass
			}
			return r.run(cmd.Context(), cmd)
		},
	}
}

// keyRequest is what a key is asked for with.
type keyRequest struct {
	config string
	name   string
	life   time.Duration
}

// How long a key lives that may do everything.
const (
	usualBreakGlass = 24 * time.Hour
	mostBreakGlass  = 90 * 24 * time.Hour
)

func (r keyRequest) run(ctx context.Context, cmd *cobra.Command) error {
	if r.life <= 0 || r.life > mostBreakGlass {
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
	k, text, err := tenants.NewAccess(tenants.AccessConfig{Registry: tenantpostgres.NewRegistry(db.Pool)}).BreakGlass(byHand(ctx), r.name, r.life)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, text); err != nil {
		return err
	}
	_, err = fmt.Fprintf(notes, "key %s may do everything until %s; it is shown once and kept nowhere\n", k.ID, k.Expires.Format(time.RFC3339))
	return err
}
