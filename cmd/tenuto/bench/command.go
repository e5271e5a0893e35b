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

	"github.com/tenuto-io/tenuto/cmd/tenuto/bench/fill"
)

// config is what the flags say.
type config struct {
	addresses  []string
	spread     string
	namespace  string
	scenarios  []string
	drivers    []string
	count      int
	duration   time.Duration
	rate       float64
	inFlight   []int
	pollers    int
	warmUp     int
	noise      string  // namespace
	noiseRate  float64 // starts per second
	idle       time.Duration
	timeout    time.Duration
	json       bool
	processes  []string
	database   string
	postgres   string
	redis      string
	spawn      bool
	nodes      int
	auth       string
	credential string        // no flag: what calls bear, to servers that we started with --auth
	serverPIDs []int         // no flag: of the servers that we started
	commits    string        // no flag: only a server that we started traces its commits for us
	statsDelay time.Duration // no flag: see postgresMeter
}

// How the driver uses several addresses.
const (
	spreadEven  = "even"
	spreadApart = "apart"
)

// targets are the addresses that calls and polls go to.
type targets struct{ callers, workers []string }

func (c *config) targets() targets {
	if c.spread == spreadApart {
		return targets{callers: c.addresses[:1], workers: c.addresses[1:]}
	}
	return targets{c.addresses, c.addresses}
}

func (c *config) validate() error {
	for _, name := range c.scenarios {
		s, ok := scenarioNamed(name)
		if !ok {
			return fmt.Errorf("no scenario %q: see tenuto bench --help", name)
		}
		for _, d := range c.drivers {
			if !slices.Contains(s.drivers, driverKind(d)) {
				return fmt.Errorf("scenario %s is not for driver %s, but for %s", name, d, strings.Join(s.drivers, ", "))
			}
		}
		if c.rate > 0 && !s.open {
			return fmt.Errorf("scenario %s knows no --rate", name)
		}
	}
	switch {
	case c.count < 1:
		return errors.New("--count must be at least 1")
	case c.duration < 0 || c.rate < 0 || c.idle <= 0:
		return errors.New("--duration and --rate must not be negative, and --idle must be positive")
	case len(c.inFlight) == 0 || slices.Min(c.inFlight) < 1:
		return errors.New("--in-flight must be at least 1")
	case c.pollers < 0 || c.warmUp < 0:
		return errors.New("--pollers and --warm-up must not be negative")
	case c.timeout <= 0:
		return errors.New("--timeout must be positive")
	case (c.noise == "") != (c.noiseRate == 0) || c.noiseRate < 0:
		return errors.New("--noise and --noise-rate go together: who makes how much")
	case c.noise != "" && c.noise == c.namespace:
		return errors.New("--noise must name another namespace than --namespace")
	}
	return c.validateServers()
}

func (c *config) validateServers() error {
	switch {
	case c.spread != spreadEven && c.spread != spreadApart:
		return fmt.Errorf("--spread %q: it is even or apart", c.spread)
	case c.spread == spreadApart && len(c.addresses) < 2 && c.nodes < 2:
		return errors.New("--spread apart needs two addresses or more")
	case c.nodes < 1:
		return errors.New("--nodes must be at least 1")
	case c.nodes > 1 && !(c.spawn && c.postgres != ""):
		return errors.New("--nodes goes with --spawn and --postgres")
	case c.auth != authOff && c.auth != authKeys && c.auth != authJWT:
		return fmt.Errorf("--auth %q: it is off, keys or jwt", c.auth)
	case c.auth != authOff && !(c.spawn && c.postgres != ""):
		return errors.New("--auth goes with --spawn and --postgres")
	case c.auth != authOff && !slices.Equal(c.drivers, []string{rawDriver}):
		return errors.New("--auth goes with --driver raw")
	case c.spawn && c.database != "":
		return errors.New("--spawn without --postgres starts its own database: --db does not go with it")
	}
	return nil
}

// driverKind is what scenarios call a driver.
func driverKind(name string) string {
	if name == rawDriver || name == sdkDriver {
		return name
	}
	return anyone
}

// Command is `tenuto bench`.
func Command() *cobra.Command {
	c := config{statsDelay: statsDelay}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure a server: throughput, latency and cost per workflow",
		Long:  "Measure a server of the Temporal protocol from this process.\n\nScenarios:\n" + scenarioHelp() + "\nStandard output gets the result, standard error the progress.",
		Example: `  tenuto bench --spawn
  tenuto bench --spawn --postgres postgres://… --scenario one-activity,idle --in-flight 50
  tenuto bench --address 127.0.0.1:7233 --process server=:7233 --process redis-server --json
  tenuto bench --address a:7233 --address b:7233 --spread apart --driver sdk --rate 200`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.validate(); err != nil {
				return err
			}
			return run(cmd.Context(), c, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	c.loadFlags(cmd)
	c.serverFlags(cmd)
	cmd.AddCommand(fill.Command(), fill.ListsCommand())
	return cmd
}

func scenarioHelp() string {
	var b strings.Builder
	for _, s := range scenarios {
		fmt.Fprintf(&b, "  %-14s  %s\n", s.name, s.about)
	}
	return b.String()
}

// loadFlags say what is put on.
func (c *config) loadFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.namespace, "namespace", "default", "`NAME` of the namespace to run in")
	f.StringSliceVar(&c.scenarios, "scenario", defaultScenarios, "`NAMES` of scenarios, run in this order")
	f.StringSliceVar(&c.drivers, "driver", []string{rawDriver}, "`WHO` puts the load on: raw (gRPC itself), sdk (our SDK), or the path of a program")
	f.IntVar(&c.count, "count", 10_000, "`N` workflows or signals per scenario and level, at most")
	f.DurationVar(&c.duration, "duration", 20*time.Second, "`TIME` after which a scenario begins nothing more at a level; 0: --count alone counts")
	f.Float64Var(&c.rate, "rate", 0, "start so many `PER` second, whatever became of the others; 0: as many as --in-flight lets through")
	f.IntSliceVar(&c.inFlight, "in-flight", []int{1, 50}, "`LEVELS`: how many workflows are open at a time")
	f.IntVar(&c.pollers, "pollers", 0, "`N` pollers of each kind; 0: as many as are in flight, 2 to 32, or the SDK's own")
	f.IntVar(&c.warmUp, "warm-up", 20, "`N` workflows that are run first and not counted")
	f.StringVar(&c.noise, "noise", "", "`NAME` of another namespace that starts workflows beside the load, and does not care what becomes of them")
	f.Float64Var(&c.noiseRate, "noise-rate", 0, "starts `PER` second in the namespace of --noise")
	f.DurationVar(&c.idle, "idle", 30*time.Second, "`TIME` of the scenario idle")
	f.DurationVar(&c.timeout, "timeout", 15*time.Minute, "longest `TIME` for one scenario at one level")
	f.BoolVar(&c.json, "json", false, "print the result as JSON")
}

// serverFlags say what is measured.
func (c *config) serverFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringSliceVar(&c.addresses, "address", []string{"127.0.0.1:7233"}, "`HOST:PORT` of a server; repeatable")
	f.StringVar(&c.spread, "spread", spreadEven, "`HOW` to use several addresses: even (all in turn) or apart (calls to the first, polls to the others)")
	f.StringArrayVar(&c.processes, "process", nil, "account CPU and memory of NAME=PID, NAME=:PORT (who listens there) or `NAME` (all of that name); repeatable")
	f.StringVar(&c.database, "db", "", "SQLite `FILE` of the server: account its growth, log included")
	f.StringVar(&c.postgres, "postgres", "", "`URL` of the server's database: account transactions, statements, log, dead rows, and CPU if it runs here")
	f.StringVar(&c.redis, "redis", "", "`URL` of the servers' Redis: account commands and CPU")
	f.BoolVar(&c.spawn, "spawn", false, "start a server of this binary and measure that: on an empty SQLite file, or on --postgres and --redis")
	f.IntVar(&c.nodes, "nodes", 1, "`N` servers for --spawn --postgres")
	f.StringVar(&c.auth, "auth", authOff, "`HOW` callers prove who they are to servers of --spawn --postgres: off, keys or jwt (both with quotas that nothing uses up)")
}

func run(ctx context.Context, c config, out, progress io.Writer) error {
	if c.spawn {
		stop, err := c.spawnServers(ctx, progress)
		if err != nil {
			return err
		}
		defer stop()
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
