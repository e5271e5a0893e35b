// Command reach prints how far a measurement reached: the figures of reports of `tenuto bench --json` beside what they must be and are aimed at.
//
//	reach raw.json official.json
//
// It fails when a figure that must be reached is not, or was not measured.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
)

// report is what we need of a report of tenuto bench.
type report struct {
	Results []result `json:"results"`
}

type result struct {
	Scenario  string    `json:"scenario"`
	Driver    string    `json:"driver"`
	InFlight  int       `json:"in_flight"`
	Rate      float64   `json:"per_second"`
	Step      float64   `json:"step_ms"`
	Postgres  postgres  `json:"postgres"`
	Processes []process `json:"processes"` // the driver's first
}

type postgres struct {
	CPU          float64 `json:"cpu_ms"`
	Transactions float64 `json:"transactions"`
	WAL          float64 `json:"wal_bytes"`
}

type process struct {
	Name     string  `json:"name"`
	CPU      float64 `json:"cpu_ms"`
	Resident float64 `json:"resident_bytes"`
}

// server is the accounted server's part.
func (r result) server() process {
	for _, p := range r.Processes {
		if p.Name == "server" {
			return p
		}
	}
	return process{}
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "reach:", err)
		os.Exit(1)
	}
}

func run(files []string, out io.Writer) error {
	var all []result
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		var r report
		if err := json.Unmarshal(b, &r); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, r.Results...)
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	missed := 0
	_, err := fmt.Fprintln(t, "one-activity workflows, 50 in flight, where nothing else is said\tmeasured\tmust\taim\t\t")
	for _, g := range goals {
		line, ok := g.judge(all)
		if !ok {
			missed++
		}
		if _, err := fmt.Fprintln(t, line); err != nil {
			return err
		}
	}
	if err := errors.Join(err, t.Flush()); err != nil {
		return err
	}
	if missed > 0 {
		return fmt.Errorf("%d of %d not reached", missed, len(goals))
	}
	return nil
}
