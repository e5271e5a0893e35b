package fill

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Command is `tenuto bench fill`.
func Command() *cobra.Command {
	var c Config
	var p place
	var open float64
	var age time.Duration
	cmd := &cobra.Command{
		Use:   "fill",
		Short: "Put runs into a database as if they had happened, for measurements on a full one",
		Long: `Put runs into a database as if they had happened within one day: closed ones of one activity, and open ones that sleep
for a month or two. It writes as the engine writes, at full speed. A PostgreSQL database must have been migrated; a SQLite file is made.

The first namespace is default, the others are fill-2, fill-3 and so on, founded where they are missing.`,
		Example: `  tenuto bench fill --postgres postgres://… --runs 1000000
  tenuto bench fill --postgres postgres://… --runs 100000 --namespaces 5000 --queues 10000`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.check(); err != nil {
				return err
			}
			switch {
			case c.Runs < 1 || c.NamespaceCount < 1 || c.QueueCount < 1:
				return errors.New("--runs, --namespaces and --queues must be at least 1")
			case c.Lanes < 1 || c.Lanes > orchestration.LanesPerNode:
				return fmt.Errorf("--lanes must be from 1 to %d", orchestration.LanesPerNode)
			case open < 0 || open > 1:
				return errors.New("--open must be from 0 to 1")
			}
			c.Open = int(open * float64(c.Runs))
			if age < 0 {
				return errors.New("--age must not be negative")
			}
			c.Now = time.Now().Add(-age)
			return run(cmd.Context(), p, c, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	p.flags(cmd)
	f.IntVar(&c.Runs, "runs", 100_000, "`N` runs")
	f.Float64Var(&open, "open", 0.1, "`SHARE` of them that stay open, from 0 to 1")
	f.IntVar(&c.NamespaceCount, "namespaces", 1, "`N` namespaces")
	f.IntVar(&c.QueueCount, "queues", 1, "`N` task queues in each")
	f.DurationVar(&age, "age", 0, "`DURATION` since the last of them began, to have them leave by retention")
	f.BoolVar(&c.Attributes, "attributes", false, "give every run five search attributes")
	f.IntVar(&c.Lanes, "lanes", 2, "`N` batches committed at a time")
	return cmd
}

func run(ctx context.Context, p place, c Config, out, progress io.Writer) error {
	db, err := p.open(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	c.Store, c.Namespaces = db.store, db.namespaces
	c.Progress = teller(progress, c.Runs, began)
	if err := errors.Join(Fill(ctx, c), db.close()); err != nil {
		return err
	}
	took := time.Since(began)
	_, err = fmt.Fprintf(out, "%d runs (%d open) in %d namespaces with %d task queues each, in %.1f s: %.0f/s\n",
		c.Runs, c.Open, c.NamespaceCount, c.QueueCount, took.Seconds(), float64(c.Runs)/took.Seconds())
	return err
}

// teller writes a line for every twentieth of the runs.
func teller(w io.Writer, runs int, began time.Time) func(stored int) {
	lines := make(chan int, 1) // the next line's number, held by whoever writes it
	lines <- 1
	return func(stored int) {
		line := <-lines
		if stored*20 >= line*runs {
			_, _ = fmt.Fprintf(w, "%d of %d runs, %.0f/s\n", stored, runs, float64(stored)/time.Since(began).Seconds())
			line = stored*20/runs + 1
		}
		lines <- line
	}
}
