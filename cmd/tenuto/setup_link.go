package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/tenuto-io/tenuto/platform/config"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/tenants"
	tenantpostgres "github.com/tenuto-io/tenuto/tenants/postgres"
	"github.com/tenuto-io/tenuto/tenants/signin"
)

func newSetupLink() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "setup-link",
		Short: "Print a link that makes whoever signs in with it an administrator",
		Long: `Print a link to the console that makes whoever signs in with it an operator, who may do everything in every tenant: for a
first administrator who was late, or when no operator is left who can sign in. It counts once, for half an hour, and ends
all others with its use. Whoever can read and write the database may do this, so it needs the configuration of the server
and nothing else; a running server takes the link at once.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(sources(cmd, path))
			if err != nil {
				return err
			}
			if err := cfg.Validate(); err != nil {
				return err
			}
			return printSetupLink(cmd.Context(), cfg, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	configFlag(cmd, &path)
	return cmd
}

// printSetupLink makes a link. It goes to out alone; what people want to know goes to notes.
func printSetupLink(ctx context.Context, cfg config.Server, out, notes io.Writer) error {
	if !cfg.SignIn.Configured() {
		return errors.New("signin.providers_file is not set: nobody signs in by an identity provider, so a link could make nobody an administrator")
	}
	db, err := database.OpenPostgres(ctx, cfg.Postgres.URL, postgresRooms()...)
	if err != nil {
		return err
	}
	defer db.Close()
	desk, err := signin.New(signin.Config{
		Access: tenants.NewAccess(tenants.AccessConfig{Registry: tenantpostgres.NewRegistry(db.Pool)}), Secret: []byte(cfg.SignIn.Secret),
	})
	if err != nil {
		return err
	}
	token, err := desk.SetupLink(byHand(ctx), true)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, setupURL(cfg.SignIn, token)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(notes, "whoever signs in with it within %d minutes may do everything; it counts once\n", int(signin.LinkLife.Minutes()))
	return err
}
