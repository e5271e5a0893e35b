package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/deploy/load/report"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// round keeps a result as a round of a case.
func round(t *testing.T, dir, name string, driver, server, database float64) {
	t.Helper()
	b, err := json.Marshal(report.Report{Results: []report.Result{{
		Rate: 200, Postgres: report.Postgres{CPU: database}, Processes: []report.Process{{Name: "driver", CPU: driver}, {Name: "server", CPU: server}},
	}}})
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, name+".json"), b, 0o600))
}

// Ratios are those of each round, not of the medians: here all rounds but one cost three nodes 1.5 times what they cost one.
func TestRatios(t *testing.T) {
	dir := t.TempDir()
	for r, cost := range map[string]float64{"1": 1, "2": 4, "3": 10} {
		round(t, dir, r+"-one", cost, cost, cost)
		round(t, dir, r+"-three", cost, 2*cost, cost)
	}
	round(t, dir, "2-three", 8, 4, 4)
	var b strings.Builder
	must(t, run([]string{dir, "3", "one", "three"}, &b))
	lines := strings.Split(b.String(), "\n")
	for i, want := range []string{
		"one 200 4.00 4.00 4.00 8.00 1.000 1.000 1.000 1.000",
		"three 200 8.00 4.00 4.00 8.00 1.500 1.000 1.500 1.500",
	} {
		if got := strings.Join(strings.Fields(lines[i+1]), " "); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// What is missing is said.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	for want, args := range map[string][]string{
		"use: rounds":  {dir},
		"[-of total|":  {"-of", "money", dir, "1", "one"},
		"a number":     {dir, "x", "one"},
		"no such file": {dir, "1", "one"},
	} {
		if err := run(args, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", args, err, want)
		}
	}
}
