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

func newMigrate() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring a PostgreSQL database up to date",
		Long: `Create the tables of a PostgreSQL database, or bring them up to date, and found the namespace default.

Run it before the first start and after each update of the binary, from as many machines as you like: they queue, and all
but the first find nothing to do. It goes upwards only, and needs nothing but postgres.url of the configuration.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(sources(cmd, path))
			if err != nil {
				return err
			}
			if err := cfg.ValidatePostgres(); err != nil {
				return err
			}
			return runMigrate(cmd.Context(), cfg.Postgres.URL, cmd.OutOrStdout())
		},
	}
	configFlag(cmd, &path)
	return cmd
}

// runMigrate migrates, founds the default namespace, and says on out what it did.
func runMigrate(ctx context.Context, url string, out io.Writer) error {
	var before []outdated
	for _, room := range postgresRooms() {
		o, err := look(ctx, url, room)
		if err != nil {
			return err
		}
		before = append(before, o)
	}
	if err := migrate(ctx, url); err != nil {
		return err
	}
	said := &sayer{out: out}
	for _, o := range before {
		said.say("%s tables: %s\n", o.room, o)
	}
	db, err := database.OpenPostgres(ctx, url, postgresRooms()...)
	if err != nil {
		return err
	}
	defer db.Close()
	what := "is there"
	directory := tenants.NewDirectory(tenantpostgres.New(db.Pool), time.Now)
	if err := foundNamespaces(ctx, directory, []string{config.DefaultNamespace}, func(string) { what = "founded" }); err != nil {
		return err
	}
	said.say("namespace %s: %s\n", config.DefaultNamespace, what)
	return said.err
}

// migrate brings the tables of all rooms up to date. It may run in several processes at once.
func migrate(ctx context.Context, url string) error {
	return database.MigratePostgres(ctx, url, postgresRooms()...)
}

// outdated is how far a room's tables were from what this program knows.
type outdated struct {
	room     string
	from, to int64 // both zero: not at all
}

func (o outdated) String() string {
	switch {
	case o.to == 0:
		return "up to date"
	case o.from == 0:
		return fmt.Sprintf("created at version %d", o.to)
	}
	return fmt.Sprintf("brought from version %d to %d", o.from, o.to)
}

// look reads how far a room is behind. A room that is ahead is an error.
func look(ctx context.Context, url string, room database.Migrations) (outdated, error) {
	db, err := database.OpenPostgres(ctx, url, room)
	var schema *database.SchemaError
	switch {
	case err == nil:
		db.Close()
		return outdated{room: room.Room}, nil
	case errors.As(err, &schema) && !schema.Newer():
		return outdated{room.Room, schema.Stored, schema.Known}, nil
	}
	return outdated{}, err
}

// sayer prints until printing fails.
type sayer struct {
	out io.Writer
	err error
}

func (s *sayer) say(format string, args ...any) {
	if s.err == nil {
		_, s.err = fmt.Fprintf(s.out, format, args...)
	}
}
