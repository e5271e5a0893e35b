// Command scale prints what several nodes cost beside one: the medians of rounds of `tenuto bench --json`, and how often each case's total is the first one's.
//
//	scale DIR ROUNDS CASE…
//
// Round r of the case named "three nodes" is the file DIR/r-three nodes.json. Ratios are taken within a round, whose cases ran after one another, and their
// spread is stated: a machine is not the same from one minute to the next.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"text/tabwriter"

	"github.com/tenuto-io/tenuto/deploy/load/report"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) < 3 {
		return errors.New("use: scale DIR ROUNDS CASE…")
	}
	rounds, err := strconv.Atoi(args[1])
	if err != nil || rounds < 1 {
		return fmt.Errorf("ROUNDS %q: it is a number from 1", args[1])
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "medians\trate/s\ttask p50 ms\ttask p99 ms\tdriver CPU ms\tservers CPU ms\tdatabase CPU ms\tRedis CPU ms\ttotal ms\ttotal / one's\tfrom\tto\tthe same / driver's\t")
	var one []report.Result
	for _, name := range args[2:] {
		results, err := read(args[0], name, rounds)
		if err != nil {
			return err
		}
		if one == nil {
			one = results
		}
		plain, relative := ratios(results, one)
		fmt.Fprintf(t, "%s\t%.0f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.3f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t\n", name,
			median(each(results, func(r report.Result) float64 { return r.Rate })),
			median(each(results, func(r report.Result) float64 { return r.ScheduleToStart.P50 })),
			median(each(results, func(r report.Result) float64 { return r.ScheduleToStart.P99 })),
			median(each(results, driver)),
			median(each(results, func(r report.Result) float64 { return r.Process("server").CPU })),
			median(each(results, func(r report.Result) float64 { return r.Postgres.CPU })),
			median(each(results, func(r report.Result) float64 { return r.Redis.CPU })),
			median(each(results, total)), median(plain), slices.Min(plain), slices.Max(plain), median(relative))
	}
	return t.Flush()
}

// read reads all rounds of a case, which have one result each.
func read(dir, name string, rounds int) ([]report.Result, error) {
	var all []report.Result
	for r := 1; r <= rounds; r++ {
		file := filepath.Join(dir, fmt.Sprintf("%d-%s.json", r, name))
		results, err := report.Read(file)
		if err != nil {
			return nil, err
		}
		if len(results) != 1 {
			return nil, fmt.Errorf("%s has %d results, want one", file, len(results))
		}
		all = append(all, results[0])
	}
	return all, nil
}

// total is what a workflow costs all but the driver, in ms of CPU.
func total(r report.Result) float64 { return r.Process("server").CPU + r.Postgres.CPU + r.Redis.CPU }

// driver is what it costs the driver, which does the same in every case.
func driver(r report.Result) float64 { return r.Process("driver").CPU }

// ratios are the totals of each round to those of the first case, and the same after both were divided by the driver's.
func ratios(results, one []report.Result) (plain, relative []float64) {
	for i, r := range results {
		ratio := total(r) / total(one[i])
		plain = append(plain, ratio)
		relative = append(relative, ratio*driver(one[i])/driver(r))
	}
	return plain, relative
}

func each(results []report.Result, figure func(report.Result) float64) []float64 {
	var all []float64
	for _, r := range results {
		all = append(all, figure(r))
	}
	return all
}

// median is the middle one, or the mean of the middle two.
func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
