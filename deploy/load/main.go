// Command load drives a server of the Temporal protocol with the official Go SDK: worker and starter in one process, in a closed loop.
//
//	load --address 127.0.0.1:7233 --scenario one-activity --in-flight 50 --count 5000
//
// It prints the rate, the latencies and its own CPU per workflow. `tenuto bench --driver PATH-OF-LOAD` runs it as a driver and measures the server
// around it; --wait and --warm-up are for that.
//
// It is a module of its own: Tenuto's module needs the official SDK for tests alone.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

// options are what the flags say.
type options struct {
	address, namespace, scenario string
	inFlight, count, warmUp      int
	duration                     time.Duration
	json, wait                   bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o, err := parse(os.Args[1:], os.Stderr)
	if err != nil {
		os.Exit(2) // the flag package has said why
	}
	if err := run(ctx, o, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func parse(args []string, help io.Writer) (o options, err error) {
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	f.SetOutput(help)
	f.StringVar(&o.address, "address", "127.0.0.1:7233", "`HOST:PORT` of the server")
	f.StringVar(&o.namespace, "namespace", "default", "`NAME` of the namespace")
	f.StringVar(&o.scenario, "scenario", "one-activity", "`NAME`: one-activity or chain (100 activities, one after the other)")
	f.IntVar(&o.inFlight, "in-flight", 50, "`N` workflows open at a time")
	f.IntVar(&o.count, "count", 5000, "`N` workflows")
	f.DurationVar(&o.duration, "duration", 0, "`TIME` after which nothing more is begun; 0: --count alone counts")
	f.IntVar(&o.warmUp, "warm-up", 20, "`N` workflows that are run first and not counted")
	f.BoolVar(&o.json, "json", false, "print the result as one line of JSON")
	f.BoolVar(&o.wait, "wait", false, "print ready when warm, and wait for a line of input; after the result, wait for the end of input")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if _, ok := activities[o.scenario]; !ok {
		return o, complain(f, "no scenario %q: there are one-activity and chain", o.scenario)
	}
	if o.inFlight < 1 || o.count < 1 || o.warmUp < 0 {
		return o, complain(f, "--in-flight and --count must be at least 1, and --warm-up not negative")
	}
	return o, nil
}

func complain(f *flag.FlagSet, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	_, _ = fmt.Fprintln(f.Output(), "load:", err)
	return err
}

func run(ctx context.Context, o options, in io.Reader, out io.Writer) error {
	d, err := newDriver(o)
	if err != nil {
		return err
	}
	defer d.close()
	if o.warmUp > 0 {
		if _, err := d.run(ctx, "warm-up", min(o.inFlight, o.warmUp), o.warmUp, 0); err != nil {
			return fmt.Errorf("warm-up: %w", err)
		}
	}
	lines := bufio.NewScanner(in)
	if o.wait {
		if _, err := fmt.Fprintln(out, "ready"); err != nil {
			return err
		}
		lines.Scan()
	}
	result, err := d.run(ctx, "run", o.inFlight, o.count, o.duration)
	if err != nil {
		return err
	}
	if err := result.print(out, o); err != nil {
		return err
	}
	for o.wait && lines.Scan() {
	}
	return nil
}

func (r result) print(out io.Writer, o options) error {
	if o.json {
		return json.NewEncoder(out).Encode(r)
	}
	l := r.Latency
	_, err := fmt.Fprintf(out, "%s at %d in flight: %d workflows in %.2f s, %.1f/s; p50 %.2f ms, p95 %.2f ms, p99 %.2f ms; own CPU %.3f ms per workflow\n",
		o.scenario, o.inFlight, r.Count, r.Seconds, float64(r.Count)/r.Seconds, l.P50, l.P95, l.P99, r.CPU)
	return err
}
