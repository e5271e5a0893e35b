// Command rounds compares cases that were measured in turn: it prints the medians of their rounds of `tenuto bench --json`, and a figure's ratio to the first
// case's.
//
//	rounds -of total DIR ROUNDS CASE…
//
// Round r of the case named "three nodes" is the file DIR/r-three nodes.json, of one result. Ratios are taken within a round, whose cases ran after one
// another, and their spread is stated: a machine is not the same from one minute to the next.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/tenuto-io/tenuto/deploy/load/report"
)

// column is a figure of a result, per unit of its scenario.
type column struct {
	title  string
	digits int
	of     func(report.Result) float64
}

var columns = []column{
	{"rate/s", 0, func(r report.Result) float64 { return r.Rate }},
	{"p50 ms", 2, func(r report.Result) float64 { return r.Latency.P50 }},
	{"p99 ms", 2, p99},
	{"task p50 ms", 2, func(r report.Result) float64 { return r.ScheduleToStart.P50 }},
	{"task p99 ms", 2, func(r report.Result) float64 { return r.ScheduleToStart.P99 }},
	{"driver CPU ms", 2, driver},
	{"servers CPU ms", 2, servers},
	{"database CPU ms", 2, func(r report.Result) float64 { return r.Postgres.CPU }},
	{"Redis CPU ms", 3, func(r report.Result) float64 { return r.Redis.CPU }},
	{"total ms", 2, total},
	{"noise accepted/s", 0, func(r report.Result) float64 { return r.Noise.Accepted }},
	{"refused/s", 0, func(r report.Result) float64 { return r.Noise.Refused }},
}

// figures are what ratios can be of.
var figures = map[string]func(report.Result) float64{"total": total, "servers": servers, "p99": p99}

func p99(r report.Result) float64     { return r.Latency.P99 }
func servers(r report.Result) float64 { return r.Process("server").CPU }

// total is what a unit costs all but the driver, in ms of CPU.
func total(r report.Result) float64 { return servers(r) + r.Postgres.CPU + r.Redis.CPU }

// driver is what it costs the driver, which does the same in every case.
func driver(r report.Result) float64 { return r.Process("driver").CPU }

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "rounds:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("rounds", flag.ContinueOnError)
	of := flags.String("of", "total", "figure whose ratio counts: total, servers or p99")
	if err := flags.Parse(args); err != nil {
		return err
	}
	args = flags.Args()
	figure := figures[*of]
	if figure == nil || len(args) < 3 {
		return errors.New("use: rounds [-of total|servers|p99] DIR ROUNDS CASE…")
	}
	rounds, err := strconv.Atoi(args[1])
	if err != nil || rounds < 1 {
		return fmt.Errorf("ROUNDS %q: it is a number from 1", args[1])
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	if err := table(t, args[0], args[2:], rounds, *of, figure); err != nil {
		return err
	}
	return t.Flush()
}

func table(t io.Writer, dir string, cases []string, rounds int, of string, figure func(report.Result) float64) error {
	all := map[string][]report.Result{}
	for _, name := range cases {
		results, err := read(dir, name, rounds)
		if err != nil {
			return err
		}
		all[name] = results
	}
	shown := slices.DeleteFunc(slices.Clone(columns), func(c column) bool { return nowhere(all, c) })
	head := []string{"medians"}
	for _, c := range shown {
		head = append(head, c.title)
	}
	lines := []string{strings.Join(append(head, of+" ratio", "from", "to", "by driver's CPU"), "\t")}
	for _, name := range cases {
		line := []string{name}
		for _, c := range shown {
			line = append(line, strconv.FormatFloat(median(each(all[name], c.of)), 'f', c.digits, 64))
		}
		plain, relative := ratios(all[name], all[cases[0]], figure)
		for _, r := range []float64{median(plain), slices.Min(plain), slices.Max(plain), median(relative)} {
			line = append(line, strconv.FormatFloat(r, 'f', 3, 64))
		}
		lines = append(lines, strings.Join(line, "\t"))
	}
	_, err := io.WriteString(t, strings.Join(lines, "\t\n")+"\t\n")
	return err
}

// nowhere tells whether a column is 0 in all cases.
func nowhere(all map[string][]report.Result, c column) bool {
	for _, results := range all {
		if slices.Max(each(results, c.of)) != 0 {
			return false
		}
	}
	return true
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

// ratios are a figure of each round to that of the first case, and the same after both were divided by what the driver paid.
func ratios(results, one []report.Result, figure func(report.Result) float64) (plain, relative []float64) {
	for i, r := range results {
		ratio := figure(r) / figure(one[i])
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
