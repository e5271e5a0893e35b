package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// config is what the flags say.
type config struct {
	address   string
	namespace string
	scenarios []string
	count     int
	inFlight  []int
	pollers   int
	warmUp    int
	timeout   time.Duration
	json      bool
	processes []string
	database  string
	commits   string // no flag: only a server that we started traces its commits for us
	spawn     bool
}

func (c *config) validate() error {
	for _, name := range c.scenarios {
		if _, ok := scenarios[name]; !ok {
			return fmt.Errorf("no scenario %q: there are %s", name, strings.Join(scenarioNames, ", "))
		}
	}
	switch {
	case c.count < 1:
		return errors.New("--count must be at least 1")
	case len(c.inFlight) == 0 || slices.Min(c.inFlight) < 1:
		return errors.New("--in-flight must be at least 1")
	case c.pollers < 0 || c.warmUp < 0:
		return errors.New("--pollers and --warm-up must not be negative")
	case c.timeout <= 0:
		return errors.New("--timeout must be positive")
	case c.spawn && (c.database != "" || len(c.processes) > 0):
		return errors.New("--spawn starts its own server and database: --db and --process do not go with it")
	}
	return nil
}

// Command is `tenuto bench`.
func Command() *cobra.Command {
	var c config
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure a server: throughput, latency and cost per workflow",
		Long: `Measure a server of the Temporal protocol, by raw gRPC from this process.

Scenarios:
  one-activity  workflows of one activity, completed by pollers in this process: eight calls each
  chain         workflows of 100 activities, one after the other (a hundredth of --count workflows)
  starts        starts alone, without any worker; what was started is terminated afterwards

Standard output gets the result, standard error the progress.`,
		Example: `  tenuto bench --spawn
  tenuto bench --address 127.0.0.1:7233 --scenario chain --in-flight 1
  tenuto bench --address 127.0.0.1:7233 --process server=:7233 --process database=4711 --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.validate(); err != nil {
				return err
			}
			return run(cmd.Context(), c, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.address, "address", "127.0.0.1:7233", "`HOST:PORT` of the server")
	f.StringVar(&c.namespace, "namespace", "default", "`NAME` of the namespace to run in")
	f.StringSliceVar(&c.scenarios, "scenario", scenarioNames, "`NAMES` of scenarios, run in this order")
	f.IntVar(&c.count, "count", 10_000, "`N` workflows per scenario and level; a chain counts as 100")
	f.IntSliceVar(&c.inFlight, "in-flight", []int{1, 50}, "`LEVELS`: how many workflows are open at a time")
	f.IntVar(&c.pollers, "pollers", 0, "`N` pollers of each kind; 0: as many as are in flight, 2 to 32")
	f.IntVar(&c.warmUp, "warm-up", 20, "`N` workflows that are run first and not counted")
	f.DurationVar(&c.timeout, "timeout", 15*time.Minute, "longest `TIME` for one scenario at one level")
	f.BoolVar(&c.json, "json", false, "print the result as JSON")
	f.StringArrayVar(&c.processes, "process", nil, "`NAME=PID` or NAME=:PORT (who listens there): account its CPU and memory; repeatable")
	f.StringVar(&c.database, "db", "", "SQLite `FILE` of the server: account its growth, log included")
	f.BoolVar(&c.spawn, "spawn", false, "start a dev server of this binary with an empty database, and measure that")
	return cmd
}

func run(ctx context.Context, c config, out, progress io.Writer) error {
	if c.spawn {
		server, err := spawn(ctx, progress)
		if err != nil {
			return err
		}
		defer server.stop()
		c.address, c.database, c.commits = server.address, server.database, server.commits
		c.processes = []string{fmt.Sprint("server=", server.pid())}
	}
	report, err := measure(ctx, c, progress)
	if err != nil {
		return err
	}
	if c.json {
		return report.writeJSON(out)
	}
	return report.writeTable(out)
}
